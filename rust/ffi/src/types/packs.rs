//! Models that a person may add.

use interoptopus::ffi;
use segue_engine as engine;

use super::path;
use super::requests::twins;

/// A model that a person may install.
#[ffi]
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Pack {
    pub name: String,
    pub title: String,
    pub about: String,
    pub enables: Vec<String>,
    pub licence: String,
    pub licence_url: String,
    pub terms: String,
    pub source: String,
    pub bytes: u64,
    pub memory_bytes: u64,
    pub fetched: bool,
    pub folder: String,
    pub files: Vec<PackFile>,
    pub state: PackState,
    pub detail: String,
    pub songs: u64,
}

/// One file of a pack.
#[ffi]
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PackFile {
    pub name: String,
    pub url: String,
    pub bytes: u64,
    pub sha256: String,
    pub present: u64,
}

/// How a pack stands.
#[ffi]
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum PackState {
    Absent,
    Partial,
    Installed,
    Damaged,
}

/// What is being done for a pack.
#[ffi]
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum PackStep {
    Looking,
    Fetching,
    Checking,
    Placing,
}

/// Where an installation stands, but for the name of the file at hand.
#[ffi]
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct PackProgress {
    pub step: PackStep,
    pub done: u64,
    pub total: u64,
}

twins! {
    PackState { Absent, Partial, Installed, Damaged }
    PackStep { Looking, Fetching, Checking, Placing }
}

impl From<engine::Pack> for Pack {
    fn from(pack: engine::Pack) -> Self {
        Self {
            folder: path(&pack.folder),
            name: pack.name,
            title: pack.title,
            about: pack.about,
            enables: pack.enables,
            licence: pack.licence,
            licence_url: pack.licence_url,
            terms: pack.terms,
            source: pack.source,
            bytes: pack.bytes,
            memory_bytes: pack.memory_bytes,
            fetched: pack.fetched,
            files: pack.files.into_iter().map(Into::into).collect(),
            state: pack.state.into(),
            detail: pack.detail,
            songs: pack.songs,
        }
    }
}

impl From<engine::PackFile> for PackFile {
    fn from(file: engine::PackFile) -> Self {
        let engine::PackFile { name, url, bytes, sha256, present } = file;
        Self { name, url, bytes, sha256, present }
    }
}

impl From<&engine::PackProgress> for PackProgress {
    fn from(now: &engine::PackProgress) -> Self {
        Self { step: now.step.into(), done: now.done, total: now.total }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_pack_and_its_progress_arrive_with_all_that_is_in_them() {
        let file = |url: &str| (("a.onnx".to_owned(), url.to_owned()), (1, "00".repeat(32), 2));
        let ((name, url), (bytes, sha256, present)) = file("https://example.org/a.onnx");
        let files = vec![engine::PackFile { name, url, bytes, sha256, present }];
        let pack = engine::Pack {
            name: "clap".into(),
            title: "CLAP".into(),
            about: "about".into(),
            enables: vec!["words".into()],
            licence: "Apache-2.0".into(),
            licence_url: "https://example.org".into(),
            terms: "terms".into(),
            source: "someone".into(),
            bytes: 3,
            memory_bytes: 4,
            fetched: true,
            folder: "/models/clap".into(),
            files,
            state: engine::PackState::Partial,
            detail: "half".into(),
            songs: 5,
        };
        let ((name, url), (bytes, sha256, present)) = file("https://example.org/a.onnx");
        let expected = Pack {
            name: "clap".into(),
            title: "CLAP".into(),
            about: "about".into(),
            enables: vec!["words".into()],
            licence: "Apache-2.0".into(),
            licence_url: "https://example.org".into(),
            terms: "terms".into(),
            source: "someone".into(),
            bytes: 3,
            memory_bytes: 4,
            fetched: true,
            folder: "/models/clap".into(),
            files: vec![PackFile { name, url, bytes, sha256, present }],
            state: PackState::Partial,
            detail: "half".into(),
            songs: 5,
        };
        assert_eq!(Pack::from(pack), expected);
        let now = engine::PackProgress { step: engine::PackStep::Checking, file: "a".into(), done: 6, total: 7 };
        assert_eq!(PackProgress::from(&now), PackProgress { step: PackStep::Checking, done: 6, total: 7 });
    }
}
