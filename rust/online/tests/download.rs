//! Downloads from a server of our own that behaves well, badly, or not at all.
#![allow(clippy::unwrap_used)]

use std::io::{Read, Write};
use std::net::{TcpListener, TcpStream};
use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex};
use std::time::{Duration, Instant};

use segue_online::{Download, Error, Fetched, Policy, room_for};
use sha2::{Digest, Sha256};

/// What the server does with one connection, after it has read the request's head.
type Act = Box<dyn FnOnce(&mut TcpStream) + Send>;

struct Server {
    url: String,
    seen: Arc<Mutex<Vec<String>>>,
    folder: tempfile::TempDir,
}

impl Server {
    /// One connection per act, in their order; none after the last.
    fn new(acts: Vec<Act>) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").unwrap();
        let url = format!("http://{}/model.onnx", listener.local_addr().unwrap());
        let seen = Arc::new(Mutex::new(Vec::new()));
        let notes = Arc::clone(&seen);
        std::thread::spawn(move || {
            for act in acts {
                let Ok((mut stream, _)) = listener.accept() else { return };
                if let Some(head) = head(&mut stream) {
                    notes.lock().unwrap().push(head);
                }
                std::thread::spawn(move || act(&mut stream));
            }
        });
        Self { url, seen, folder: tempfile::tempdir().unwrap() }
    }

    fn part(&self) -> PathBuf {
        self.folder.path().join("model.onnx")
    }

    fn requests(&self) -> Vec<String> {
        self.seen.lock().unwrap().clone()
    }

    /// A download of `content` that does not wait long for anything.
    fn download<'a>(&'a self, part: &'a Path, content: &[u8], sha256: &'a str) -> Download<'a> {
        Download {
            bytes: Some(content.len() as u64),
            sha256: Some(sha256),
            patience: Duration::from_millis(400),
            pause: Duration::from_millis(5),
            ..Download::new(&self.url, part)
        }
    }

    fn fetch(&self, content: &[u8]) -> Result<Fetched, Error> {
        let (part, sha256) = (self.part(), digest(content));
        self.download(&part, content, &sha256).fetch(Policy::Allowed, &mut |_, _| true)
    }

    fn problem(&self, content: &[u8]) -> String {
        self.fetch(content).unwrap_err().to_string()
    }
}

fn head(stream: &mut TcpStream) -> Option<String> {
    let (mut bytes, mut byte) = (Vec::new(), [0]);
    while !bytes.ends_with(b"\r\n\r\n") {
        stream.read_exact(&mut byte).ok()?;
        bytes.push(byte[0]);
    }
    Some(String::from_utf8(bytes).unwrap().to_lowercase())
}

fn sends(head: String, body: Vec<u8>) -> Act {
    Box::new(move |stream| {
        // A client that has seen enough may have gone.
        let _ = stream.write_all(format!("HTTP/1.1 {head}connection: close\r\n\r\n").as_bytes());
        let _ = stream.write_all(&body);
    })
}

/// The whole file, or the beginning of it under its full length.
fn whole(content: &[u8], sent: usize, tag: &str) -> Act {
    sends(format!("200 OK\r\netag: \"{tag}\"\r\ncontent-length: {}\r\n", content.len()), content[..sent].to_vec())
}

fn rest(content: &[u8], from: usize, until: usize, tag: &str) -> Act {
    let (last, all) = (content.len() - 1, content.len());
    let head = format!(
        "206 Partial Content\r\netag: \"{tag}\"\r\ncontent-range: bytes {from}-{last}/{all}\r\ncontent-length: {}\r\n",
        all - from
    );
    sends(head, content[from..until].to_vec())
}

fn answers(status: &str, headers: &str) -> Act {
    sends(format!("{status}\r\n{headers}content-length: 0\r\n"), Vec::new())
}

fn is_silent() -> Act {
    Box::new(|_| std::thread::sleep(Duration::from_secs(5)))
}

fn stalls(content: &[u8], sent: usize) -> Act {
    let act = whole(content, sent, "a");
    Box::new(move |stream| {
        act(stream);
        std::thread::sleep(Duration::from_secs(5));
    })
}

fn content() -> Vec<u8> {
    (0..300_000_u32).map(|i| (i.wrapping_mul(2_654_435_761) >> 24) as u8).collect()
}

fn digest(content: &[u8]) -> String {
    Sha256::digest(content).iter().map(|byte| format!("{byte:02x}")).collect()
}

#[test]
fn nothing_is_fetched_unless_it_is_allowed() {
    let server = Server::new(vec![whole(&content(), 10, "a")]);
    let part = server.part();
    let refused = Download::new(&server.url, &part).fetch(Policy::Off, &mut |_, _| true);
    assert!(matches!(refused, Err(Error::Off { .. })));
    assert!(server.requests().is_empty() && !part.exists());
}

#[test]
fn a_file_comes_whole_and_says_how_far_it_is() {
    let content = content();
    let server = Server::new(vec![whole(&content, content.len(), "a")]);
    let mut told = Vec::new();
    let (part, sha256) = (server.part(), digest(&content));
    let fetched = server
        .download(&part, &content, &sha256)
        .fetch(Policy::Allowed, &mut |done, total| {
            told.push((done, total));
            true
        })
        .unwrap();
    assert_eq!(fetched, Fetched { bytes: 300_000, sha256 });
    assert_eq!(std::fs::read(&part).unwrap(), content);
    assert_eq!((told[0], *told.last().unwrap()), ((0, Some(300_000)), (300_000, Some(300_000))));
    assert!(told.is_sorted());
    let request = server.requests().remove(0);
    assert!(request.starts_with("get /model.onnx http/1.1\r\n") && request.contains("accept-encoding: identity"));
    assert!(!request.contains("range:") && !request.contains("cookie") && !request.contains("authorization"));
    assert_eq!(std::fs::read_dir(server.folder.path()).unwrap().count(), 1, "no notes are left");
}

#[test]
fn what_breaks_off_or_stalls_is_gone_on_from() {
    let content = content();
    let server = Server::new(vec![
        whole(&content, 100_000, "a"),
        is_silent(),
        rest(&content, 100_000, 150_000, "a"),
        rest(&content, 150_000, 300_000, "a"),
    ]);
    assert_eq!(server.fetch(&content).unwrap().sha256, digest(&content));
    let requests = server.requests();
    assert!(requests[1].contains("range: bytes=100000-\r\n") && requests[1].contains("if-range: \"a\"\r\n"));
    assert!(requests[3].contains("range: bytes=150000-\r\n"));
}

#[test]
fn a_later_call_goes_on_where_an_earlier_one_was_cancelled() {
    let content = content();
    let server = Server::new(vec![stalls(&content, 200_000), rest(&content, 200_000, 300_000, "a")]);
    let (part, sha256) = (server.part(), digest(&content));
    let mut download = server.download(&part, &content, &sha256);
    download.patience = Duration::from_secs(20);
    let (started, mut asked) = (Instant::now(), None);
    let cancelled = download.fetch(Policy::Allowed, &mut |done, _| {
        let go_on = done < 200_000;
        asked = asked.or((!go_on).then(Instant::now));
        go_on
    });
    assert_eq!(cancelled, Err(Error::Cancelled));
    assert!(asked.unwrap_or(started).elapsed() < Duration::from_secs(4), "it does not wait for the connection");
    assert_eq!(std::fs::metadata(&part).unwrap().len(), 200_000);
    let fetched = download.fetch(Policy::Allowed, &mut |done, _| done >= 200_000).unwrap();
    assert_eq!(fetched.sha256, sha256);
}

#[test]
fn reading_again_what_is_there_can_be_called_off() {
    let content = content();
    let server = Server::new(vec![whole(&content, 200_000, "a")]);
    let (part, sha256) = (server.part(), digest(&content));
    let download = server.download(&part, &content, &sha256);
    assert_eq!(download.fetch(Policy::Allowed, &mut |done, _| done < 200_000), Err(Error::Cancelled));
    let asked = server.requests().len();
    let mut told = 0;
    let cancelled = download.fetch(Policy::Allowed, &mut |done, total| {
        assert_eq!((done, total), (200_000, Some(300_000)));
        told += 1;
        told < 3
    });
    assert_eq!((cancelled, server.requests().len()), (Err(Error::Cancelled), asked));
    assert_eq!(std::fs::metadata(&part).unwrap().len(), 200_000);
}

#[test]
fn a_server_that_starts_over_or_has_another_file_by_now_is_followed() {
    let content = content();
    let ignores_ranges = Server::new(vec![whole(&content, 1000, "a"), whole(&content, 300_000, "a")]);
    assert_eq!(ignores_ranges.fetch(&content).unwrap().bytes, 300_000);
    // Without a digest only the server's word tells that the file is another one.
    let other: Vec<u8> = content.iter().rev().copied().collect();
    let changed = Server::new(vec![whole(&content, 1000, "a"), whole(&other, 300_000, "b")]);
    let part = changed.part();
    let fetched = Download { pause: Duration::ZERO, ..Download::new(&changed.url, &part) }
        .fetch(Policy::Allowed, &mut |_, _| true)
        .unwrap();
    assert_eq!(fetched.sha256, digest(&other));
    let shorter = Server::new(vec![
        whole(&content, 1000, "a"),
        answers("416 Range Not Satisfiable", ""),
        whole(&content, 300_000, "b"),
    ]);
    assert_eq!(shorter.fetch(&content).unwrap().bytes, 300_000);
}

#[test]
fn pieces_of_two_files_are_seen_by_their_digest_and_fetched_anew() {
    let content = content();
    let other = vec![7; 300_000];
    let server =
        Server::new(vec![whole(&other, 1000, "a"), rest(&content, 1000, 300_000, "a"), whole(&content, 300_000, "a")]);
    assert_eq!(server.fetch(&content).unwrap().sha256, digest(&content));
    assert!(!server.requests()[2].contains("range:"));
}

#[test]
fn another_file_is_not_kept() {
    let content = content();
    let other = vec![7; 300_000];
    let server = Server::new(vec![whole(&other, 300_000, "a")]);
    let said = server.problem(&content);
    assert!(said.contains("SHA-256 is") && said.contains(&digest(&content)), "{said}");
    assert_eq!(std::fs::metadata(server.part()).unwrap().len(), 0);

    let longer = vec![7; 300_001];
    let server = Server::new(vec![whole(&longer, 300_001, "a")]);
    assert!(server.problem(&content).contains("300001 bytes there, not 300000"));
    // Without a length in the head it is seen when the bytes come.
    let server = Server::new(vec![sends("200 OK\r\n".to_owned(), longer)]);
    assert!(server.problem(&content).contains("more came than the 300000 bytes"));
    assert_eq!(std::fs::metadata(server.part()).unwrap().len(), 0);
}

#[test]
fn a_server_that_never_brings_it_is_given_up() {
    let content = content();
    let short = || sends("200 OK\r\n".to_owned(), vec![1; 10]);
    let server = Server::new(vec![short(), short(), short(), short(), short(), short()]);
    let said = server.problem(&content);
    assert!(said.contains("127.0.0.1") && said.contains("it sent 10 bytes of 300000"), "{said}");
    assert!(server.requests().len() <= 6);
    let server = Server::new((0..6).map(|_| stalls(&content, 0)).collect());
    assert!(server.problem(&content).contains("cannot be reached"));
    let nobody = Server::new(Vec::new());
    assert!(nobody.problem(&content).contains("cannot be reached"));
    let garbage =
        Server::new((0..5).map(|_| -> Act { Box::new(|s| drop(s.write_all(b"SSH-2.0-x\r\n\r\n"))) }).collect());
    assert!(garbage.problem(&content).contains("cannot be reached"));
}

#[test]
fn refusals_say_what_to_do_and_only_passing_ones_are_tried_again() {
    let content = content();
    for (status, said, tries) in
        [("404 Not Found", "not there any more", 1), ("403 Forbidden", "everybody", 1), ("500 Oops", "in trouble", 4)]
    {
        let server = Server::new((0..5).map(|_| answers(status, "")).collect());
        let problem = server.problem(&content);
        assert!(problem.contains(said) && problem.contains(&status[..3]), "{problem}");
        assert_eq!(server.requests().len(), tries, "{status}");
    }
    let server = Server::new(vec![
        answers("429 Too Many Requests", "retry-after: 0\r\n"),
        answers("503 Busy", ""),
        whole(&content, 300_000, "a"),
    ]);
    assert_eq!(server.fetch(&content).unwrap().bytes, 300_000);
    let patient = Server::new(vec![answers("503 Busy", "retry-after: 86400\r\n"), whole(&content, 300_000, "a")]);
    assert!(patient.problem(&content).contains("503"), "nobody waits for a day");
}

#[test]
fn redirects_lead_neither_out_of_encryption_nor_round_in_circles() {
    let content = content();
    let to = |location: &str| answers("302 Found", &format!("location: {location}\r\n"));
    let server = Server::new(vec![to("/elsewhere"), whole(&content, 300_000, "a")]);
    assert_eq!(server.fetch(&content).unwrap().bytes, 300_000);
    assert!(server.requests()[1].starts_with("get /elsewhere "));
    for (location, said) in [
        ("http://example.org/x", "without encryption"),
        ("file:///etc/passwd", "no address"),
        ("ftp://example.org/x", "no address"),
        ("//example.org/x", "no address"),
        ("http://me:pw@127.0.0.1/x", "no address"),
    ] {
        let server = Server::new(vec![to(location)]);
        let problem = server.problem(&content);
        assert!(problem.contains(said), "{location}: {problem}");
        assert_eq!(server.requests().len(), 1);
    }
    let circle = Server::new((0..8).map(|_| to("/again")).collect());
    assert!(circle.problem(&content).contains("redirects more than 5 times"));
}

#[test]
fn only_encrypted_addresses_and_this_machine_are_asked() {
    let folder = tempfile::tempdir().unwrap();
    let part = folder.path().join("x");
    for url in ["http://example.org/x", "ftp://127.0.0.1/x", "file:///etc/passwd", "", "https://"] {
        let refused = Download::new(url, &part).fetch(Policy::Allowed, &mut |_, _| true);
        assert!(matches!(refused, Err(Error::Address { .. })), "{url}");
    }
    assert!(!part.exists());
}

#[test]
fn what_an_earlier_call_left_counts_only_with_its_origin() {
    let content = content();
    for (left, note) in [
        (vec![9; 1000], None),
        (vec![9; 1000], Some("not json".to_owned())),
        (vec![9; 1000], Some(r#"{"url":"https://elsewhere/x","validator":"\"a\"","total":300000}"#.to_owned())),
        (vec![9; 400_000], None),
    ] {
        let server = Server::new(vec![whole(&content, 300_000, "a")]);
        std::fs::write(server.part(), left).unwrap();
        if let Some(note) = note {
            std::fs::write(server.folder.path().join("model.onnx.from"), note).unwrap();
        }
        assert_eq!(server.fetch(&content).unwrap().sha256, digest(&content));
        assert!(!server.requests()[0].contains("range:"));
    }
}

#[test]
fn a_folder_that_is_gone_and_a_disk_without_room_are_told() {
    let server = Server::new(Vec::new());
    let part = server.folder.path().join("none/model.onnx");
    let said = Download::new(&server.url, &part).fetch(Policy::Allowed, &mut |_, _| true).unwrap_err();
    assert!(matches!(&said, Error::Disk { path, .. } if *path == part), "{said}");
    assert_eq!(room_for(server.folder.path(), 1), Ok(()));
    let said = room_for(server.folder.path(), u64::MAX / 2).unwrap_err().to_string();
    assert!(said.contains("MB free") && said.contains("make room"), "{said}");
}
