//! One connection, on a thread of its own.

use std::io::{self, Read};
use std::sync::mpsc::{Receiver, RecvTimeoutError, SyncSender};
use std::time::Duration;

use ureq::http::Uri;
use ureq::http::header::{CONTENT_LENGTH, CONTENT_RANGE, ETAG, HeaderMap, LAST_MODIFIED, LOCATION};

use super::PIECE;
use super::part::Origin;
use crate::http::{ASKED_EVERY, CONNECT, address, is_local, retry_after};

const MOST_REDIRECTS: u32 = 5;

/// One connection's request.
pub(super) struct Request {
    pub(super) url: Uri,
    pub(super) from: Origin,
    /// How much is there already.
    pub(super) at: u64,
    pub(super) patience: Duration,
}

/// What a connection brings, in order.
pub(super) enum Event {
    /// An answer begins at this byte of a file of so many.
    Begins {
        at: u64,
        total: Option<u64>,
        validators: Origin,
    },
    Piece(Vec<u8>),
    /// The part is of another version of the file.
    Stale,
    Refused {
        status: u16,
        after: Option<Duration>,
    },
    /// May go better the next time.
    Broken(String),
    /// Will not.
    Useless(String),
}

pub(super) enum Next {
    Event(Event),
    Nothing,
    End,
}

pub(super) fn next(receiver: &Receiver<Event>) -> Next {
    match receiver.recv_timeout(ASKED_EVERY) {
        Ok(event) => Next::Event(event),
        Err(RecvTimeoutError::Timeout) => Next::Nothing,
        Err(RecvTimeoutError::Disconnected) => Next::End,
    }
}

impl Request {
    /// On a thread of its own, because a blocked read cannot be called off. When nobody listens any more it ends, at the latest
    /// when the connection has been silent for too long.
    pub(super) fn run(&self, sender: &SyncSender<Event>) {
        if let Err(event) = self.follow(sender) {
            let _ = sender.send(event);
        }
    }

    fn follow(&self, sender: &SyncSender<Event>) -> Result<(), Event> {
        let mut url = self.url.clone();
        for _ in 0..=MOST_REDIRECTS {
            let mut response = self.get(&url)?;
            let status = response.status().as_u16();
            match (status, response.headers().get(LOCATION)) {
                (301 | 302 | 303 | 307 | 308, Some(location)) => {
                    url = redirected(&url, location.to_str().unwrap_or_default()).map_err(Event::Useless)?;
                    continue;
                }
                (200 | 206, _) => {}
                (416, _) => return Err(Event::Stale),
                _ => return Err(Event::Refused { status, after: retry_after(response.headers()) }),
            }
            let headers = response.headers();
            let (at, total) = if status == 206 {
                range(headers).ok_or_else(|| Event::Broken("it sent a piece without saying which".to_owned()))?
            } else {
                (0, length(headers))
            };
            let validators = Origin { validator: validator(headers), ..Origin::default() };
            if sender.send(Event::Begins { at, total, validators }).is_err() {
                return Ok(());
            }
            let mut body = response.body_mut().with_config().limit(u64::MAX).reader();
            loop {
                let mut piece = vec![0; PIECE];
                match body.read(&mut piece) {
                    Ok(0) => return Ok(()),
                    Ok(n) => piece.truncate(n),
                    Err(error) if error.kind() == io::ErrorKind::Interrupted => continue,
                    Err(error) if error.kind() == io::ErrorKind::TimedOut => {
                        return Err(Event::Broken("it fell silent".to_owned()));
                    }
                    Err(_) => return Err(Event::Broken("the connection broke off".to_owned())),
                }
                if sender.send(Event::Piece(piece)).is_err() {
                    return Ok(());
                }
            }
        }
        Err(Event::Useless(format!("it redirects more than {MOST_REDIRECTS} times")))
    }

    fn get(&self, url: &Uri) -> Result<ureq::http::Response<ureq::Body>, Event> {
        let mut config = ureq::Agent::config_builder()
            .timeout_connect(Some(CONNECT))
            .timeout_resolve(Some(CONNECT))
            .timeout_recv_response(Some(self.patience))
            .timeout_per_read(Some(self.patience))
            // Followed here, so that nothing leads out of encryption.
            .max_redirects(0)
            .max_redirects_will_error(false)
            .http_status_as_error(false)
            .user_agent(concat!("Segue/", env!("CARGO_PKG_VERSION")));
        if is_local(url) {
            config = config.proxy(None);
        }
        // What is compressed on the way has another length than the file.
        let mut call = config.build().new_agent().get(url).header("accept-encoding", "identity");
        if let (1.., Some(validator)) = (self.at, &self.from.validator) {
            call = call.header("range", format!("bytes={}-", self.at)).header("if-range", validator);
        }
        call.call().map_err(|error| match error {
            ureq::Error::HostNotFound => Event::Broken("no such host".to_owned()),
            ureq::Error::Timeout(_) => Event::Broken("it did not answer in time".to_owned()),
            ureq::Error::Protocol(_) => Event::Broken("it does not speak HTTP".to_owned()),
            ureq::Error::Tls(_) | ureq::Error::Rustls(_) => {
                Event::Useless("no secure connection came about".to_owned())
            }
            _ => Event::Broken("no connection came about".to_owned()),
        })
    }
}

/// Where a redirect leads: to any host, but not out of encryption, and to this machine only from this machine.
fn redirected(from: &Uri, location: &str) -> Result<Uri, String> {
    let to = if location.starts_with('/') && !location.starts_with("//") {
        let authority = from.authority().map(|authority| authority.as_str()).unwrap_or_default();
        format!("{}://{authority}{location}", from.scheme_str().unwrap_or_default())
    } else {
        location.to_owned()
    };
    let to = address(&to).map_err(|_| "it redirects to something that is no address".to_owned())?;
    if is_local(&to) && !is_local(from) {
        return Err("it redirects to this machine".to_owned());
    }
    if to.scheme_str() != Some("https") && !is_local(&to) {
        return Err("it redirects to an address without encryption".to_owned());
    }
    Ok(to)
}

fn text(headers: &HeaderMap, name: impl ureq::http::header::AsHeaderName) -> Option<&str> {
    headers.get(name)?.to_str().ok().map(str::trim)
}

fn length(headers: &HeaderMap) -> Option<u64> {
    text(headers, CONTENT_LENGTH)?.parse().ok()
}

/// First byte and size of the whole, of `bytes 100-199/200`.
fn range(headers: &HeaderMap) -> Option<(u64, Option<u64>)> {
    let (piece, total) = text(headers, CONTENT_RANGE)?.strip_prefix("bytes ")?.split_once('/')?;
    Some((piece.split_once('-')?.0.parse().ok()?, total.parse().ok()))
}

/// What tells this version of a file from others: a strong entity tag, or when it was changed (RFC 9110 §13.1.5).
fn validator(headers: &HeaderMap) -> Option<String> {
    let strong = text(headers, ETAG).filter(|tag| tag.starts_with('"'));
    strong.or_else(|| text(headers, LAST_MODIFIED)).filter(|text| text.len() <= 256).map(str::to_owned)
}
