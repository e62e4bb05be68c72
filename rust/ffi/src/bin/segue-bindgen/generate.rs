//! The C# side, as text.

use interoptopus::inventory::RustInventory;
use interoptopus_csharp::dispatch::Dispatch;
use interoptopus_csharp::{Error, RustLibrary};

/// Name of the native library, without what each platform adds to it.
const LIBRARY: &str = "segue_native";
/// Namespace of the generated code.
const NAMESPACE: &str = "Segue.Native.Generated";

/// Names and contents of the generated files.
pub(crate) fn generate(inventory: RustInventory) -> Result<Vec<(String, String)>, Error> {
    // One file: in two, the constant with the library's name would be emitted twice.
    let files = RustLibrary::builder(inventory)
        .dll_name(LIBRARY)
        .dispatch(Dispatch::single_file(NAMESPACE))
        .build()
        .process()?;
    Ok(files.iter().map(|(name, text)| (name.clone(), internal(text))).collect())
}

/// Makes all types internal: what an assembly offers is its façade, and a generated type used past it would be a call
/// without its protection. Types begin in the first column, their members do not; one template forgets the line break.
fn internal(text: &str) -> String {
    text.replace("\r\n", "\n").replace("}public ", "}\n\npublic ").replace("\npublic ", "\ninternal ")
}
