//! The bindings that are checked in are those that the Rust code gives.

// The generator belongs to a program, and programs cannot be imported.
#[path = "../src/bin/segue-bindgen/generate.rs"]
mod generate;

use std::path::Path;

#[test]
fn the_checked_in_bindings_are_up_to_date() {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../bindings/Segue.Native/Generated");
    let generated = generate::generate(segue_native::inventory()).unwrap();
    assert!(!generated.is_empty());
    for (name, text) in generated {
        let path = folder.join(&name);
        // A checkout on Windows may have other line ends.
        let kept = std::fs::read_to_string(&path).unwrap_or_default().replace("\r\n", "\n");
        let differs = kept.lines().zip(text.lines()).position(|(kept, text)| kept != text);
        assert!(kept == text, "{} is out of date from line {differs:?} on; run `./build.sh bindings`", path.display());
    }
}

#[test]
fn the_library_is_named_once_and_nothing_generated_is_public() {
    let generated = generate::generate(segue_native::inventory()).unwrap();
    let text: String = generated.into_iter().map(|(_, text)| text).collect();
    assert_eq!(text.matches("const string NativeLib = \"segue_native\"").count(), 1);
    assert!(!text.lines().any(|line| line.starts_with("public ") || line.contains("}public ")));
}
