//! A child process whose output is read with a time limit, and that never outlives its reader.

use std::ffi::OsString;
use std::io::Read;
use std::path::{Path, PathBuf};
use std::process::{Command, ExitStatus, Stdio};
use std::sync::Arc;
use std::sync::mpsc::{Receiver, RecvTimeoutError, SyncSender, sync_channel};
use std::thread;
use std::time::{Duration, Instant};

use super::log::Log;
use super::shown;
use crate::clock::Clock;
use crate::{Error, Result};

/// Bytes read at once, and how many such pieces may wait: a bound on the memory, and enough to keep both sides busy.
const PIECE: usize = 65_536;
const PIECES: usize = 4;

/// How often a wait looks at the clock: the caller's cancel is noticed within this.
const TICK: Duration = Duration::from_millis(50);

/// What a child that has closed its output gets to end by itself.
const GRACE: Duration = Duration::from_secs(2);

/// A running ffmpeg. Dropping it kills the process and waits for it, so no zombie is left.
///
/// Pipes block without a time limit in the standard library, hence a thread for each of the two. They end when the pipes
/// close, at the latest with the process, and are not joined: a grandchild that holds a pipe open must not hold us.
pub(crate) struct Child {
    process: std::process::Child,
    program: PathBuf,
    output: Receiver<Vec<u8>>,
    log: Arc<Log>,
    log_is_complete: Receiver<()>,
}

/// How a child ended.
#[derive(Debug)]
pub(crate) struct End {
    pub(crate) success: bool,
    status: Option<ExitStatus>,
    complaints: String,
}

impl Child {
    pub(crate) fn spawn(program: &Path, arguments: &[OsString]) -> Result<Self> {
        let failed = |what: String| Error::Ffmpeg { program: program.to_owned(), what };
        let mut command = Command::new(program);
        command.args(arguments).stdin(Stdio::null()).stdout(Stdio::piped()).stderr(Stdio::piped());
        quietly(&mut command);
        let mut process = command.spawn().map_err(|error| failed(format!("it does not start ({error})")))?;
        let pipes = (process.stdout.take(), process.stderr.take());
        let log = Arc::new(Log::default());
        let (pieces, output) = sync_channel(PIECES);
        let (done, log_is_complete) = sync_channel(1);
        // From here on, dropping `child` ends the process.
        let child = Self { process, program: program.to_owned(), output, log: Arc::clone(&log), log_is_complete };
        let (Some(stdout), Some(stderr)) = pipes else { return Err(failed("it has no pipes".into())) };
        let name = |what: &str| thread::Builder::new().name(format!("ffmpeg {what}"));
        let started = name("output").spawn(move || pump(stdout, &pieces)).and_then(|_| {
            name("log").spawn(move || {
                log.follow(stderr);
                // Nobody waits for it any more: then nobody needs to know.
                let _ = done.send(());
            })
        });
        started.map_err(|error| failed(format!("no thread for it ({error})")))?;
        Ok(child)
    }

    /// The next bytes of the output, `None` at its end.
    pub(crate) fn read(&mut self, clock: &Clock) -> Result<Option<Vec<u8>>> {
        loop {
            clock.check()?;
            match self.output.recv_timeout(TICK) {
                Ok(bytes) => return Ok(Some(bytes)),
                Err(RecvTimeoutError::Disconnected) => return Ok(None),
                Err(RecvTimeoutError::Timeout) => {}
            }
        }
    }

    /// Waits for the end of a child that has closed its output.
    pub(crate) fn finish(&mut self, clock: &Clock) -> Result<End> {
        let patience = Instant::now();
        let mut status = None;
        while status.is_none() && patience.elapsed() < GRACE {
            clock.check()?;
            status = self.process.try_wait().unwrap_or(None);
            if status.is_none() {
                thread::sleep(Duration::from_millis(2));
            }
        }
        // The rest of the log may still be in the pipe.
        let _ = self.log_is_complete.recv_timeout(GRACE);
        let success = status.is_some_and(|status| status.success());
        Ok(End { success, status, complaints: self.log.complaints() })
    }

    /// Codec and length of the input, as far as the log tells.
    pub(crate) fn input(&self) -> (String, Option<Duration>) {
        // ffmpeg has described its input before the first byte of output, but our thread may not have read it yet.
        let patience = Instant::now();
        loop {
            let input = self.log.input();
            if input.codec.is_some() || patience.elapsed() > Duration::from_millis(500) {
                return (input.codec.unwrap_or_else(|| "unknown".into()), input.duration);
            }
            thread::sleep(Duration::from_millis(1));
        }
    }

    pub(crate) fn errors(&self) -> u32 {
        self.log.errors()
    }

    pub(crate) fn program(&self) -> &Path {
        &self.program
    }
}

impl Drop for Child {
    fn drop(&mut self) {
        // Both fail only where the process is gone already.
        let _ = self.process.kill();
        let _ = self.process.wait();
    }
}

impl End {
    /// The error of a child that did not end by itself: whatever came out of it may be cut off anywhere.
    pub(crate) fn crash(&self, program: &Path) -> Option<Error> {
        let what = match self.status {
            None => "it does not end".to_owned(),
            Some(status) if status.code().is_none() => format!("it was ended by {status}"),
            Some(_) => return None,
        };
        Some(Error::Ffmpeg { program: program.to_owned(), what })
    }

    /// What it means that a child ended without any samples.
    pub(crate) fn failure(self, program: &Path) -> Error {
        if let Some(error) = self.crash(program) {
            return error;
        }
        let said = self.complaints;
        let name = shown(program);
        if said.contains("matches no streams") || said.contains("does not contain any stream") {
            return Error::NoAudio;
        }
        if said.contains("Decoder not found") || said.contains("Unknown decoder") || said.contains("no decoder") {
            return Error::Unsupported {
                what: "this kind of file".into(),
                hint: format!("{name} has no decoder for it ({said}); name a more complete ffmpeg"),
            };
        }
        if self.success {
            Error::Empty
        } else if said.is_empty() {
            Error::Ffmpeg { program: program.to_owned(), what: "it failed and said nothing; is it an ffmpeg?".into() }
        } else {
            Error::Damaged { what: format!("{name} says {said}") }
        }
    }
}

fn pump(mut pipe: impl Read, pieces: &SyncSender<Vec<u8>>) {
    loop {
        let mut piece = vec![0; PIECE];
        let Ok(count @ 1..) = pipe.read(&mut piece) else { return };
        piece.truncate(count);
        if pieces.send(piece).is_err() {
            return;
        }
    }
}

#[cfg(windows)]
fn quietly(command: &mut Command) {
    use std::os::windows::process::CommandExt;
    const CREATE_NO_WINDOW: u32 = 0x0800_0000;
    const BELOW_NORMAL_PRIORITY_CLASS: u32 = 0x0000_4000;
    command.creation_flags(CREATE_NO_WINDOW | BELOW_NORMAL_PRIORITY_CLASS);
}

/// Elsewhere no window opens, and a child inherits the priority of the thread that starts it.
#[cfg(not(windows))]
fn quietly(_: &mut Command) {}
