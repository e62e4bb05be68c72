//! Names of playlists from a language model.

mod clean;
mod prompt;
mod provider;

use std::fmt;
use std::sync::{Mutex, PoisonError};
use std::time::{Duration, Instant};

pub use prompt::Traits;
pub use provider::Provider;

use crate::http::{self, Failure, shown, wait_until};
use crate::{Error, Key, Policy, Result};
use clean::{check, clean};
use prompt::Prompt;

/// The longest that a server may make us wait; if it wants more, the rule's name stands.
const MOST_PATIENCE: Duration = Duration::from_secs(60);
/// Tries whatever the settings say.
const MOST_TRIES: u32 = 10;
/// Time for one call whatever the settings say.
const MOST_TIME: Duration = Duration::from_secs(600);

/// A service that is asked for names.
///
/// It is used from one place at a time or from several: calls keep their distance in either case.
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
    /// No call before this.
    next: Mutex<Option<Instant>>,
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
            .finish_non_exhaustive()
    }
}

/// How one call ended without an answer.
enum Ended {
    /// Another may do better, after that time.
    Again(Error, Duration),
    Finally(Error),
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
            next: Mutex::new(None),
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
        let mut refused: Option<String> = None;
        let mut tries = self.tries.clamp(1, MOST_TRIES);
        loop {
            tries -= 1;
            let prompt = Prompt::new(traits, refused.as_deref());
            let error = match self.call(&prompt, cancelled) {
                Ok(text) => {
                    let name = clean(&text, &traits.language);
                    match check(&name, taken) {
                        Ok(()) => return Ok(name),
                        Err(reason) => {
                            refused = Some(reason.clone());
                            self.unusable(reason)
                        }
                    }
                }
                Err(Ended::Finally(error)) => return Err(error),
                Err(Ended::Again(error, pause)) => {
                    if tries > 0 && !wait_until(Instant::now() + pause, cancelled) {
                        return Err(Error::Cancelled);
                    }
                    error
                }
            };
            tracing::debug!(service, %error, left = tries, "no name yet");
            if tries == 0 {
                return Err(error);
            }
        }
    }

    /// One call, at its time.
    fn call(&self, prompt: &Prompt, cancelled: &dyn Fn() -> bool) -> std::result::Result<String, Ended> {
        const SOON: Duration = Duration::from_millis(250);
        let service = self.provider.name().to_owned();
        let request = self.request(prompt).map_err(Ended::Finally)?;
        if !wait_until(self.turn(), cancelled) {
            return Err(Ended::Finally(Error::Cancelled));
        }
        let answer = http::post(request, cancelled);
        self.rest();
        let answer = answer.map_err(|failure| match failure {
            Failure::Cancelled => Ended::Finally(Error::Cancelled),
            Failure::Passing(reason) => Ended::Again(Error::Unreachable { service: service.clone(), reason }, SOON),
            Failure::Lasting(reason) => Ended::Finally(Error::Unreachable { service: service.clone(), reason }),
        })?;
        let status = answer.status;
        if status == 200 {
            return self.provider.text(&answer.body).map_err(|reason| Ended::Again(self.unusable(reason), SOON));
        }
        let reason = provider::complaint(&answer.body, self.key.as_ref());
        let refused = |reason: String| Error::Refused { service, status, reason };
        match (status, answer.retry_after) {
            (429 | 503, Some(pause)) if pause > MOST_PATIENCE => {
                Err(Ended::Finally(refused(format!("it wants to be left alone for {} s; {reason}", pause.as_secs()))))
            }
            (429 | 503, Some(pause)) => Err(Ended::Again(refused(reason), pause)),
            (429, None) => Err(Ended::Again(refused(reason), 8 * SOON)),
            (408 | 500 | 502 | 503 | 504, _) => Err(Ended::Again(refused(reason), SOON)),
            _ => Err(Ended::Finally(refused(reason))),
        }
    }

    fn request(&self, prompt: &Prompt) -> Result<http::Request> {
        let refused = |reason: &str| Error::Address { url: shown(&self.url), reason: reason.to_owned() };
        let url = self.provider.endpoint(&self.url, &self.model).map_err(refused)?;
        let url = http::address(&url).map_err(refused)?;
        if self.key.is_none() && self.provider.wants_key(url.host().unwrap_or_default()) {
            let service = self.provider.name().to_owned();
            return Err(Error::Key { service, reason: "none is set".to_owned() });
        }
        let headers = self.key.iter().filter_map(|key| self.provider.key_header(key)).collect();
        let body = self.provider.body(&self.model, prompt).to_string().into_bytes();
        Ok(http::Request { url, headers, body, timeout: self.timeout.clamp(Duration::from_millis(1), MOST_TIME) })
    }

    fn unusable(&self, reason: String) -> Error {
        Error::Answer { service: self.provider.name().to_owned(), reason }
    }

    /// When the next call may be made; whoever asks after that has the turn behind it.
    fn turn(&self) -> Instant {
        let mut next = self.next.lock().unwrap_or_else(PoisonError::into_inner);
        let turn = next.unwrap_or_else(Instant::now).max(Instant::now());
        *next = Some(turn + self.delay);
        turn
    }

    /// A call has ended: the delay begins.
    fn rest(&self) {
        let mut next = self.next.lock().unwrap_or_else(PoisonError::into_inner);
        let rested = Instant::now() + self.delay;
        *next = Some(next.map_or(rested, |next| next.max(rested)));
    }
}
