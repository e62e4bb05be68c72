//! A model is loaded only if it is the one that is listed.
#![allow(clippy::unwrap_used)]

mod common;

use std::fs;
use std::path::Path;

use common::{catalogue, repository, runtimes};
use segue_models::{Catalogue, Error, Network, Precision, load_musicnn};
use sha2::{Digest, Sha256};

const FILE: &str = "musicnn_msd_int8.onnx";

fn list(file: &str, sha256: &str, bytes: usize) -> String {
    format!(
        "[[model]]\nfile = \"{file}\"\nsha256 = \"{sha256}\"\nbytes = {bytes}\nnetwork = \"msd\"\nprecision = \"int8\"\n"
    )
}

fn digest(bytes: &[u8]) -> String {
    Sha256::digest(bytes).iter().map(|byte| format!("{byte:02x}")).collect()
}

fn folder(list: &str, model: Option<&[u8]>) -> tempfile::TempDir {
    let folder = tempfile::tempdir().unwrap();
    fs::write(folder.path().join("models.toml"), list).unwrap();
    if let Some(model) = model {
        fs::write(folder.path().join(FILE), model).unwrap();
    }
    folder
}

/// What every runtime at hand says of the model in `folder`.
fn load(folder: &Path) -> Vec<Error> {
    let catalogue = Catalogue::open(folder).unwrap();
    let load = |runtime| load_musicnn(runtime, &catalogue, Network::Msd, Precision::Int8).err().unwrap();
    runtimes().iter().map(load).collect()
}

#[test]
fn every_listed_model_is_here_and_intact() {
    let folder = repository().join("models");
    let list: toml::Table = fs::read_to_string(folder.join("models.toml")).unwrap().parse().unwrap();
    let models = list["model"].as_array().unwrap();
    for model in models {
        let bytes = fs::read(folder.join(model["file"].as_str().unwrap())).unwrap();
        assert_eq!(model["bytes"].as_integer(), Some(bytes.len() as i64), "{}", model["file"]);
        assert_eq!(model["sha256"].as_str(), Some(digest(&bytes).as_str()), "{}", model["file"]);
        for key in ["licence", "source", "about", "made"] {
            assert!(model[key].as_str().is_some_and(|text| !text.is_empty()), "{}: {key}", model["file"]);
        }
    }
    let onnx = fs::read_dir(&folder).unwrap().filter_map(Result::ok);
    let onnx = onnx.filter(|entry| entry.path().extension().is_some_and(|e| e == "onnx")).count();
    assert_eq!(onnx, models.len(), "a model that is not listed");
    for runtime in runtimes() {
        for network in Network::ALL {
            for precision in [Precision::Int8, Precision::F32] {
                load_musicnn(&runtime, &catalogue(), network, precision).map(drop).unwrap();
            }
        }
    }
}

#[test]
fn a_model_that_was_changed_is_refused() {
    let good = fs::read(repository().join("models").join(FILE)).unwrap();
    let list = list(FILE, &digest(&good), good.len());
    let mut changed = good.clone();
    changed[good.len() / 2] ^= 1;
    let mut longer = good.clone();
    longer.push(0);
    for bad in [&changed[..], &good[..good.len() - 1], &longer, &[]] {
        for error in load(folder(&list, Some(bad)).path()) {
            assert!(matches!(error, Error::Digest { .. }), "{error}");
        }
    }
}

#[test]
fn what_is_no_network_is_refused_by_the_runtime() {
    let good = fs::read(repository().join("models").join(FILE)).unwrap();
    let noise: Vec<u8> = (0..5000_u32).map(|i| (i.wrapping_mul(2_654_435_761) >> 24) as u8).collect();
    for garbage in [b"not a network".as_slice(), &noise, &good[..good.len() / 2]] {
        for error in load(folder(&list(FILE, &digest(garbage), garbage.len()), Some(garbage)).path()) {
            assert!(matches!(error, Error::Load { .. }), "{error}");
        }
    }
}

#[test]
fn missing_files_are_named() {
    let empty = tempfile::tempdir().unwrap();
    let error = Catalogue::open(empty.path()).unwrap_err();
    assert!(matches!(&error, Error::Read { path, .. } if path.ends_with("models.toml")), "{error}");

    for error in load(folder(&list(FILE, "00", 1), None).path()) {
        assert!(matches!(&error, Error::Read { path, .. } if path.ends_with(FILE)), "{error}");
    }

    for error in load(folder("model = []\n", None).path()) {
        assert!(matches!(error, Error::Unlisted { network: "msd", precision: "int8", .. }), "{error}");
    }
}

#[test]
fn a_senseless_list_is_refused() {
    let lists = ["", "model = 3", "[[model]]\nfile = 1", "\u{0}"].map(str::to_owned);
    let outside = ["../x.onnx", "a/b.onnx", "..", "", "/etc/hostname"].map(|file| list(file, "00", 1));
    for text in lists.iter().chain(&outside) {
        let folder = folder(text, None);
        let error = Catalogue::open(folder.path()).unwrap_err();
        assert!(matches!(error, Error::Catalogue { .. }), "{text}: {error}");
    }
}

#[test]
fn the_packs_of_the_shipped_list_are_told_and_no_others() {
    let shipped = Catalogue::open(&Path::new(env!("CARGO_MANIFEST_DIR")).join("../../models")).unwrap();
    let names: Vec<&str> = shipped.packs().iter().map(|pack| pack.name.as_str()).collect();
    assert_eq!(names, ["clap", "clap-htsat", "vggish", "essentia-heads", "discogs-effnet"]);
    for pack in shipped.packs() {
        assert!(
            !pack.title.is_empty() && !pack.enables.is_empty() && !pack.terms.is_empty() && pack.memory_bytes > 0,
            "{}",
            pack.name
        );
        for file in &pack.files {
            assert!(file.url.is_empty() || file.url.starts_with("https://"), "{}", file.url);
            assert!(file.size() > 0 && (!file.url.is_empty() || !pack.by_hand.is_empty()), "{}", file.name);
        }
    }

    let folder = tempfile::tempdir().unwrap();
    let list = |name: &str, file: &str| {
        format!(
            "model = []\n[[pack]]\nname = \"{name}\"\ntitle = \"\"\nabout = \"\"\nlicence = \"MIT\"\nsource = \"\"\n[[pack.file]]\nname = \"{file}\"\n"
        )
    };
    fs::create_dir(folder.path().join("extra")).unwrap();
    fs::write(folder.path().join("models.toml"), list("a", "a.onnx")).unwrap();
    fs::write(folder.path().join("extra/models.toml"), list("b", "b.onnx")).unwrap();
    let catalogue = Catalogue::open(folder.path()).unwrap();
    assert_eq!(catalogue.packs().len(), 1);
    for (name, file) in [("../a", "a.onnx"), ("a", "../a.onnx"), ("a", "/etc/passwd"), ("", "a.onnx")] {
        fs::write(folder.path().join("models.toml"), list(name, file)).unwrap();
        assert!(Catalogue::open(folder.path()).is_err(), "{name} {file}");
    }
}
