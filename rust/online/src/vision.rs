//! What a film looks and feels like, from a language model that sees.

mod answer;
mod prompt;

use std::fmt;
use std::sync::atomic::{AtomicU32, Ordering};
use std::time::Duration;

pub use answer::VisionAnswer;

use crate::ask::{Ask, Media};
use crate::http::shown;
use crate::provider::Provider;
use crate::{Error, Key, Policy, Result};

/// Pictures of one question.
const MOST_PICTURES: usize = 32;
/// Bytes of all pictures of one question, or of its clip: as text they are a third more, and services refuse 20 MB.
const MOST_BYTES: usize = 8 << 20;

/// A service that looks at pictures of a film, or at a short clip.
///
/// It is used from one place at a time or from several: calls to one server keep their distance in either case, those for
/// names included.
pub struct VisionService {
    /// What it speaks.
    pub provider: Provider,
    /// Where it is. A bare host (`http://nas:11434`) gets the provider's usual path.
    pub url: String,
    /// The model's name as the service knows it; empty: the provider's usual one.
    pub model: String,
    /// Its key, where it needs one.
    pub key: Option<Key>,
    /// Time between the end of one call and the next.
    pub delay: Duration,
    /// Time for one call, everything together; ten minutes at most.
    pub timeout: Duration,
    /// Calls for one film at most, 1 to 10.
    pub tries: u32,
    calls: AtomicU32,
}

impl fmt::Debug for VisionService {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("VisionService")
            .field("provider", &self.provider)
            .field("url", &shown(&self.url))
            .field("model", &self.model)
            .field("key", &self.key)
            .field("delay", &self.delay)
            .field("timeout", &self.timeout)
            .field("tries", &self.tries)
            .field("calls", &self.calls)
            .finish()
    }
}

impl VisionService {
    /// A service at the provider's usual address and with its usual model that sees; no key, a minute a call, three tries,
    /// seven seconds between calls for Gemini and none for the others.
    pub fn new(provider: Provider) -> Self {
        Self {
            provider,
            url: provider.usual_url().to_owned(),
            model: provider.usual_eyes().to_owned(),
            key: None,
            delay: provider.usual_delay(),
            timeout: Duration::from_secs(60),
            tries: 3,
            calls: AtomicU32::new(0),
        }
    }

    /// Calls that have been made, failed ones too: what they cost is the caller's to count and to limit.
    pub fn calls(&self) -> u32 {
        self.calls.load(Ordering::Relaxed)
    }

    /// What a film is about and how it feels, from 1 to 32 JPEG pictures of it in the order of time, 8 MiB of them at most.
    /// `facts` is what a library says of it, best as a JSON object; of longer ones the first 8,000 letters are sent. They
    /// are strangers' words, as are words in pictures, and the model is told so; whatever it then answers, all that can
    /// come of it is a [`VisionAnswer`]. An answer that is none is asked for again, with the reason.
    /// `cancelled` is asked ten times a second and more.
    ///
    /// # Errors
    /// [`Error::Off`] unless the policy allows it; [`Error::Question`] for pictures that cannot be sent;
    /// [`Error::Address`], [`Error::Key`], [`Error::Unreachable`], [`Error::Refused`] or [`Error::Answer`], which says why
    /// the last try failed; [`Error::Cancelled`]. The caller's own answer stands then.
    pub fn look(
        &self,
        policy: Policy,
        facts: &str,
        pictures: &[Vec<u8>],
        cancelled: &dyn Fn() -> bool,
    ) -> Result<VisionAnswer> {
        let refused = |reason: String| Err(self.refused(reason));
        if pictures.is_empty() {
            return refused("there is no picture to look at".to_owned());
        }
        if pictures.len() > MOST_PICTURES {
            return refused(format!("there are {} pictures, and {MOST_PICTURES} are the most", pictures.len()));
        }
        if let Some(at) = pictures.iter().position(|picture| !picture.starts_with(&[0xff, 0xd8, 0xff])) {
            return refused(format!("picture {} is no JPEG", at + 1));
        }
        let media: Vec<_> = pictures.iter().map(|picture| Media::Jpeg(picture)).collect();
        self.ask(policy, facts, &media, cancelled)
    }

    /// As [`VisionService::look`], from a short clip: an MP4 file of 8 MiB at most.
    ///
    /// # Errors
    /// As there; [`Error::Question`] too when the provider takes no videos, see [`Provider::takes_video`].
    pub fn watch(
        &self,
        policy: Policy,
        facts: &str,
        clip: &[u8],
        cancelled: &dyn Fn() -> bool,
    ) -> Result<VisionAnswer> {
        if !self.provider.takes_video() {
            return Err(self.refused("it takes pictures only".to_owned()));
        }
        if clip.get(4..8) != Some(b"ftyp") {
            return Err(self.refused("the clip is no MP4".to_owned()));
        }
        self.ask(policy, facts, &[Media::Mp4(clip)], cancelled)
    }

    fn ask(
        &self,
        policy: Policy,
        facts: &str,
        media: &[Media<'_>],
        cancelled: &dyn Fn() -> bool,
    ) -> Result<VisionAnswer> {
        let service = self.provider.name();
        policy.permit(&format!("asking {service} to look at a film"))?;
        let bytes: usize = media.iter().map(|media| media.bytes().len()).sum();
        if bytes > MOST_BYTES {
            return Err(self.refused(format!("{bytes} bytes are to be sent, and {MOST_BYTES} are the most")));
        }
        let model = self.model.trim();
        let ask = Ask {
            provider: self.provider,
            url: &self.url,
            model: if model.is_empty() { self.provider.usual_eyes() } else { model },
            key: self.key.as_ref(),
            delay: self.delay,
            timeout: self.timeout,
            tries: self.tries,
            calls: &self.calls,
        };
        ask.ask(&|refused| prompt::question(facts, media, refused), &answer::read, cancelled)
    }

    fn refused(&self, reason: String) -> Error {
        Error::Question { service: self.provider.name().to_owned(), reason }
    }
}
