//! Names of playlists from a language model.

mod clean;
mod prompt;

use std::fmt;
use std::sync::atomic::AtomicU32;
use std::time::Duration;

pub use prompt::Traits;

use crate::ask::Ask;
use crate::http::shown;
use crate::provider::Provider;
use crate::{Key, Policy, Result};
use clean::{check, clean};
use prompt::question;

/// A service that is asked for names.
///
/// It is used from one place at a time or from several: calls to one server keep their distance in either case.
pub struct NamingService {
    /// What it speaks.
    pub provider: Provider,
    /// Where it is. A bare host (`http://nas:11434`) gets the provider's usual path.
    pub url: String,
    /// The model's name as the service knows it.
    pub model: String,
    /// Its key, where it needs one.
    pub key: Option<Key>,
    /// Time between the end of one call and the next.
    pub delay: Duration,
    /// Time for one call, everything together; ten minutes at most.
    pub timeout: Duration,
    /// Calls for one name at most, 1 to 10.
    pub tries: u32,
}

impl fmt::Debug for NamingService {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("NamingService")
            .field("provider", &self.provider)
            .field("url", &shown(&self.url))
            .field("model", &self.model)
            .field("key", &self.key)
            .field("delay", &self.delay)
            .field("timeout", &self.timeout)
            .field("tries", &self.tries)
            .finish()
    }
}

impl NamingService {
    /// A service at the provider's usual address and with its usual model; no key, two minutes a call, three tries, seven
    /// seconds between calls for Gemini and none for the others.
    pub fn new(provider: Provider) -> Self {
        Self {
            provider,
            url: provider.usual_url().to_owned(),
            model: provider.usual_model().to_owned(),
            key: None,
            delay: provider.usual_delay(),
            timeout: Duration::from_secs(120),
            tries: 3,
        }
    }

    /// A name for a playlist that is like this: 15 to 35 characters of ASCII, one that `taken` does not know. The answer is
    /// cleaned and checked; one that will not do is asked for again, with the reason. A server that asks for time (429 with
    /// `Retry-After`) is given it, up to a minute. `cancelled` is asked ten times a second and more.
    ///
    /// # Errors
    /// [`Error::Off`] unless the policy allows it; [`Error::Address`], [`Error::Key`], [`Error::Unreachable`],
    /// [`Error::Refused`] or [`Error::Answer`], which says why the last try failed; [`Error::Cancelled`]. The caller's own
    /// name stands then.
    pub fn suggest(
        &self,
        policy: Policy,
        traits: &Traits,
        taken: &dyn Fn(&str) -> bool,
        cancelled: &dyn Fn() -> bool,
    ) -> Result<String> {
        let service = self.provider.name();
        policy.permit(&format!("asking {service} for the name of a playlist"))?;
        let model = self.model.trim();
        let ask = Ask {
            provider: self.provider,
            url: &self.url,
            model: if model.is_empty() { self.provider.usual_model() } else { model },
            key: self.key.as_ref(),
            delay: self.delay,
            timeout: self.timeout,
            tries: self.tries,
            calls: &AtomicU32::new(0),
        };
        let read = |text: &str| {
            let name = clean(text, &traits.language);
            check(&name, taken).map(|()| name)
        };
        ask.ask(&|refused| question(traits, refused), &read, cancelled)
    }
}
