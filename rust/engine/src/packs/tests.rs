//! Packs against a server of our own, in folders of our own.

use std::cell::Cell;
use std::fs;
use std::io::{Read, Write};
use std::net::TcpListener;
use std::path::Path;
use std::sync::{Arc, Mutex};
use std::time::Duration;

use segue_models::{ListedFile, ListedPack};
use sha2::{Digest, Sha256};

use super::install::{FirstFetched, Means, install, uninstall};
use super::look::{Folders, Seen, look};
use super::manifest::{MANIFEST, Manifest};
use super::types::{Pack, PackProgress, PackState, PackStep};
use crate::{Engine, Error, ErrorKind, Options, Result};

/// What the server has, by path, and the paths and ranges that were asked for.
type Files = Vec<(String, Vec<u8>)>;

struct Server {
    url: String,
    files: Arc<Mutex<Files>>,
    asked: Arc<Mutex<Vec<String>>>,
}

impl Server {
    /// Serves until the test ends. A path that ends in `.slow` brings half of its file and then nothing; every other file comes whole,
    /// from where it is asked for.
    fn new(files: &[(&str, Vec<u8>)]) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").unwrap();
        let url = format!("http://{}", listener.local_addr().unwrap());
        let files =
            Arc::new(Mutex::new(files.iter().map(|(name, bytes)| ((*name).to_owned(), bytes.clone())).collect()));
        let asked = Arc::new(Mutex::new(Vec::new()));
        let server = Self { url, files: Arc::clone(&files), asked: Arc::clone(&asked) };
        std::thread::spawn(move || {
            for stream in listener.incoming() {
                let Ok(mut stream) = stream else { return };
                let (files, asked) = (Arc::clone(&files), Arc::clone(&asked));
                std::thread::spawn(move || serve(&mut stream, &files, &asked));
            }
        });
        server
    }

    fn file(&self, name: &str, bytes: &[u8], digest: bool) -> ListedFile {
        ListedFile {
            name: name.to_owned(),
            url: format!("{}/{name}", self.url),
            bytes: bytes.len() as u64,
            sha256: if digest { sha256(bytes) } else { String::new() },
            ..ListedFile::default()
        }
    }

    fn asked(&self) -> Vec<String> {
        self.asked.lock().unwrap().clone()
    }
}

fn serve(stream: &mut std::net::TcpStream, files: &Mutex<Vec<(String, Vec<u8>)>>, asked: &Mutex<Vec<String>>) {
    let (mut head, mut byte) = (Vec::new(), [0]);
    while !head.ends_with(b"\r\n\r\n") {
        if stream.read_exact(&mut byte).is_err() {
            return;
        }
        head.push(byte[0]);
    }
    let head = String::from_utf8(head).unwrap();
    let path = head.split(' ').nth(1).unwrap().trim_start_matches('/').to_owned();
    let from = head
        .to_lowercase()
        .lines()
        .find_map(|line| line.strip_prefix("range: bytes=")?.trim_end_matches('-').parse().ok());
    asked.lock().unwrap().push(format!("{path} {}", from.unwrap_or(0)));
    let file = files.lock().unwrap().iter().find(|(name, _)| *name == path).map(|(_, bytes)| bytes.clone());
    let Some(bytes) = file else {
        let _ = stream.write_all(b"HTTP/1.1 404 Not Found\r\ncontent-length: 0\r\nconnection: close\r\n\r\n");
        return;
    };
    let from: usize = from.unwrap_or(0).min(bytes.len());
    let range = format!("content-range: bytes {from}-{}/{}\r\n", bytes.len() - 1, bytes.len());
    let status = if from > 0 { format!("206 Partial Content\r\n{range}") } else { "200 OK\r\n".to_owned() };
    let head = format!(
        "HTTP/1.1 {status}etag: \"{}\"\r\ncontent-length: {}\r\nconnection: close\r\n\r\n",
        sha256(&bytes),
        bytes.len() - from
    );
    let body = &bytes[from..];
    let half = if path.ends_with(".slow") && from == 0 { body.len() / 2 } else { body.len() };
    let _ =
        stream.write_all(head.as_bytes()).and_then(|()| stream.write_all(&body[..half])).and_then(|()| stream.flush());
    if half < body.len() {
        std::thread::sleep(Duration::from_secs(20));
    }
}

fn sha256(bytes: &[u8]) -> String {
    Sha256::digest(bytes).iter().map(|byte| format!("{byte:02x}")).collect()
}

fn bytes(seed: u8, count: usize) -> Vec<u8> {
    (0..count).map(|i| (i as u8).wrapping_mul(31).wrapping_add(seed)).collect()
}

fn pack(files: Vec<ListedFile>) -> ListedPack {
    ListedPack { name: "a-pack".into(), title: "A".into(), licence: "MIT".into(), files, ..ListedPack::default() }
}

/// Installs with hardly any patience, and room for `room` bytes.
fn try_install(
    pack: &ListedPack,
    root: &Path,
    first: &mut FirstFetched,
    room: u64,
    watch: &mut dyn FnMut(&PackProgress) -> bool,
) -> Result<()> {
    let room =
        |_: &Path, needed: u64| if needed > room { Err(Error::NoRoom(format!("{needed} bytes"))) } else { Ok(()) };
    let means = Means { room: &room, patience: Duration::from_millis(300), pause: Duration::from_millis(1) };
    install(pack, root, &means, first, &Seen::default(), watch)
}

fn put_in(pack: &ListedPack, root: &Path) -> Result<()> {
    try_install(pack, root, &mut FirstFetched::new(), u64::MAX, &mut |_| true)
}

fn state(pack: &ListedPack, root: &Path) -> Pack {
    look(pack, root, 0, &Seen::default(), &mut |_| true).unwrap()
}

fn names(folder: &Path) -> Vec<String> {
    let Ok(entries) = fs::read_dir(folder) else { return Vec::new() };
    let mut names: Vec<String> = entries.map(|entry| entry.unwrap().file_name().into_string().unwrap()).collect();
    names.sort_unstable();
    names
}

#[test]
fn a_pack_is_installed_seen_and_removed() {
    let (a, b) = (bytes(1, 300_000), bytes(2, 5));
    let server = Server::new(&[("a.onnx", a.clone()), ("b.json", b.clone())]);
    let (folder, pack) =
        (tempfile::tempdir().unwrap(), pack(vec![server.file("a.onnx", &a, true), server.file("b.json", &b, false)]));
    let root = folder.path().join("models");
    assert_eq!(state(&pack, &root).state, PackState::Absent);
    let (mut steps, mut last) = (Vec::new(), PackProgress::default());
    try_install(&pack, &root, &mut FirstFetched::new(), u64::MAX, &mut |progress| {
        if steps.last() != Some(&progress.step) {
            steps.push(progress.step);
        }
        // Nothing is to be seen in its place before all is there.
        assert!(!root.join("a-pack").exists());
        last = progress.clone();
        true
    })
    .unwrap();
    assert!(
        steps.contains(&PackStep::Looking)
            && steps.contains(&PackStep::Fetching)
            && steps.ends_with(&[PackStep::Placing]),
        "{steps:?}"
    );
    assert_eq!((last.done, last.total), (300_005, 300_005));
    assert_eq!(names(&root), ["a-pack"]);
    assert_eq!(names(&root.join("a-pack")), ["a.onnx", "b.json", MANIFEST]);
    let installed = state(&pack, &root);
    assert_eq!(
        (installed.state, installed.detail.as_str(), installed.files[0].present),
        (PackState::Installed, "", 300_000)
    );
    put_in(&pack, &root).unwrap();
    assert_eq!(server.asked().len(), 2, "what is there is not fetched again");

    fs::write(root.join("a-pack/mine.txt"), "mine").unwrap();
    uninstall(&pack, &root).unwrap();
    assert_eq!(names(&root.join("a-pack")), ["mine.txt"]);
    assert_eq!(state(&pack, &root).state, PackState::Absent);
}

#[test]
fn a_cancelled_installation_goes_on_where_it_was() {
    let (a, b) = (bytes(1, 1000), bytes(2, 200_000));
    let server = Server::new(&[("a.onnx", a.clone()), ("b.onnx.slow", b.clone())]);
    let (folder, pack) = (
        tempfile::tempdir().unwrap(),
        pack(vec![server.file("a.onnx", &a, true), server.file("b.onnx.slow", &b, true)]),
    );
    let root = folder.path();
    let asked = Cell::new(0);
    let stopped = try_install(&pack, root, &mut FirstFetched::new(), u64::MAX, &mut |progress| {
        asked.set(asked.get() + u32::from(progress.done >= 101_000));
        asked.get() < 3
    });
    assert_eq!(stopped.unwrap_err().kind(), ErrorKind::Cancelled);
    let half = state(&pack, root);
    assert_eq!((half.state, half.files[0].present, half.files[1].present), (PackState::Partial, 1000, 100_000));
    assert!(half.detail.contains("goes on"), "{}", half.detail);
    // Only what is lacking is asked room for.
    assert_eq!(
        try_install(&pack, root, &mut FirstFetched::new(), 99_999, &mut |_| true).unwrap_err().kind(),
        ErrorKind::DiskFull
    );
    try_install(&pack, root, &mut FirstFetched::new(), 100_000, &mut |_| true).unwrap();
    assert_eq!(server.asked(), ["a.onnx 0", "b.onnx.slow 0", "b.onnx.slow 100000"]);
    assert_eq!(state(&pack, root).state, PackState::Installed);
    assert_eq!(fs::read(root.join("a-pack/b.onnx.slow")).unwrap(), b);
}

#[test]
fn what_is_not_what_it_should_be_is_not_put_in_place() {
    let (right, wrong) = (bytes(1, 1000), bytes(2, 1000));
    let server = Server::new(&[("a.onnx", wrong.clone())]);
    let folder = tempfile::tempdir().unwrap();
    let pack = pack(vec![server.file("a.onnx", &right, true)]);
    let error = put_in(&pack, folder.path()).unwrap_err().to_string();
    assert!(error.contains(&sha256(&right)) && error.contains(&sha256(&wrong)), "{error}");
    assert_eq!(state(&pack, folder.path()).state, PackState::Absent);

    let gone = Server::new(&[]);
    let missing = ListedPack { files: vec![gone.file("a.onnx", &right, true)], ..pack };
    assert!(put_in(&missing, folder.path()).unwrap_err().to_string().contains("404"));
    assert!(!folder.path().join("a-pack").exists());
}

#[test]
fn what_came_first_of_a_file_without_a_digest_counts() {
    let (one, other) = (bytes(1, 1000), bytes(2, 1000));
    let server = Server::new(&[("a.onnx", one.clone())]);
    let (folder, pack) = (tempfile::tempdir().unwrap(), pack(vec![server.file("a.onnx", &one, false)]));
    let mut first = FirstFetched::new();
    try_install(&pack, folder.path(), &mut first, u64::MAX, &mut |_| true).unwrap();
    assert_eq!(first.values().collect::<Vec<_>>(), [&sha256(&one)]);
    // Somebody has changed what lies there.
    fs::write(folder.path().join("a-pack/a.onnx"), &other).unwrap();
    let damaged = state(&pack, folder.path());
    assert!(damaged.state == PackState::Damaged && damaged.detail.contains("install it again"), "{}", damaged.detail);
    // And then on the server.
    server.files.lock().unwrap()[0].1 = other;
    let error = try_install(&pack, folder.path(), &mut first, u64::MAX, &mut |_| true).unwrap_err().to_string();
    assert!(error.contains("another one than the first time"), "{error}");
    server.files.lock().unwrap()[0].1 = one.clone();
    fs::write(folder.path().join("a-pack/mine.txt"), "mine").unwrap();
    try_install(&pack, folder.path(), &mut first, u64::MAX, &mut |_| true).unwrap();
    assert_eq!(fs::read(folder.path().join("a-pack/a.onnx")).unwrap(), one);
    assert_eq!(names(&folder.path().join("a-pack")), ["a.onnx", MANIFEST, "mine.txt"]);
    assert_eq!(names(folder.path()), ["a-pack"]);
}

#[test]
fn what_a_person_put_there_is_taken_and_stays() {
    let (a, b) = (bytes(1, 1000), bytes(2, 500));
    let server = Server::new(&[("b.onnx", b.clone())]);
    let (folder, pack) =
        (tempfile::tempdir().unwrap(), pack(vec![server.file("a.onnx", &a, true), server.file("b.onnx", &b, true)]));
    let root = folder.path();
    fs::create_dir(root.join("a-pack")).unwrap();
    fs::write(root.join("a-pack/a.onnx"), &a).unwrap();
    let half = state(&pack, root);
    assert!(half.state == PackState::Partial && half.detail.contains("1 of 2"), "{}", half.detail);
    put_in(&pack, root).unwrap();
    assert_eq!(server.asked(), ["b.onnx 0"]);
    assert_eq!(Manifest::of(&root.join("a-pack")).files.keys().collect::<Vec<_>>(), ["b.onnx"]);
    uninstall(&pack, root).unwrap();
    assert_eq!(names(&root.join("a-pack")), ["a.onnx"]);

    // Among all that was added, it is seen there; what is wrong is said.
    fs::rename(root.join("a-pack/a.onnx"), root.join("a.onnx")).unwrap();
    fs::write(root.join("b.onnx"), &b).unwrap();
    assert_eq!(state(&pack, root).state, PackState::Installed);
    fs::write(root.join("b.onnx"), &a).unwrap();
    assert!(state(&pack, root).detail.contains("b.onnx has 1000 bytes and should have 500"));
    fs::write(root.join("b.onnx"), bytes(3, 500)).unwrap();
    assert_eq!(state(&pack, root).state, PackState::Damaged);
}

#[test]
fn what_has_no_address_is_put_there_by_a_person() {
    let folder = tempfile::tempdir().unwrap();
    let file = ListedFile { name: "v.onnx".into(), ..ListedFile::default() };
    let pack = ListedPack { by_hand: "A script makes it.".into(), ..pack(vec![file]) };
    let absent = state(&pack, folder.path());
    assert!(!absent.fetched && absent.detail == "Segue cannot fetch it. A script makes it.", "{}", absent.detail);
    let error = put_in(&pack, folder.path()).unwrap_err();
    assert_eq!(error.kind(), ErrorKind::InvalidArgument);
    assert!(error.to_string().contains("A script makes it."), "{error}");
    fs::create_dir_all(folder.path().join("a-pack")).unwrap();
    fs::write(folder.path().join("a-pack/v.onnx"), "x").unwrap();
    assert_eq!(state(&pack, folder.path()).state, PackState::Installed);
    put_in(&pack, folder.path()).unwrap();
}

#[test]
fn an_interrupted_exchange_is_mended() {
    let a = bytes(1, 100);
    let server = Server::new(&[("a.onnx", a.clone())]);
    let (folder, pack) = (tempfile::tempdir().unwrap(), pack(vec![server.file("a.onnx", &a, true)]));
    put_in(&pack, folder.path()).unwrap();
    let folders = Folders::of(folder.path(), "a-pack");
    fs::rename(&folders.pack, &folders.former).unwrap();
    super::look::recover(&folders);
    assert_eq!(state(&pack, folder.path()).state, PackState::Installed);
}

#[test]
fn a_manifest_that_names_other_files_removes_none_of_them() {
    let folder = tempfile::tempdir().unwrap();
    let precious = folder.path().join("precious");
    fs::write(&precious, "x").unwrap();
    let root = folder.path().join("models");
    fs::create_dir_all(root.join("a-pack")).unwrap();
    fs::write(root.join("a-pack/other.onnx"), "x").unwrap();
    let lies = r#"{"files":{"../../precious":{"sha256":"","url":"","bytes":1,"modified":1},"other.onnx":{"sha256":"","url":"","bytes":1,"modified":1}}}"#;
    fs::write(root.join("a-pack").join(MANIFEST), lies).unwrap();
    let pack = pack(vec![ListedFile { name: "a.onnx".into(), ..ListedFile::default() }]);
    uninstall(&pack, &root).unwrap();
    assert!(precious.exists());
    assert_eq!(names(&root.join("a-pack")), ["other.onnx"]);
    for garbage in ["", "[]", "{\"files\": 3}", "{"] {
        fs::write(root.join("a-pack").join(MANIFEST), garbage).unwrap();
        assert_eq!(Manifest::of(&root.join("a-pack")), Manifest::default());
    }
}

#[cfg(unix)]
#[test]
fn nothing_is_written_or_removed_through_links() {
    let a = bytes(1, 100);
    let server = Server::new(&[("a.onnx", a.clone())]);
    let (folder, pack) = (tempfile::tempdir().unwrap(), pack(vec![server.file("a.onnx", &a, true)]));
    let (root, elsewhere) = (folder.path().join("models"), folder.path().join("elsewhere"));
    fs::create_dir_all(&root).unwrap();
    fs::create_dir(&elsewhere).unwrap();
    fs::write(elsewhere.join("a.onnx"), "x").unwrap();
    for link in ["a-pack", ".a-pack.part"] {
        std::os::unix::fs::symlink(&elsewhere, root.join(link)).unwrap();
        assert_eq!(put_in(&pack, &root).unwrap_err().kind(), ErrorKind::InvalidArgument);
        assert_eq!(uninstall(&pack, &root).unwrap_err().kind(), ErrorKind::InvalidArgument);
        fs::remove_file(root.join(link)).unwrap();
    }
    fs::create_dir(root.join(".a-pack.part")).unwrap();
    std::os::unix::fs::symlink(elsewhere.join("a.onnx"), root.join(".a-pack.part/a.onnx.part")).unwrap();
    put_in(&pack, &root).unwrap();
    assert_eq!(fs::read(elsewhere.join("a.onnx")).unwrap(), b"x");
    assert_eq!(fs::read(root.join("a-pack/a.onnx")).unwrap(), a);
}

#[test]
fn the_engine_wants_the_licence_accepted_and_installs_one_at_a_time() {
    let a = bytes(1, 100);
    let server = Server::new(&[("a.onnx", a)]);
    let folder = tempfile::tempdir().unwrap();
    let models = folder.path().join("shipped");
    fs::create_dir(&models).unwrap();
    let list = format!(
        "model = []\n[[pack]]\nname = \"a\"\ntitle = \"A\"\nabout = \"\"\nlicence = \"CC-BY-NC-SA-4.0\"\nterms = \"Not for money.\"\nsource = \"\"\n\
         [[pack.file]]\nname = \"a.onnx\"\nurl = \"{}/a.onnx\"\n",
        server.url
    );
    fs::write(models.join("models.toml"), list).unwrap();
    let options = || Options { store: folder.path().join("a.db"), models: Some(models.clone()), ..Options::default() };
    let engine = Engine::open(options()).unwrap();
    assert_eq!(engine.packs().unwrap()[0].state, PackState::Absent);
    for refused in ["", "MIT", "cc-by-nc-sa-4.0"] {
        let error = engine.install_pack("a", refused, &mut |_| true).unwrap_err();
        assert_eq!(error.kind(), ErrorKind::InvalidArgument);
        assert!(
            error.to_string().contains("CC-BY-NC-SA-4.0") && error.to_string().contains("Not for money."),
            "{error}"
        );
    }
    assert!(engine.install_pack("../a", "", &mut |_| true).unwrap_err().to_string().contains("there are a"));
    assert_eq!(server.asked(), [""; 0], "nothing is fetched unasked");
    let mut busy = None;
    let installed = engine.install_pack("a", "CC-BY-NC-SA-4.0", &mut |_| {
        busy.get_or_insert_with(|| (engine.remove_pack("a").unwrap_err().kind(), engine.packs().unwrap()[0].state));
        true
    });
    assert_eq!(installed.unwrap().state, PackState::Installed);
    assert_eq!(busy, Some((ErrorKind::Busy, PackState::Absent)));
    assert_eq!(engine.remove_pack("a").unwrap().state, PackState::Absent);
    // Later calls, and another process, remember what came first.
    server.files.lock().unwrap()[0].1 = bytes(2, 100);
    drop(engine);
    let engine = Engine::open(options()).unwrap();
    let error = engine.install_pack("a", "CC-BY-NC-SA-4.0", &mut |_| true).unwrap_err().to_string();
    assert!(error.contains("first time"), "{error}");
}
