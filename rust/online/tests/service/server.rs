//! A server of our own that behaves well, badly, or not at all.

use std::cell::Cell;
use std::io::{Read, Write};
use std::net::{TcpListener, TcpStream};
use std::sync::{Arc, Mutex};
use std::time::Duration;

use segue_online::Key;

/// What a server does with one connection, after it has read the request.
pub(crate) type Act = Box<dyn FnOnce(&mut TcpStream) + Send>;

pub(crate) struct Server {
    pub(crate) url: String,
    /// Head and body of every request.
    seen: Arc<Mutex<Vec<(String, String)>>>,
}

impl Server {
    /// One connection per act, in their order; none after the last.
    pub(crate) fn new(acts: Vec<Act>) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").unwrap();
        let url = format!("http://{}", listener.local_addr().unwrap());
        let seen = Arc::new(Mutex::new(Vec::new()));
        let notes = Arc::clone(&seen);
        std::thread::spawn(move || {
            for act in acts {
                let Ok((mut stream, _)) = listener.accept() else { return };
                if let Some(request) = read(&mut stream) {
                    notes.lock().unwrap().push(request);
                }
                act(&mut stream);
            }
        });
        Self { url, seen }
    }

    pub(crate) fn requests(&self) -> Vec<(String, String)> {
        self.seen.lock().unwrap().clone()
    }
}

fn read(stream: &mut TcpStream) -> Option<(String, String)> {
    let mut bytes = Vec::new();
    let mut byte = [0];
    while !bytes.ends_with(b"\r\n\r\n") {
        stream.read_exact(&mut byte).ok()?;
        bytes.push(byte[0]);
    }
    let head = String::from_utf8(bytes).unwrap();
    let length = head.lines().find_map(|line| line.to_lowercase().strip_prefix("content-length: ")?.parse().ok())?;
    let mut body = vec![0; length];
    stream.read_exact(&mut body).ok()?;
    Some((head, String::from_utf8(body).unwrap()))
}

pub(crate) fn answer(status: &str, headers: &str, body: impl Into<Vec<u8>>) -> Act {
    let body = body.into();
    let head = format!("HTTP/1.1 {status}\r\n{headers}content-length: {}\r\nconnection: close\r\n\r\n", body.len());
    Box::new(move |stream| {
        // A client that has seen enough may have gone.
        let _ = stream.write_all(head.as_bytes()).and_then(|()| stream.write_all(&body));
    })
}

pub(crate) fn stalls() -> Act {
    Box::new(|_| std::thread::sleep(Duration::from_secs(30)))
}

pub(crate) fn key() -> Key {
    Key::new("sk-very-secret").unwrap()
}

/// Says yes after it was asked a few times, so that the call or the wait is under way.
pub(crate) fn after(times: usize) -> impl Fn() -> bool {
    let asked = Cell::new(0);
    move || {
        asked.set(asked.get() + 1);
        asked.get() > times
    }
}
