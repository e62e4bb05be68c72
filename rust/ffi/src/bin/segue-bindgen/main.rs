//! Writes the C# bindings: `segue-bindgen FOLDER`.

mod generate;

use std::path::PathBuf;
use std::process::ExitCode;

fn main() -> ExitCode {
    let mut arguments = std::env::args_os().skip(1);
    let (Some(folder), None) = (arguments.next().map(PathBuf::from), arguments.next()) else {
        return fail("usage: segue-bindgen FOLDER");
    };
    let files = match generate::generate(segue_native::inventory()) {
        Ok(files) => files,
        Err(error) => return fail(&format!("the bindings cannot be generated: {error}")),
    };
    for (name, text) in files {
        let path = folder.join(name);
        if let Err(error) = std::fs::create_dir_all(&folder).and_then(|()| std::fs::write(&path, text)) {
            return fail(&format!("cannot write {}: {error}", path.display()));
        }
    }
    ExitCode::SUCCESS
}

#[allow(clippy::print_stderr, reason = "a program for a shell")]
fn fail(message: &str) -> ExitCode {
    eprintln!("{message}");
    ExitCode::FAILURE
}
