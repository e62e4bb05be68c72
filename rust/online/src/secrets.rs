//! The keys of services, in a file that only its owner may read.

use std::collections::BTreeMap;
use std::fmt;
use std::fs::{File, OpenOptions};
use std::io::{ErrorKind, Read, Write};
use std::path::{Path, PathBuf};
use std::sync::{Mutex, PoisonError};

use crate::{Error, Result};

const FILE: &str = "keys.json";
/// Some keys of some hundred characters; a larger file is not ours.
const MOST_BYTES: u64 = 64 << 10;
const LONGEST_KEY: usize = 4096;

/// One writer at a time, so that two keys set at once are both kept.
static WRITING: Mutex<()> = Mutex::new(());

/// A key. It shows itself to nobody but who asks for it.
#[derive(Clone, PartialEq, Eq)]
pub struct Key(String);

impl Key {
    /// From what a person typed; spaces around it do not count.
    ///
    /// # Errors
    /// Says what is wrong, without the key: nothing there, too long, or characters that no key has.
    pub fn new(text: &str) -> std::result::Result<Self, &'static str> {
        let text = text.trim();
        match text {
            "" => Err("it is empty"),
            _ if text.len() > LONGEST_KEY => Err("it is too long"),
            _ if !text.bytes().all(|byte| byte.is_ascii_graphic()) => {
                Err("it holds spaces or characters that no key has")
            }
            _ => Ok(Self(text.to_owned())),
        }
    }

    /// The key itself, to be sent to its service and nowhere else.
    pub fn reveal(&self) -> &str {
        &self.0
    }
}

impl fmt::Debug for Key {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Key(hidden)")
    }
}

/// The file `keys.json` of a data folder: a JSON object of services and their keys.
///
/// On Unix it is made with mode 0600, and set to it again when others were allowed to read it. On Windows it inherits the
/// access rules of its folder; the data folder of a server that runs as a service is closed to other users there. It is
/// replaced as a whole: whenever the power fails, the old or the new one is there.
#[derive(Debug, Clone)]
pub struct Secrets {
    path: PathBuf,
}

impl Secrets {
    /// Of a data folder. Nothing is read or made yet.
    pub fn new(folder: &Path) -> Self {
        Self { path: folder.join(FILE) }
    }

    /// Where the keys lie.
    pub fn path(&self) -> &Path {
        &self.path
    }

    /// The key of a service.
    ///
    /// # Errors
    /// [`Error::Secrets`] when the file cannot be read or closed to others, or holds something else than keys.
    pub fn get(&self, service: &str) -> Result<Option<Key>> {
        match self.read()?.get(service) {
            None => Ok(None),
            Some(key) => Key::new(key).map(Some).map_err(|why| self.error(format!("the key of {service}: {why}"))),
        }
    }

    /// Whether there is a key of a service.
    ///
    /// # Errors
    /// As [`Secrets::get`].
    pub fn has(&self, service: &str) -> Result<bool> {
        Ok(self.read()?.contains_key(service))
    }

    /// Keeps the key of a service, in place of the one before.
    ///
    /// # Errors
    /// As [`Secrets::get`], and when the file cannot be written. A file that holds something else is left as it is.
    pub fn set(&self, service: &str, key: &Key) -> Result<()> {
        self.change(|keys| {
            keys.insert(service.to_owned(), key.0.clone());
        })
    }

    /// Forgets the key of a service, if there is one.
    ///
    /// # Errors
    /// As [`Secrets::set`].
    pub fn remove(&self, service: &str) -> Result<()> {
        if !self.has(service)? {
            return Ok(());
        }
        self.change(|keys| {
            keys.remove(service);
        })
    }

    fn change(&self, change: impl FnOnce(&mut BTreeMap<String, String>)) -> Result<()> {
        let _writing = WRITING.lock().unwrap_or_else(PoisonError::into_inner);
        let mut keys = self.read()?;
        change(&mut keys);
        self.write(&keys)
    }

    fn read(&self) -> Result<BTreeMap<String, String>> {
        let file = match File::open(&self.path) {
            Ok(file) => file,
            Err(error) if error.kind() == ErrorKind::NotFound => return Ok(BTreeMap::new()),
            Err(error) => return Err(self.error(error.to_string())),
        };
        self.close_to_others(&file)?;
        let mut bytes = Vec::new();
        file.take(MOST_BYTES + 1).read_to_end(&mut bytes).map_err(|error| self.error(error.to_string()))?;
        if bytes.len() as u64 > MOST_BYTES {
            return Err(self.error("the file is far too large".to_owned()));
        }
        // What a parser says may quote the file.
        serde_json::from_slice(&bytes).map_err(|error| {
            let (line, column) = (error.line(), error.column());
            self.error(format!(
                "it is no JSON object of keys (line {line}, column {column}); repair it, or remove it and set the keys again"
            ))
        })
    }

    fn write(&self, keys: &BTreeMap<String, String>) -> Result<()> {
        let failed = |error: std::io::Error| self.error(error.to_string());
        let folder = self.path.parent().unwrap_or(Path::new("."));
        std::fs::create_dir_all(folder).map_err(failed)?;
        let mut builder = tempfile::Builder::new();
        builder.prefix(".keys-").suffix(".tmp");
        #[cfg(unix)]
        {
            use std::os::unix::fs::PermissionsExt;
            builder.permissions(std::fs::Permissions::from_mode(0o600));
        }
        let mut file = builder.tempfile_in(folder).map_err(failed)?;
        let text = serde_json::to_vec_pretty(keys).map_err(|error| self.error(error.to_string()))?;
        file.write_all(&text).map_err(failed)?;
        file.as_file().sync_all().map_err(failed)?;
        file.persist(&self.path).map_err(|error| failed(error.error))?;
        // The name must reach the disk too; where folders cannot be opened, the system sees to it.
        if let Ok(folder) = OpenOptions::new().read(true).open(folder) {
            folder.sync_all().ok();
        }
        Ok(())
    }

    #[cfg(unix)]
    fn close_to_others(&self, file: &File) -> Result<()> {
        use std::os::unix::fs::PermissionsExt;
        let mode = file.metadata().map_err(|error| self.error(error.to_string()))?.permissions().mode();
        if mode & 0o077 == 0 {
            return Ok(());
        }
        tracing::warn!(path = %self.path.display(), "others could read the file of keys; it is closed to them now");
        file.set_permissions(std::fs::Permissions::from_mode(0o600)).map_err(|error| {
            self.error(format!(
                "others may read the file, and it cannot be closed to them ({error}); give it mode 0600"
            ))
        })
    }

    #[cfg(not(unix))]
    fn close_to_others(&self, _file: &File) -> Result<()> {
        Ok(())
    }

    fn error(&self, reason: String) -> Error {
        Error::Secrets { path: self.path.clone(), reason }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn key(text: &str) -> Key {
        Key::new(text).unwrap()
    }

    #[test]
    fn keys_are_kept_replaced_and_forgotten() {
        let folder = tempfile::tempdir().unwrap();
        let secrets = Secrets::new(&folder.path().join("segue"));
        assert_eq!((secrets.get("gemini").unwrap(), secrets.has("gemini").unwrap()), (None, false));
        secrets.remove("gemini").unwrap();
        assert!(!secrets.path().exists());
        secrets.set("gemini", &key("abc")).unwrap();
        secrets.set("openai", &key(" sk-1 ")).unwrap();
        secrets.set("gemini", &key("def")).unwrap();
        assert_eq!(secrets.get("gemini").unwrap(), Some(key("def")));
        assert_eq!(secrets.get("openai").unwrap().unwrap().reveal(), "sk-1");
        secrets.remove("gemini").unwrap();
        assert!(!secrets.has("gemini").unwrap() && secrets.has("openai").unwrap());
        let left: Vec<_> = std::fs::read_dir(folder.path().join("segue")).unwrap().collect();
        assert_eq!(left.len(), 1, "a temporary file was left: {left:?}");
    }

    #[test]
    fn what_cannot_be_a_key_is_none() {
        for bad in ["", "  ", "two words", "line\nbreak", "ключ", &"x".repeat(LONGEST_KEY + 1)] {
            assert!(Key::new(bad).is_err(), "{bad}");
        }
    }

    #[test]
    fn keys_do_not_show_themselves() {
        let folder = tempfile::tempdir().unwrap();
        let secrets = Secrets::new(folder.path());
        secrets.set("gemini", &key("hush")).unwrap();
        assert!(!format!("{:?} {secrets:?}", secrets.get("gemini").unwrap()).contains("hush"));
    }

    #[test]
    fn garbage_is_a_clear_error_and_is_not_lost() {
        let folder = tempfile::tempdir().unwrap();
        let secrets = Secrets::new(folder.path());
        let large = format!("{{\"a\": \"{}\"}}", "x".repeat(70_000));
        for garbage in ["", "hush", "[1]", "{\"gemini\": 5}", "{\"gemini\": \"hush\"", large.as_str()] {
            std::fs::write(secrets.path(), garbage).unwrap();
            for error in [
                secrets.get("gemini").unwrap_err(),
                secrets.set("gemini", &key("new")).unwrap_err(),
                secrets.remove("gemini").unwrap_err(),
            ] {
                let text = error.to_string();
                assert!(text.contains("keys.json") && !text.contains("hush"), "{text}");
            }
            assert_eq!(std::fs::read_to_string(secrets.path()).unwrap(), garbage);
        }
        std::fs::write(secrets.path(), "{\"gemini\": \"two words\"}").unwrap();
        assert!(secrets.get("gemini").unwrap_err().to_string().contains("the key of gemini"));
        std::fs::remove_file(secrets.path()).unwrap();
        std::fs::create_dir(secrets.path()).unwrap();
        assert!(secrets.get("gemini").is_err() && secrets.set("gemini", &key("new")).is_err());
    }

    #[cfg(unix)]
    #[test]
    fn only_the_owner_may_read_them() {
        use std::os::unix::fs::PermissionsExt;
        let folder = tempfile::tempdir().unwrap();
        let secrets = Secrets::new(folder.path());
        let mode = || std::fs::metadata(secrets.path()).unwrap().permissions().mode() & 0o777;
        secrets.set("gemini", &key("abc")).unwrap();
        assert_eq!(mode(), 0o600);
        std::fs::set_permissions(secrets.path(), std::fs::Permissions::from_mode(0o644)).unwrap();
        assert!(secrets.has("gemini").unwrap());
        assert_eq!(mode(), 0o600);
    }

    #[test]
    fn keys_set_at_once_are_all_kept() {
        let folder = tempfile::tempdir().unwrap();
        let secrets = Secrets::new(folder.path());
        std::thread::scope(|scope| {
            for i in 0..8 {
                let secrets = &secrets;
                scope.spawn(move || secrets.set(&format!("service {i}"), &key("abc")).unwrap());
            }
        });
        assert!((0..8).all(|i| secrets.has(&format!("service {i}")).unwrap()));
    }
}
