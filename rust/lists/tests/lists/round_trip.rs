//! What is written is read again as the same.

use std::path::{Path, PathBuf};

use segue_lists::{Entry, Format, List, read, write};

const FORMATS: [Format; 3] = [Format::M3u8, Format::Jspf, Format::Xspf];

fn entry(title: &str, artist: &str, path: &str) -> Entry {
    Entry {
        title: title.into(),
        artist: artist.into(),
        album: format!("Album of {title}"),
        duration_s: Some(215.0),
        path: Some(PathBuf::from(path)),
        mb_recording: None,
        isrc: None,
    }
}

fn list() -> List {
    List {
        title: "Evening & \"night\" <1>".into(),
        entries: vec![
            entry("Hunter", "Björk", "/music/Björk/Homogenic/01 Hunter.flac"),
            entry("A - B", "", "/music/A - B.mp3"),
            entry("Title", "An - Artist", "/music/An - Artist/100% #1 ?&=+.mp3"),
            entry("<b>]]>&amp;\"'", "日本", "/music/日本/曲 [1]{2}.opus"),
            entry("#EXTINF:1,not a remark", "#", "/music/#hash/%41.mp3"),
            entry("In the folder", "X", "/music/lists/here.mp3"),
            entry("Address-like", "X", "/music/lists/file:x.mp3"),
            entry("Also", "X", "/music/lists/http://x.mp3"),
            entry("Number", "X", "/music/lists/#1.mp3"),
            entry("On the web", "X", "https://example.org/a%20b.mp3?c=d&e=f"),
        ],
        unreadable: 0,
    }
}

#[cfg(unix)]
#[test]
fn all_forms_give_back_what_they_were_given() {
    let list = list();
    for format in FORMATS {
        for folder in [None, Some(Path::new("/music/lists")), Some(Path::new("/elsewhere/a b/c"))] {
            let written = write(format, &list, folder);
            let home = folder.unwrap_or(Path::new("/nowhere"));
            let name = home.join(format!("list.{}", format.extension()));
            let mut back = read(written.as_bytes(), &name).unwrap();
            // The web's double slash is no folder's, and a path is compared without it.
            for entry in &mut back.entries {
                entry.path = entry.path.take().map(|path| path.components().collect());
            }
            let mut expected = list.clone();
            for entry in &mut expected.entries {
                entry.path = entry.path.take().map(|path| path.components().collect());
            }
            assert_eq!(back, expected, "{format:?} {folder:?}\n{written}");
        }
    }
}

#[test]
fn identifiers_and_lengths_survive_where_the_form_has_them() {
    let full = Entry {
        duration_s: Some(215.25),
        mb_recording: Some("b1a9c0e9-d987-4042-ae91-78d6a3267d69".into()),
        isrc: Some("USRC17607839".into()),
        ..entry("T", "A", "/m/t.mp3")
    };
    let list =
        List { entries: vec![full.clone(), Entry { title: "No file".into(), ..Entry::default() }], ..List::default() };
    for format in [Format::Jspf, Format::Xspf] {
        let back = read(write(format, &list, None).as_bytes(), Path::new("x")).unwrap();
        assert_eq!(back.entries, list.entries, "{format:?}");
    }
    let back = read(write(Format::M3u8, &list, None).as_bytes(), Path::new("x")).unwrap();
    assert_eq!(back.entries, [Entry { duration_s: Some(215.0), mb_recording: None, isrc: None, ..full }]);
}

#[cfg(unix)]
#[test]
fn paths_are_relative_where_there_is_a_way() {
    let list = list();
    let m3u = write(Format::M3u8, &list, Some(Path::new("/music/lists")));
    for line in ["../Björk/Homogenic/01 Hunter.flac", "here.mp3", "./#1.mp3", "./file:x.mp3", "../#hash/%41.mp3"] {
        assert!(m3u.lines().any(|written| written == line), "{line} in\n{m3u}");
    }
    let xspf = write(Format::Xspf, &list, Some(Path::new("/music/lists")));
    assert!(xspf.contains("<location>../Bj%C3%B6rk/Homogenic/01%20Hunter.flac</location>"), "{xspf}");
    let absolute = write(Format::Jspf, &list, None);
    assert!(absolute.contains("\"file:///music/Bj%C3%B6rk/Homogenic/01%20Hunter.flac\""), "{absolute}");
}

#[test]
fn line_breaks_and_control_characters_make_no_entries() {
    let nasty = List {
        title: "a\n#EXTINF:1,x\nevil.mp3".into(),
        entries: vec![Entry {
            title: "one\r\n/evil.mp3\u{0}\u{b}".into(),
            artist: "two\n#EXTM3U\u{2028}".into(),
            album: "\u{1b}[31mthree\u{ffff}\n".into(),
            ..entry("", "", "/music/ok.mp3")
        }],
        unreadable: 0,
    };
    for format in FORMATS {
        let written = write(format, &nasty, None);
        let back = read(written.as_bytes(), Path::new("x")).unwrap();
        assert_eq!((back.entries.len(), back.unreadable), (1, 0), "{format:?}\n{written}");
        assert_eq!(back.title, "a #EXTINF:1,x evil.mp3");
        let entry = back.entries.first().unwrap();
        assert_eq!((entry.title.as_str(), entry.artist.as_str()), ("one /evil.mp3", "two #EXTM3U"));
        assert_eq!((entry.album.as_str(), entry.path.as_deref()), ("[31mthree", Some(Path::new("/music/ok.mp3"))));
    }
}

#[cfg(unix)]
#[test]
fn names_that_are_no_text_or_no_line_are_written_as_addresses() {
    use std::os::unix::ffi::OsStrExt as _;
    let odd = Path::new(std::ffi::OsStr::from_bytes(b"/music/\xff\n.mp3"));
    let list = List { entries: vec![Entry { path: Some(odd.into()), ..entry("T", "A", "") }], ..List::default() };
    for format in FORMATS {
        for folder in [None, Some(Path::new("/music"))] {
            let written = write(format, &list, folder);
            let back = read(written.as_bytes(), Path::new("/music/x")).unwrap();
            assert_eq!(back.entries.first().unwrap().path.as_deref(), Some(odd), "{format:?} {folder:?}\n{written}");
        }
    }
}

#[test]
fn an_empty_list_is_a_list() {
    for format in FORMATS {
        let written = write(format, &List::default(), None);
        let name = format!("x.{}", format.extension());
        assert_eq!(read(written.as_bytes(), Path::new(&name)), Ok(List::default()), "{format:?}");
        assert_eq!(Format::of(Path::new(&name)), Some(format));
    }
    assert_eq!(Format::of(Path::new("x.mp3")), None);
    assert_eq!(Format::of(Path::new("X.M3U")), Some(Format::M3u8));
}
