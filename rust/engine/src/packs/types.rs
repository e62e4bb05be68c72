//! What there is to know of models that a person may add.

/// A model that does not ship and that a person may install.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Pack {
    /// Its name, for [`Engine::install_pack`](crate::Engine::install_pack): `clap`, say.
    pub name: String,
    /// Its name for people.
    pub title: String,
    /// What it is, in a sentence or two.
    pub about: String,
    /// What it makes possible, one sentence each.
    pub enables: Vec<String>,
    /// Its licence, such as `CC-BY-NC-SA-4.0`.
    pub licence: String,
    /// Where the licence can be read; empty where it is in the package.
    pub licence_url: String,
    /// What the licence asks of a person, in a sentence; to be shown before an installation.
    pub terms: String,
    /// Who made it.
    pub source: String,
    /// Bytes to be fetched in all.
    pub bytes: u64,
    /// Bytes of memory that it takes while it is used.
    pub memory_bytes: u64,
    /// Whether Segue can fetch it. Otherwise a person puts the files into [`folder`](Self::folder).
    pub fetched: bool,
    /// Where its files lie or would lie.
    pub folder: std::path::PathBuf,
    /// Its files.
    pub files: Vec<PackFile>,
    /// How it stands.
    pub state: PackState,
    /// What is wrong, or what is to be done; empty when nothing.
    pub detail: String,
    /// Songs that have been heard with it; of those that it does not hear, 0.
    pub songs: u64,
}

/// One file of a pack.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct PackFile {
    /// File name.
    pub name: String,
    /// Where it is fetched from; empty when a person has to put it there.
    pub url: String,
    /// Bytes that it has; 0 where that is not known before.
    pub bytes: u64,
    /// SHA-256, 64 hexadecimal digits; empty where nobody states one: then what was fetched first is kept in mind.
    pub sha256: String,
    /// Bytes of it that are there, those of an interrupted download included.
    pub present: u64,
}

/// How a pack stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum PackState {
    /// Nothing of it is there.
    #[default]
    Absent,
    /// A download was interrupted; installing again goes on from there.
    Partial,
    /// All files are there and are what they should be.
    Installed,
    /// Something is there that is not what it should be; [`Pack::detail`] says what.
    Damaged,
}

/// Where an installation stands.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct PackProgress {
    /// What is being done.
    pub step: PackStep,
    /// The file at hand.
    pub file: String,
    /// Bytes of the whole pack done in this step.
    pub done: u64,
    /// Bytes of the whole pack in this step; 0 where that is not known.
    pub total: u64,
}

/// What is being done for a pack.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum PackStep {
    /// Looking what is there, and whether there is room.
    #[default]
    Looking,
    /// Fetching.
    Fetching,
    /// Comparing digests.
    Checking,
    /// Putting it in place.
    Placing,
}
