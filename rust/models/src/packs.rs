//! The packs: models that do not ship, as the list names them, so that a person can add them.

use serde::Deserialize;

use crate::Catalogue;

/// The longest name of a pack or of one of its files.
const LONGEST_NAME: usize = 100;

/// A pack as `models.toml` describes it.
#[derive(Debug, Clone, Default, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct ListedPack {
    /// Its name, which is that of its folder as well: lower case letters, digits and hyphens.
    pub name: String,
    /// Its name for people.
    pub title: String,
    /// What it is.
    pub about: String,
    /// What it makes possible, one sentence each.
    #[serde(default)]
    pub enables: Vec<String>,
    /// Its licence.
    pub licence: String,
    /// Where the licence can be read.
    #[serde(default)]
    pub licence_url: String,
    /// What the licence asks of a person.
    #[serde(default)]
    pub terms: String,
    /// Who made it.
    pub source: String,
    /// How a person gets the files where no address is listed for them.
    #[serde(default)]
    pub by_hand: String,
    /// Bytes of memory that it takes while it is used.
    #[serde(default)]
    pub memory_bytes: u64,
    /// The name under which the store keeps what it hears of songs; empty where it keeps no vectors.
    #[serde(default)]
    pub hears: String,
    /// Its files.
    #[serde(rename = "file")]
    pub files: Vec<ListedFile>,
}

/// A file of a pack.
#[derive(Debug, Clone, Default, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct ListedFile {
    /// Its name.
    pub name: String,
    /// Where it can be fetched from; empty when a person has to put it there.
    #[serde(default)]
    pub url: String,
    /// Bytes that it has; 0 where nobody states that.
    #[serde(default)]
    pub bytes: u64,
    /// About how many bytes it has, where nobody states how many: for the room that is needed.
    #[serde(default)]
    pub roughly: u64,
    /// Its SHA-256 in 64 hexadecimal digits; empty where nobody states one.
    #[serde(default)]
    pub sha256: String,
    /// What it is to Segue: `audio`, `text`, `tokenizer`, `head`, `effnet`, `vggish`, `description`, `weights`.
    #[serde(default)]
    pub network: String,
}

impl ListedFile {
    /// Bytes that it has, or has about; 0 where neither is known.
    #[must_use]
    pub fn size(&self) -> u64 {
        if self.bytes > 0 { self.bytes } else { self.roughly }
    }
}

impl ListedPack {
    /// What is wrong with it, if something is: a list must not be able to name a file outside of its folder.
    pub(crate) fn fault(&self) -> Option<String> {
        let hyphened = |b: u8| b.is_ascii_lowercase() || b.is_ascii_digit() || b == b'-';
        if self.name.is_empty() || self.name.len() > LONGEST_NAME || !self.name.bytes().all(hyphened) {
            return Some(format!("`{}` is no name of a pack", self.name));
        }
        if self.licence.is_empty() || self.files.is_empty() {
            return Some(format!("the pack `{}` has no licence, or no file", self.name));
        }
        for (position, file) in self.files.iter().enumerate() {
            if !is_plain(&file.name) {
                return Some(format!("`{}` in the pack `{}` is not a file name", file.name, self.name));
            }
            if self.files.iter().take(position).any(|other| other.name.eq_ignore_ascii_case(&file.name)) {
                return Some(format!("`{}` is twice in the pack `{}`", file.name, self.name));
            }
            if !file.sha256.is_empty() && !is_digest(&file.sha256) {
                return Some(format!("the digest of `{}` in the pack `{}` is none", file.name, self.name));
            }
        }
        None
    }
}

impl Catalogue {
    /// The packs that the list of the shipped models names. What a list among the added models says of packs does not count.
    #[must_use]
    pub fn packs(&self) -> &[ListedPack] {
        &self.packs
    }
}

/// Whether it names something in a folder and nothing elsewhere, on every system.
fn is_plain(name: &str) -> bool {
    let plain = |b: u8| b.is_ascii_alphanumeric() || matches!(b, b'-' | b'_' | b'.');
    name.len() <= LONGEST_NAME
        && name.bytes().all(plain)
        && name.bytes().next().is_some_and(|first| first.is_ascii_alphanumeric())
        && !name.ends_with('.')
        && !name.eq_ignore_ascii_case("manifest.json")
}

fn is_digest(text: &str) -> bool {
    text.len() == 64 && text.bytes().all(|b| b.is_ascii_hexdigit())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn pack(file: ListedFile) -> ListedPack {
        ListedPack { name: "a-1".to_owned(), licence: "MIT".to_owned(), files: vec![file], ..ListedPack::default() }
    }

    #[test]
    fn a_list_names_files_in_its_folder_and_nothing_elsewhere() {
        let named = |name: &str| pack(ListedFile { name: name.to_owned(), ..ListedFile::default() }).fault();
        for good in ["a.onnx", "model_epoch_36.onnx.data", "vocab.json", "A-1.json"] {
            assert_eq!(named(good), None, "{good}");
        }
        for bad in [
            "",
            ".",
            "..",
            "../a",
            "a/b",
            "/etc/passwd",
            "a\\b",
            "C:a",
            ".hidden",
            "a.",
            "a b",
            "ä",
            "manifest.json",
            "Manifest.JSON",
            "a\0",
            "-a",
            &"a".repeat(101),
        ] {
            assert!(named(bad).is_some(), "{bad}");
        }
        let mut twice = pack(ListedFile { name: "a.onnx".to_owned(), ..ListedFile::default() });
        twice.files.push(ListedFile { name: "A.onnx".to_owned(), ..ListedFile::default() });
        assert!(twice.fault().unwrap().contains("twice"));
        for bad in ["", "..", "a/b", "A", "a b"] {
            assert!(ListedPack { name: bad.to_owned(), ..pack(ListedFile::default()) }.fault().is_some(), "{bad}");
        }
        let digest = |sha256: &str| {
            pack(ListedFile { name: "a".into(), sha256: sha256.into(), ..ListedFile::default() }).fault()
        };
        assert_eq!((digest(""), digest(&"0a".repeat(32))), (None, None));
        assert!(digest(&"0g".repeat(32)).is_some() && digest("0a").is_some());
    }
}
