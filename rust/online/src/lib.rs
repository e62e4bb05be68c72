//! The only room that talks to a network; shut until a person opens it.
//!
//! Naming services, vision services and model downloads will live here. Today there are none: this crate holds the door
//! they will have to pass, and no other crate of the workspace may open a connection. It has no network dependency.
//!
//! ```
//! use segue_online::Policy;
//!
//! let policy = Policy::default();
//! assert!(policy.permit("downloading a model").is_err());
//! assert!(Policy::Allowed.permit("downloading a model").is_ok());
//! ```

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

/// What can go wrong.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum Error {
    /// The network is not allowed.
    #[error("{purpose} needs the network, which is off; switch it on in Segue's settings to allow it")]
    Off {
        /// What it was wanted for.
        purpose: String,
    },
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
    }
}
