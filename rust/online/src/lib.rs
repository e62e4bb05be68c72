//! The only room that talks to a network; shut until a person opens it.
//!
//! [`NamingService`] asks a language model for the name of a playlist, [`VisionService`] asks one that sees what a film looks
//! and feels like, [`Download`] fetches a file, [`Secrets`] keeps the keys that such services want.
//! No other crate of the workspace may open a connection, and nothing here does without a [`Policy`] that allows it.
//!
//! ```
//! use segue_online::Policy;
//!
//! let policy = Policy::default();
//! assert!(policy.permit("downloading a model").is_err());
//! assert!(Policy::Allowed.permit("downloading a model").is_ok());
//! ```

mod ask;
mod base64;
mod download;
mod http;
mod naming;
mod provider;
mod said;
mod secrets;
mod vision;

use std::path::PathBuf;

pub use download::{Download, Fetched, room_for};
pub use naming::{NamingService, Traits};
pub use provider::Provider;
pub use secrets::{Key, Secrets};
pub use vision::{VisionAnswer, VisionService};

/// Whether Segue may use the network. Off unless a person switched it on.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Default)]
pub enum Policy {
    /// Nothing leaves this machine.
    #[default]
    Off,
    /// A person allowed it.
    Allowed,
}

impl Policy {
    /// To be asked before every use of the network; `purpose` says what for, in words a person understands, such as
    /// `downloading a model`.
    ///
    /// # Errors
    /// [`Error::Off`] unless the network is allowed.
    pub fn permit(self, purpose: &str) -> Result<()> {
        match self {
            Self::Allowed => Ok(()),
            Self::Off => Err(Error::Off { purpose: purpose.to_owned() }),
        }
    }
}

/// What can go wrong. No message holds a key, and none the query of an address.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum Error {
    /// The network is not allowed.
    #[error("{purpose} needs the network, which is off; switch it on in Segue's settings to allow it")]
    Off {
        /// What it was wanted for.
        purpose: String,
    },
    /// An address that cannot be asked.
    #[error("the address {url} cannot be used: {reason}")]
    Address {
        /// The address, without its query.
        url: String,
        /// What is wrong with it.
        reason: String,
    },
    /// A service wants a key and there is none that can be sent.
    #[error("{service} needs a key: {reason}; set one in Segue's settings")]
    Key {
        /// The service.
        service: String,
        /// What is wrong.
        reason: String,
    },
    /// No answer came, or none to the end.
    #[error("{service} cannot be reached: {reason}")]
    Unreachable {
        /// The service.
        service: String,
        /// What happened.
        reason: String,
    },
    /// The service answered that it will not.
    #[error("{service} refused with status {status}: {reason}")]
    Refused {
        /// The service.
        service: String,
        /// HTTP status.
        status: u16,
        /// What it said.
        reason: String,
    },
    /// The service answered something that is of no use.
    #[error("{service} gave no usable answer: {reason}")]
    Answer {
        /// The service.
        service: String,
        /// What is wrong with the answer.
        reason: String,
    },
    /// What was to be asked cannot be.
    #[error("{service} was not asked: {reason}")]
    Question {
        /// The service.
        service: String,
        /// What is wrong with it.
        reason: String,
    },
    /// The file of keys.
    #[error("the keys in {} cannot be used: {reason}", path.display())]
    Secrets {
        /// The file.
        path: PathBuf,
        /// What is wrong.
        reason: String,
    },
    /// What was fetched is not what it should be.
    #[error("what {url} gives is not the file that was wanted: {reason}; nothing of it was kept")]
    NotTheFile {
        /// The address, without its query.
        url: String,
        /// What is wrong.
        reason: String,
    },
    /// There is no room for what is to be fetched.
    #[error("{} has {} MB free and {} MB are needed; make room and try again", path.display(), .free / 1_000_000, .needed.div_ceil(1_000_000))]
    Room {
        /// The folder.
        path: PathBuf,
        /// Bytes needed.
        needed: u64,
        /// Bytes free.
        free: u64,
    },
    /// What was fetched could not be written down.
    #[error("cannot write {}: {reason}", path.display())]
    Disk {
        /// The file.
        path: PathBuf,
        /// What the system said.
        reason: String,
    },
    /// The caller asked to stop.
    #[error("asking was cancelled")]
    Cancelled,
}

impl Error {
    /// Whether the next question would end alike: the service itself is the trouble, and not one answer of it.
    pub fn lasts(&self) -> bool {
        !matches!(self, Self::Answer { .. } | Self::Question { .. })
    }
}

/// Result with this crate's [`Error`].
pub type Result<T> = std::result::Result<T, Error>;

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn nothing_is_permitted_unless_a_person_said_so() {
        let refused = Policy::default().permit("naming a playlist").unwrap_err();
        assert_eq!(refused, Error::Off { purpose: "naming a playlist".to_owned() });
        assert!(refused.to_string().starts_with("naming a playlist needs the network"));
        assert_eq!(Policy::Allowed.permit("naming a playlist"), Ok(()));
        assert!(refused.lasts());
    }
}
