//! Large files by HTTP: fetched in one go where that works, else taken up where they broke off, and never believed.

mod connection;
mod part;

use std::path::Path;
use std::sync::mpsc::sync_channel;
use std::time::{Duration, Instant};

use ureq::http::Uri;

use self::connection::{Event, Next, Request, next};
use self::part::{Origin, Part};
use crate::http::{ASKED_EVERY, CONNECT, address, is_local, shown, wait_until};
use crate::{Error, Policy, Result};

/// Bytes handed from the connection to the file at once.
const PIECE: usize = 1 << 16;
/// Pieces that wait to be written, so that memory stays small whatever the disk does.
const WAITING: usize = 4;
/// Tries in a row that bring nothing.
const MOST_BARREN: u32 = 4;
/// Tries in all, for a connection that breaks off again and again.
const MOST_TRIES: u32 = 100;
/// The longest that a server may make us wait.
const MOST_PATIENCE: Duration = Duration::from_secs(120);
/// A file of which nobody said how large it is may have this many bytes.
const MOST_UNLISTED: u64 = 4 << 30;
/// Room that is left free beside what is fetched.
const MARGIN: u64 = 64 << 20;

/// A file to be fetched.
#[derive(Debug, Clone)]
pub struct Download<'a> {
    /// Where it is. `https`, or `http` to this machine.
    pub url: &'a str,
    /// The file to be filled. What an earlier call left in it is gone on from; how far that may be trusted is noted beside it, in a file
    /// of the same name with `.from` at its end.
    pub part: &'a Path,
    /// How many bytes it has, where that is known.
    pub bytes: Option<u64>,
    /// Its SHA-256 in hexadecimal digits, where that is known.
    pub sha256: Option<&'a str>,
    /// How long a connection may bring nothing.
    pub patience: Duration,
    /// The pause before the second try; each further one is twice as long.
    pub pause: Duration,
}

impl<'a> Download<'a> {
    /// With the usual patience: half a minute of silence, two seconds before the second try.
    #[must_use]
    pub fn new(url: &'a str, part: &'a Path) -> Self {
        let (patience, pause) = (Duration::from_secs(30), Duration::from_secs(2));
        Self { url, part, bytes: None, sha256: None, patience, pause }
    }

    /// Fetches it. `progress` is told how many bytes are there and how many there will be, at least four times a second, and answers
    /// whether to go on.
    ///
    /// A connection that breaks off, stalls or brings too little is made again and gone on from where it ended, as long as the server says
    /// that the file is still the same. Redirects are followed to `https` addresses only; nothing but the address is sent. When it
    /// fails, what was fetched stays for the next call, unless it was found to be wrong. Bytes that were counted are on the disk.
    ///
    /// # Errors
    /// [`Error::Off`] unless `policy` allows it; [`Error::Address`], [`Error::Unreachable`] and [`Error::Refused`] as for other calls;
    /// [`Error::NotTheFile`] when what came has another size or digest; [`Error::Disk`] when it cannot be written;
    /// [`Error::Cancelled`].
    pub fn fetch(&self, policy: Policy, progress: &mut dyn FnMut(u64, Option<u64>) -> bool) -> Result<Fetched> {
        policy.permit("downloading a model")?;
        let bad = |reason: &str| Error::Address { url: shown(self.url), reason: reason.to_owned() };
        let url = address(self.url).map_err(bad)?;
        if url.scheme_str() != Some("https") && !is_local(&url) {
            return Err(bad("a download needs https"));
        }
        let mut part = Part::open(self, progress)?;
        let (mut barren, mut started_over) = (0, false);
        for _ in 0..MOST_TRIES {
            if !progress(part.length, self.bytes.or(part.from.total)) {
                return Err(Error::Cancelled);
            }
            let before = part.length;
            let problem = match self.exchange(&url, &mut part, progress) {
                Ok(()) => match part.finish(self, progress) {
                    Ok(fetched) => return Ok(fetched),
                    // Pieces of two files, where a server did not say that it had changed.
                    Err(Error::NotTheFile { .. }) if part.resumed && !started_over => {
                        started_over = true;
                        part.restart()?;
                        continue;
                    }
                    Err(error) => {
                        part.discard();
                        return Err(error);
                    }
                },
                Err(Ended::Finally(error)) => return Err(error),
                Err(Ended::Again(error, after)) => (error, after),
            };
            barren = if part.length > before { 0 } else { barren + 1 };
            let (error, after) = problem;
            let pause = after.unwrap_or_else(|| self.pause.saturating_mul(1 << barren.min(6)));
            if barren >= MOST_BARREN || pause > MOST_PATIENCE {
                return Err(error);
            }
            let then = Instant::now() + pause;
            while Instant::now() < then {
                // Also to say that the call is alive.
                if !progress(part.length, self.bytes.or(part.from.total)) {
                    return Err(Error::Cancelled);
                }
                wait_until(then.min(Instant::now() + ASKED_EVERY), &|| false);
            }
        }
        Err(self.unreachable("the connection broke off again and again"))
    }

    /// One connection, read to its end.
    fn exchange(
        &self,
        url: &Uri,
        part: &mut Part,
        progress: &mut dyn FnMut(u64, Option<u64>) -> bool,
    ) -> std::result::Result<(), Ended> {
        let (sender, receiver) = sync_channel(WAITING);
        let request = Request { url: url.clone(), from: part.from.clone(), at: part.length, patience: self.patience };
        let started = std::thread::Builder::new().name("segue-download".to_owned()).spawn(move || request.run(&sender));
        started.map_err(|error| Ended::Finally(self.unreachable(&format!("no thread could be started: {error}"))))?;
        // Name resolution and connecting may take longer than they should.
        let mut deadline = Instant::now() + CONNECT + self.patience + Duration::from_secs(5);
        let mut told = Instant::now();
        loop {
            match next(&receiver) {
                Next::Nothing if Instant::now() >= deadline => {
                    return Err(Ended::Again(self.unreachable("it did not answer in time"), None));
                }
                Next::Nothing => {}
                Next::Event(Event::Begins { at, total, validators }) => {
                    self.begin(part, at, total, validators)?;
                    deadline = Instant::now() + self.patience + Duration::from_secs(5);
                }
                Next::Event(Event::Piece(piece)) => {
                    part.write(&piece, self.most(part))?;
                    deadline = Instant::now() + self.patience + Duration::from_secs(5);
                }
                Next::Event(Event::Stale) => {
                    part.restart().map_err(Ended::Finally)?;
                    return Err(Ended::Again(self.unreachable("the file has changed there"), Some(Duration::ZERO)));
                }
                Next::Event(Event::Refused { status, after }) => {
                    let reason = reason(status).to_owned();
                    let error = Error::Refused { service: self.host(), status, reason };
                    return Err(match status {
                        408 | 425 | 429 | 500..=599 => Ended::Again(error, after),
                        _ => Ended::Finally(error),
                    });
                }
                Next::Event(Event::Broken(reason)) => return Err(Ended::Again(self.unreachable(&reason), None)),
                Next::Event(Event::Useless(reason)) => return Err(Ended::Finally(self.unreachable(&reason))),
                Next::End => break,
            }
            if told.elapsed() >= ASKED_EVERY {
                told = Instant::now();
                if !progress(part.length, self.bytes.or(part.from.total)) {
                    return Err(Ended::Finally(Error::Cancelled));
                }
            }
        }
        match self.bytes.or(part.from.total) {
            Some(total) if part.length < total => {
                let reason = format!("it sent {} bytes of {total}", part.length);
                Err(Ended::Again(self.unreachable(&reason), None))
            }
            _ => Ok(()),
        }
    }

    /// A connection says what it will bring.
    fn begin(
        &self,
        part: &mut Part,
        at: u64,
        total: Option<u64>,
        validators: Origin,
    ) -> std::result::Result<(), Ended> {
        if let (Some(listed), Some(total)) = (self.bytes, total)
            && listed != total
        {
            part.discard();
            return Err(Ended::Finally(self.not_the_file(format!("it has {total} bytes there, not {listed}"))));
        }
        if at != part.length {
            part.restart().map_err(Ended::Finally)?;
        }
        if at != part.length {
            let reason = "it sent another piece of the file than was asked for";
            return Err(Ended::Again(self.unreachable(reason), None));
        }
        part.resumed |= at > 0;
        part.note(Origin { url: self.url.to_owned(), total, ..validators }).map_err(Ended::Finally)
    }

    /// Bytes that it may have at most.
    fn most(&self, part: &Part) -> u64 {
        self.bytes.or(part.from.total).unwrap_or(MOST_UNLISTED)
    }

    fn host(&self) -> String {
        let url = shown(self.url);
        url.split_once("://").map_or(url.as_str(), |(_, rest)| rest).split('/').next().unwrap_or_default().to_owned()
    }

    fn unreachable(&self, reason: &str) -> Error {
        Error::Unreachable { service: self.host(), reason: reason.to_owned() }
    }

    fn not_the_file(&self, reason: String) -> Error {
        Error::NotTheFile { url: shown(self.url), reason }
    }
}

/// A file that was fetched and is what it should be.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Fetched {
    /// Its size.
    pub bytes: u64,
    /// Its SHA-256, 64 hexadecimal digits.
    pub sha256: String,
}

/// Whether `needed` bytes, and some more, are free where `folder` lies.
///
/// # Errors
/// [`Error::Room`] when they are not. Where the system does not tell how much is free, nothing is said.
pub fn room_for(folder: &Path, needed: u64) -> Result<()> {
    match fs4::available_space(folder) {
        Ok(free) if free < needed.saturating_add(MARGIN) => {
            Err(Error::Room { path: folder.to_owned(), needed: needed.saturating_add(MARGIN), free })
        }
        _ => Ok(()),
    }
}

/// How one connection ended without the whole file.
enum Ended {
    /// Another may do better, after that time; without a time, after the usual one.
    Again(Error, Option<Duration>),
    Finally(Error),
}

fn reason(status: u16) -> &'static str {
    match status {
        401 | 403 => "it does not give the file to everybody",
        404 | 410 => "the file is not there any more; a newer Segue may know where it went",
        429 => "it was asked too often; try again later",
        500..=599 => "it is in trouble; try again later",
        _ => "it does not give the file",
    }
}
