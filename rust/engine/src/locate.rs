//! Where the models and the ONNX Runtime library lie when nobody says.

use std::path::{Path, PathBuf};

use crate::{Error, Options, Result};

/// The folder that holds `models.toml`.
pub(crate) fn models_folder(options: &Options) -> Result<PathBuf> {
    if let Some(folder) = &options.models {
        return if folder.join("models.toml").is_file() {
            Ok(folder.clone())
        } else {
            Err(Error::NoModels { searched: vec![folder.clone()] })
        };
    }
    // A folder named by the host first, then beside the executable, then upwards from both: this finds `models` in an
    // installed plugin (plugin/runtimes/<rid>/native → plugin/models) and in a checkout (target/release → models).
    let mut searched = Vec::new();
    for start in search_starts(options) {
        for folder in start.ancestors().take(5) {
            let candidate = folder.join("models");
            if candidate.join("models.toml").is_file() {
                return Ok(candidate);
            }
            searched.push(candidate);
        }
    }
    Err(Error::NoModels { searched })
}

/// Folders in which the ONNX Runtime library may lie, in order.
pub(crate) fn runtime_folders(options: &Options) -> Vec<PathBuf> {
    let mut folders = Vec::new();
    for start in search_starts(options) {
        folders.push(start.clone());
        // In a checkout `build.sh` keeps it in `.cache/onnxruntime`.
        folders.extend(start.ancestors().skip(1).take(4).map(|up| up.join(".cache").join("onnxruntime")));
    }
    folders.retain(|folder| folder.is_dir());
    folders
}

fn search_starts(options: &Options) -> Vec<PathBuf> {
    let mut starts: Vec<PathBuf> = options.search.iter().filter(|folder| folder.is_absolute()).cloned().collect();
    starts.extend(std::env::current_exe().ok().as_deref().and_then(Path::parent).map(Path::to_path_buf));
    starts
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_folder_named_by_the_host_is_searched_upwards() {
        let root = tempfile::tempdir().unwrap();
        let native = root.path().join("runtimes/linux-x64/native");
        std::fs::create_dir_all(&native).unwrap();
        std::fs::create_dir_all(root.path().join("models")).unwrap();
        std::fs::write(root.path().join("models/models.toml"), "").unwrap();
        let options = Options { search: vec![native.clone()], ..Options::default() };
        assert_eq!(models_folder(&options).unwrap(), root.path().join("models"));
        assert_eq!(runtime_folders(&options)[0], native);
    }

    #[test]
    fn a_named_folder_without_models_is_an_error_that_names_it() {
        let root = tempfile::tempdir().unwrap();
        let options = Options { models: Some(root.path().to_path_buf()), ..Options::default() };
        let message = models_folder(&options).unwrap_err().to_string();
        assert!(message.contains(&root.path().display().to_string()), "{message}");
    }
}
