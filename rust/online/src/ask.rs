//! One question to a service and one answer that will do: the way that everything here is asked.

use std::collections::BTreeMap;
use std::sync::atomic::{AtomicU32, Ordering};
use std::sync::{Mutex, PoisonError};
use std::time::{Duration, Instant};

use serde_json::Value;

use crate::http::{self, Failure, shown, wait_until};
use crate::provider::{self, Provider};
use crate::{Error, Key, Result};

/// The longest that a server may make us wait; if it wants more, the caller's own answer stands.
const MOST_PATIENCE: Duration = Duration::from_secs(60);
/// Tries whatever the settings say.
const MOST_TRIES: u32 = 10;
/// Time for one call whatever the settings say.
const MOST_TIME: Duration = Duration::from_secs(600);
/// Time between two calls whatever the settings say.
const MOST_DELAY: Duration = Duration::from_secs(24 * 3600);
/// The first pause before another try; each further one is twice as long.
const SOON: Duration = Duration::from_millis(250);

/// What is sent.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct Question<'a> {
    /// What is to be done, in our words alone.
    pub(crate) task: String,
    /// What it is to be done with: one JSON object, since much of it is strangers' words.
    pub(crate) data: String,
    pub(crate) media: Vec<Media<'a>>,
    /// The JSON schema of the answer, if it is to be JSON.
    pub(crate) schema: Option<Value>,
    pub(crate) temperature: f32,
}

/// Something to look at.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Media<'a> {
    Jpeg(&'a [u8]),
    Mp4(&'a [u8]),
}

impl<'a> Media<'a> {
    pub(crate) fn bytes(self) -> &'a [u8] {
        match self {
            Self::Jpeg(bytes) | Self::Mp4(bytes) => bytes,
        }
    }

    /// Its media type.
    pub(crate) fn kind(self) -> &'static str {
        match self {
            Self::Jpeg(_) => "image/jpeg",
            Self::Mp4(_) => "video/mp4",
        }
    }
}

/// Who is asked, and how patiently.
pub(crate) struct Ask<'a> {
    pub(crate) provider: Provider,
    pub(crate) url: &'a str,
    /// Not empty.
    pub(crate) model: &'a str,
    pub(crate) key: Option<&'a Key>,
    pub(crate) delay: Duration,
    /// For one call, everything together.
    pub(crate) timeout: Duration,
    pub(crate) tries: u32,
    /// Calls that have been made.
    pub(crate) calls: &'a AtomicU32,
}

/// How one call ended without an answer.
enum Ended {
    /// Another may do better, after that time; without a time, after the usual one.
    Again(Error, Option<Duration>),
    /// It does not take such a question; without the schema of its answer it may.
    Plainly(Error),
    Finally(Error),
}

impl Ask<'_> {
    /// Asks until `read` takes what was said. `question` is told why the last answer would not do; `read` says why one
    /// will not, in words that a model can go by. `cancelled` is asked ten times a second and more.
    pub(crate) fn ask<'q, T>(
        &self,
        question: &dyn Fn(Option<&str>) -> Question<'q>,
        read: &dyn Fn(&str) -> std::result::Result<T, String>,
        cancelled: &dyn Fn() -> bool,
    ) -> Result<T> {
        let service = self.provider.name();
        let mut refused: Option<String> = None;
        let mut plain = false;
        let mut pause = SOON;
        let mut tries = self.tries.clamp(1, MOST_TRIES);
        loop {
            tries -= 1;
            let mut question = question(refused.as_deref());
            if plain {
                question.schema = None;
            }
            let error = match self.call(&question, cancelled) {
                Ok(text) => match read(&text) {
                    Ok(answer) => return Ok(answer),
                    Err(reason) => {
                        refused = Some(reason.clone());
                        self.unusable(reason)
                    }
                },
                Err(Ended::Finally(error)) => return Err(error),
                Err(Ended::Plainly(error)) => {
                    plain = true;
                    error
                }
                Err(Ended::Again(error, wanted)) => {
                    if tries > 0 && !wait_until(Instant::now() + wanted.unwrap_or(pause), cancelled) {
                        return Err(Error::Cancelled);
                    }
                    pause *= 2;
                    error
                }
            };
            tracing::debug!(service, %error, left = tries, "no answer yet");
            if tries == 0 {
                return Err(error);
            }
        }
    }

    /// One call, at its time.
    fn call(&self, question: &Question<'_>, cancelled: &dyn Fn() -> bool) -> std::result::Result<String, Ended> {
        let service = self.provider.name().to_owned();
        let request = self.request(question).map_err(Ended::Finally)?;
        let place = request.url.authority().map(|place| place.as_str().to_ascii_lowercase()).unwrap_or_default();
        if !turn(&place, self.delay.min(MOST_DELAY), cancelled) {
            return Err(Ended::Finally(Error::Cancelled));
        }
        self.calls.fetch_add(1, Ordering::Relaxed);
        let answer = http::post(request, cancelled);
        rest(&place);
        let answer = answer.map_err(|failure| match failure {
            Failure::Cancelled => Ended::Finally(Error::Cancelled),
            Failure::Passing(reason) => Ended::Again(Error::Unreachable { service: service.clone(), reason }, None),
            Failure::Lasting(reason) => Ended::Finally(Error::Unreachable { service: service.clone(), reason }),
        })?;
        let status = answer.status;
        if status == 200 {
            return self.provider.text(&answer.body).map_err(|reason| Ended::Again(self.unusable(reason), None));
        }
        let reason = provider::complaint(&answer.body, self.key);
        let refused = |reason: String| Error::Refused { service, status, reason };
        match (status, answer.retry_after) {
            (429 | 503, Some(pause)) if pause > MOST_PATIENCE => {
                Err(Ended::Finally(refused(format!("it wants to be left alone for {} s; {reason}", pause.as_secs()))))
            }
            (429 | 503, Some(pause)) => Err(Ended::Again(refused(reason), Some(pause))),
            (429, None) => Err(Ended::Again(refused(reason), Some(8 * SOON))),
            (408 | 500 | 502 | 503 | 504, _) => Err(Ended::Again(refused(reason), None)),
            (400 | 422, _) if question.schema.is_some() => Err(Ended::Plainly(refused(reason))),
            _ => Err(Ended::Finally(refused(reason))),
        }
    }

    fn request(&self, question: &Question<'_>) -> Result<http::Request> {
        let refused = |reason: &str| Error::Address { url: shown(self.url), reason: reason.to_owned() };
        let endpoint = self.provider.endpoint(self.url, self.model).map_err(refused)?;
        let url = http::address(&endpoint).map_err(refused)?;
        if self.key.is_none() && self.provider.wants_key(url.host().unwrap_or_default()) {
            let service = self.provider.name().to_owned();
            return Err(Error::Key { service, reason: "none is set".to_owned() });
        }
        let headers = self.key.iter().filter_map(|key| self.provider.key_header(key)).collect();
        let body = self.provider.body(url.path(), self.model, question).to_string().into_bytes();
        Ok(http::Request { url, headers, body, timeout: self.timeout.clamp(Duration::from_millis(1), MOST_TIME) })
    }

    fn unusable(&self, reason: String) -> Error {
        Error::Answer { service: self.provider.name().to_owned(), reason }
    }
}

/// When each place was called last. It is kept for the whole process, so that calls keep their distance whoever makes them
/// and whatever for.
static LAST: Mutex<BTreeMap<String, Instant>> = Mutex::new(BTreeMap::new());

/// Waits until a place may be called again and takes the turn; `false` when it was cancelled meanwhile.
fn turn(place: &str, delay: Duration, cancelled: &dyn Fn() -> bool) -> bool {
    loop {
        let then = {
            let mut last = LAST.lock().unwrap_or_else(PoisonError::into_inner);
            let now = Instant::now();
            match last.get(place).map(|last| *last + delay) {
                Some(then) if then > now => then,
                _ => {
                    last.retain(|_, last| now.duration_since(*last) < MOST_DELAY);
                    last.insert(place.to_owned(), now);
                    return true;
                }
            }
        };
        if !wait_until(then, cancelled) {
            return false;
        }
    }
}

/// A call has ended: the delay begins.
fn rest(place: &str) {
    LAST.lock().unwrap_or_else(PoisonError::into_inner).insert(place.to_owned(), Instant::now());
}
