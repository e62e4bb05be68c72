//! Playlist files in and out, covers, artists, keys.

use std::path::Path;

use segue_engine::{ErrorKind, ImportRequest, ListFormat, NamingProvider};

use crate::sample::{engine, pieces, request};

#[test]
fn what_is_exported_is_found_again() {
    let folder = tempfile::tempdir().unwrap();
    let pieces = pieces(3, 20, 5);
    let engine = engine(folder.path(), &pieces);
    let songs: Vec<String> = pieces.iter().take(10).map(|piece| piece.song_id()).collect();
    for (format, ending) in [(ListFormat::M3u8, "m3u8"), (ListFormat::Jspf, "jspf"), (ListFormat::Xspf, "xspf")] {
        for folder in [None, Some(Path::new("/music/lists"))] {
            let bytes = engine.export("Ten", &songs, format, folder).unwrap();
            let name = Path::new("/music/lists").join(format!("ten.{ending}"));
            let import = engine.import(&ImportRequest { bytes, name, ..ImportRequest::default() }).unwrap();
            assert_eq!((import.title.as_str(), import.unreadable), ("Ten", 0), "{ending}");
            let found: Vec<String> = import
                .entries
                .iter()
                .filter_map(|entry| entry.found.as_ref())
                .map(|found| found.song_id.clone())
                .collect();
            assert_eq!(found, songs, "{ending}, {folder:?}");
            assert!(
                import.entries.iter().all(|entry| entry.how == "path" && entry.score > 0.8),
                "{:?}",
                import.entries[0]
            );
        }
    }
}

#[test]
fn what_is_missing_is_listed_and_filled_from_what_lies_round_it() {
    let folder = tempfile::tempdir().unwrap();
    let pieces = pieces(3, 20, 5);
    let engine = engine(folder.path(), &pieces);
    let csv = "Track Name,Artist Name(s),Album Name,Track Duration (ms)\n\
               Song 0,Artist 0-0,Album 0,180000\n\
               No Such Song,Nobody,Nowhere,200000\n\
               Neither This,Nobody,Nowhere,200000\n\
               Song 3,Artist 0-1,Album 0,180000\n";
    let wish = ImportRequest { bytes: csv.into(), name: "export.csv".into(), fill: true, ..ImportRequest::default() };
    let import = engine.import(&wish).unwrap();
    let found: Vec<bool> = import.entries.iter().map(|entry| entry.found.is_some()).collect();
    assert_eq!(found, [true, false, false, true]);
    assert_eq!(import.filled.len(), 2);
    for filled in &import.filled {
        let piece = pieces.iter().find(|piece| piece.song_id() == filled.song_id).unwrap();
        assert!(piece.style == 0 && piece.number != 0 && piece.number != 3, "{piece:?}");
    }
    // What the caller may not see is not there.
    let none = ImportRequest { allowed: Some(Vec::new()), ..wish };
    assert!(engine.import(&none).unwrap().entries.iter().all(|entry| entry.found.is_none()));
    let garbage = ImportRequest { bytes: vec![0, 159, 146, 150], name: "x.bin".into(), ..ImportRequest::default() };
    assert_eq!(engine.import(&garbage).unwrap_err().kind(), ErrorKind::InvalidArgument);
}

#[test]
fn covers_are_pictures_and_stay_the_same() {
    let folder = tempfile::tempdir().unwrap();
    let engine = engine(folder.path(), &pieces(4, 30, 10));
    let run = engine.playlists(&request(), &mut |_| true).unwrap();
    let cover = engine.cover(&run.playlists[0].key).unwrap();
    assert!(cover.starts_with(b"\x89PNG\r\n"));
    assert_eq!(cover, engine.cover(&run.playlists[0].key).unwrap());
    assert_ne!(cover, engine.cover(&run.playlists[1].key).unwrap());
    assert_eq!(engine.cover("none").unwrap_err().kind(), ErrorKind::UnknownPlaylist);
}

#[test]
fn artists_have_profiles_from_five_songs_on() {
    let folder = tempfile::tempdir().unwrap();
    let engine = engine(folder.path(), &pieces(3, 24, 4));
    let artists = engine.artists(2).unwrap();
    assert_eq!(artists.len(), 12);
    for artist in &artists {
        assert_eq!((artist.songs, artist.vector.len(), artist.similar.len()), (6, 200, 2));
        // The nearest ones share the style, which stands in the name.
        let style = |name: &str| name.split(['-', ' ']).nth(1).unwrap().to_owned();
        assert_eq!(style(&artist.similar[0].0), style(&artist.artist), "{artist:?}");
    }
}

#[test]
fn keys_lie_in_a_file_of_their_own_and_are_never_shown() {
    let folder = tempfile::tempdir().unwrap();
    let engine = engine(folder.path(), &[]);
    assert!(!engine.has_key(NamingProvider::Gemini).unwrap());
    engine.set_key(NamingProvider::Gemini, Some("secret-1234")).unwrap();
    assert!(engine.has_key(NamingProvider::Gemini).unwrap() && !engine.has_key(NamingProvider::OpenAi).unwrap());
    let database = std::fs::read(folder.path().join("segue.db")).unwrap();
    assert!(!database.windows(11).any(|window| window == b"secret-1234"));
    #[cfg(unix)]
    {
        use std::os::unix::fs::PermissionsExt;
        let file = std::fs::metadata(folder.path().join("keys.json")).unwrap();
        assert_eq!(file.permissions().mode() & 0o777, 0o600);
    }
    assert_eq!(
        engine.set_key(NamingProvider::Ollama, Some("two words")).unwrap_err().kind(),
        ErrorKind::InvalidArgument
    );
    engine.set_key(NamingProvider::Gemini, None).unwrap();
    assert!(!engine.has_key(NamingProvider::Gemini).unwrap());
}
