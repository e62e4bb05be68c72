//! Music that sounds right, from a shell: what may be asked, the kept JSON shapes, the files.
#![allow(clippy::unwrap_used, clippy::panic, reason = "a panic in a test's helper is its report")]

#[path = "../../engine/tests/curate/sample.rs"]
#[allow(dead_code, reason = "the tests of grouping use the rest")]
mod sample;

use std::path::Path;
use std::process::{Command, Output};

use serde_json::Value;
use tempfile::TempDir;

use crate::sample::{Piece, fill, pieces};

/// A library of four styles of fifteen songs by three artists each, in a folder of its own.
struct Shell {
    folder: TempDir,
    pieces: Vec<Piece>,
}

impl Shell {
    fn new() -> Self {
        let folder = tempfile::tempdir().unwrap();
        let pieces = pieces(4, 15, 3);
        fill(&folder.path().join("segue.db"), &pieces);
        Self { folder, pieces }
    }

    fn file(&self, name: &str) -> String {
        self.folder.path().join(name).to_str().unwrap().to_owned()
    }

    fn run(&self, arguments: &[&str]) -> Output {
        let mut command = Command::new(env!("CARGO_BIN_EXE_segue"));
        command.args(arguments).arg("--store").arg(self.folder.path().join("segue.db")).output().unwrap()
    }

    /// Standard output of a command that must succeed.
    fn answer(&self, arguments: &[&str]) -> String {
        let output = self.run(arguments);
        assert!(output.status.success(), "{arguments:?}: {}", String::from_utf8_lossy(&output.stderr));
        String::from_utf8(output.stdout).unwrap()
    }

    fn lines(&self, arguments: &[&str]) -> Vec<Value> {
        let text = self.answer(&[arguments, &["--json"]].concat());
        text.lines().map(|line| serde_json::from_str(line).unwrap()).collect()
    }

    /// Why a command failed, with this exit code.
    fn complaint(&self, arguments: &[&str], code: i32) -> String {
        let output = self.run(arguments);
        assert_eq!(output.status.code(), Some(code), "{arguments:?}");
        String::from_utf8(output.stderr).unwrap()
    }

    fn piece(&self, track: &Value) -> &Piece {
        self.pieces.iter().find(|piece| piece.song_id() == track["song_id"]).unwrap()
    }

    fn styles(&self, tracks: &[Value]) -> Vec<usize> {
        tracks.iter().map(|track| self.piece(track).style).collect()
    }
}

fn entries(file: &str) -> Vec<String> {
    let text = std::fs::read_to_string(file).unwrap();
    text.lines().filter(|line| !line.starts_with('#')).map(str::to_owned).collect()
}

fn assert_is_track(track: &Value) {
    assert!(track["path"].is_string() && track["song_id"].is_string() && track["distance"].is_number(), "{track}");
    assert!(track["reason"].is_string() || track["reason"].is_null(), "{track}");
}

#[test]
fn mixes_start_from_anything_and_go_on_from_a_queue() {
    let shell = Shell::new();
    let list = shell.file("mix.m3u8");
    let mix = shell.lines(&["mix", "--seed", "Song 4", "-n", "12", "--m3u", &list]);
    assert_eq!((mix.len(), mix[0]["song_id"].as_str()), (12, Some(shell.pieces[4].song_id().as_str())));
    mix.iter().for_each(assert_is_track);
    assert!(mix.iter().skip(1).any(|track| track["reason"].is_string()));
    let paths: Vec<&str> = mix.iter().map(|track| track["path"].as_str().unwrap()).collect();
    assert_eq!(entries(&list), paths);

    for seed in [
        ["--artist", "Artist 2-1"],
        ["--album", "Album 1"],
        ["--genre", "Jazz"],
        ["--folder", "/music/Artist 1-0"],
        ["--mood", "rock"],
        ["--seed", &list],
    ] {
        let found = shell.lines(&["mix", seed[0], seed[1], "--length", "6"]);
        assert_eq!(found.len(), 6, "{seed:?}");
    }
    let jazz = shell.styles(&shell.lines(&["mix", "--genre", "Jazz", "-n", "6"]));
    assert!(jazz.iter().filter(|style| **style == 1).count() >= 5, "{jazz:?}");

    let next = shell.lines(&["mix", "--after", &list, "-n", "8", "--variation", "3"]);
    assert_eq!(next.len(), 8);
    assert!(next.iter().all(|track| !paths.contains(&track["path"].as_str().unwrap())));
    let spaced = ["mix", "--seed", "Song 4", "-n", "9", "--artist-cap", "1", "--album-cap", "1", "--window", "2"];
    let spaced = shell.lines(&spaced);
    assert!(spaced.windows(2).all(|two| shell.piece(&two[0]).artist != shell.piece(&two[1]).artist));

    let text = shell.answer(&["mix", "--seed", "Song 4", "-n", "3", "--reason"]);
    assert!(text.lines().count() == 3 && text.contains("Song 4 - Artist 0-") && text.contains(" maj"), "{text}");
    shell.complaint(&["mix"], 2);
    shell.complaint(&["mix", "--seed", "no such song"], 1);
    shell.complaint(&["mix", "--artist", "nobody"], 1);
}

#[test]
fn words_find_music_and_are_a_seed() {
    let shell = Shell::new();
    let list = shell.file("found.m3u8");
    let answer = &shell.lines(&["search", "Song 7", "-k", "3", "--m3u", &list])[0];
    let hits = answer["hits"].as_array().unwrap();
    hits.iter().for_each(assert_is_track);
    assert_eq!(
        (hits[0]["song_id"].as_str(), &hits[0]["named"]),
        (Some(shell.pieces[7].song_id().as_str()), &true.into())
    );
    assert!(hits[0]["score"].is_number() && hits[0]["reason"].as_str().unwrap().starts_with("by its title"));
    assert!(answer["understood"].is_array() && answer["left"].is_array() && answer["by_sound"] == false);
    assert_eq!(entries(&list).len(), hits.len());

    let answer = &shell.lines(&["search", "jazz from the eighties, xyzzy", "-k", "4"])[0];
    assert!(
        answer["understood"].as_array().unwrap().iter().any(|piece| piece["words"].as_str() == Some("jazz")),
        "{answer}"
    );
    assert_eq!(answer["left"], serde_json::json!(["xyzzy"]));
    let text = shell.answer(&["search", "jazz from the eighties, xyzzy", "-k", "4"]);
    assert!(text.lines().next().unwrap().ends_with("; left: xyzzy") && text.lines().count() == 5, "{text}");
    assert!(shell.answer(&["search", "xyzzy plugh"]).trim().starts_with("left: xyzzy"));

    let found = shell.lines(&["mix", "--words", "some jazz", "--length", "6"]);
    assert_eq!(found.len(), 6);
    assert!(!shell.lines(&["blend", "--add", "words:some jazz*2", "-n", "3"]).is_empty());
    shell.complaint(&["mix", "--words", "xyzzy plugh"], 1);
    shell.complaint(&["search"], 2);

    let stats = &shell.lines(&["statistics"])[0]["collection"];
    assert_eq!((&stats["collection_name"], &stats["points_count"]), (&"segue".into(), &60.into()));
    assert!(
        stats["models"].as_array().unwrap().iter().any(|model| model["name"] == "msd" && model["dimensions"] == 200)
    );
    assert!(shell.answer(&["stats"]).contains("msd_levelled"));
}

#[test]
fn paths_and_blends() {
    let shell = Shell::new();
    let list = shell.file("way.m3u");
    let path = &shell.lines(&["path", "Song 0", "Song 1", "Song 2", "-n", "9", "--m3u", &list])[0];
    let tracks = path["tracks"].as_array().unwrap();
    tracks.iter().for_each(assert_is_track);
    let at =
        |number: usize| tracks.iter().position(|track| track["song_id"] == shell.pieces[number].song_id()).unwrap();
    assert!(at(0) == 0 && at(0) < at(1) && at(1) < at(2) && at(2) == tracks.len() - 1);
    assert!(path["largest_step"].is_number() && path["jumps"].is_array());
    assert_eq!(entries(&list).len(), tracks.len());
    assert!(shell.answer(&["path", "Song 0", "Song 1", "-n", "5"]).lines().count() >= 2);
    shell.complaint(&["path", "Song 0"], 2);

    let add = ["blend", "--add", "artist:Artist 0-1*2", "Song 1", "-n", "10"];
    let styles = shell.styles(&shell.lines(&add));
    assert!(styles.contains(&0) && styles.contains(&1), "{styles:?}");
    let less = [add.as_slice(), &["--subtract", "genre:Jazz", "--temperature", "0.5"]].concat();
    let without = shell.styles(&shell.lines(&less));
    let jazz = |styles: &[usize]| styles.iter().filter(|style| **style == 1).count();
    assert!(jazz(&without) < jazz(&styles), "{without:?} {styles:?}");
    shell.complaint(&["blend", "--subtract", "Song 1"], 2);
    shell.complaint(&["blend", "--add", "artist:Artist 0-1*0"], 2);
    shell.complaint(&["blend", "--add", "Song 1", "--temperature", "11"], 2);
}

#[test]
fn sets_are_compared_extended_cleaned_and_ordered() {
    let shell = Shell::new();
    let artists = shell.lines(&["similar-artists", "Artist 3-0", "-k", "2"]);
    assert_eq!(artists.len(), 2);
    for artist in &artists {
        assert!(artist["name"].as_str().unwrap().starts_with("Artist 3-"), "{artist}");
        assert!(artist["artist"].is_null() && artist["songs"] == 5 && artist["distance"].is_number());
        assert_is_track(&artist["example"]);
    }
    assert!(!shell.lines(&["similar-albums", "Album 0", "-k", "3"]).is_empty());
    assert!(shell.answer(&["similar-artists", "Artist 3-0"]).contains("songs, such as Song"));

    let list = shell.file("set.m3u");
    let songs: Vec<String> =
        (0..8).map(|i| if i == 5 { "Song 2".to_owned() } else { format!("Song {}", 4 * i) }).collect();
    let songs: Vec<&str> = songs.iter().map(String::as_str).collect();
    let ordered = shell.lines(&[&["order", "--m3u", &list], songs.as_slice()].concat());
    assert_eq!((ordered.len(), entries(&list).len()), (8, 8));

    let stranger = shell.pieces[2].song_id();
    let misfits = shell.lines(&["clean", &list, "--beyond", "2", "--m3u", &list]);
    assert!(misfits.iter().any(|misfit| misfit["song_id"] == stranger.as_str()), "{misfits:?}");
    assert!(misfits.iter().all(|misfit| misfit["deviations"].as_f64().unwrap() > 2.0));
    let left = entries(&list);
    assert!(left.len() == 8 - misfits.len() && left.iter().all(|path| !path.ends_with("/Song 2.flac")));

    let more = shell.lines(&["extend", &list, "-n", "4", "--m3u", &list]);
    assert_eq!(more.len(), 4);
    // Of few songs by few artists there is room for more of the same.
    let few = shell.styles(&shell.lines(&["extend", "Song 0", "Song 4", "Song 8", "-n", "4"]));
    assert!(few.iter().filter(|style| **style == 0).count() >= 3, "{few:?}");
    let all = entries(&list);
    assert_eq!((all.len(), &all[..left.len()]), (left.len() + 4, left.as_slice()));
    let near = shell.file("near.m3u");
    assert_eq!(shell.lines(&["similar", "Song 3", "-k", "5", "--m3u", &near]).len(), 1);
    assert_eq!(entries(&near).len(), 6);
    shell.complaint(&["order"], 2);
    assert!(shell.complaint(&["order", "--playlist", "none"], 1).contains("segue playlists --last"));
}

#[test]
fn a_play_log_gives_lists_and_a_taste() {
    let shell = Shell::new();
    let log = shell.file("log.csv");
    let now = std::time::SystemTime::now().duration_since(std::time::UNIX_EPOCH).unwrap().as_secs() as i64;
    let mut text = "track,at,played_s,skipped,favourite\n".to_owned();
    for number in 0..15 {
        let piece = &shell.pieces[4 * number];
        text.push_str(&format!("{},{},180,false,{}\n", piece.title, now - 86_400 * number as i64, number < 4));
    }
    text.push_str(&format!("Song 1,{now},3,true,\nno such song,{now},100,false,\nbroken\n"));
    std::fs::write(&log, &text).unwrap();
    let (at, out) = (now.to_string(), shell.file("lists"));
    let mut make = vec!["taste", &log, "--listener", "Anna", "--now", &at, "--out", &out, "--format", "jspf"];
    make.extend(["-n", "12", "--artist-cap", "5"]);
    let complaints = String::from_utf8(shell.run(&make).stderr).unwrap();
    assert!(complaints.contains("1 lines") && complaints.contains("no such song"), "{complaints}");
    let lists = shell.lines(&make);
    assert!(!lists.is_empty());
    for list in &lists {
        let kinds = ["daily-mix", "more-like-this", "forgotten", "on-repeat", "new-for-you", "discover"];
        assert!(kinds.contains(&list["kind"].as_str().unwrap()) && list["slot"].is_number());
        assert!(["key", "name", "description"].iter().all(|field| list[*field].is_string()));
        list["tracks"].as_array().unwrap().iter().for_each(assert_is_track);
    }
    let daily = lists.iter().find(|list| list["kind"] == "daily-mix").unwrap();
    let styles = shell.styles(daily["tracks"].as_array().unwrap());
    assert!(2 * styles.iter().filter(|style| **style == 0).count() > styles.len(), "{styles:?}");
    assert_eq!(std::fs::read_dir(&out).unwrap().count(), lists.len());
    assert_eq!(shell.lines(&["taste", "--last", "--listener", "Anna"]), lists);
    let known = shell.lines(&["taste", "--known", "--listener", "Anna", "--now", &at, "--kind", "daily-mix"]);
    assert!(known.iter().all(|list| list["kind"] == "daily-mix") && !known.is_empty());

    let mix = shell.styles(&shell.lines(&["mix", "--taste", "Anna", "-n", "6"]));
    assert!(mix.iter().filter(|style| **style == 0).count() >= 4, "{mix:?}");
    shell.complaint(&["mix", "--taste", "Bert", "-n", "6"], 1);
    assert!(!shell.lines(&["blend", "--add", "taste:Anna", "-n", "5"]).is_empty());
    shell.answer(&["taste", "--forget", "--listener", "Anna"]);
    assert!(shell.lines(&["taste", "--last", "--listener", "Anna"]).is_empty());

    std::fs::write(&log, "nothing of the kind").unwrap();
    assert!(shell.complaint(&["taste", &log], 1).contains("played_s"));
    shell.complaint(&["taste"], 2);
}

#[test]
fn the_map_is_made_shown_and_added_to() {
    let shell = Shell::new();
    let empty = &shell.lines(&["map", "--last"])[0];
    assert_eq!((empty["points"].as_array().unwrap().len(), empty["regions"].as_array().unwrap().len()), (0, 0));
    let map = &shell.lines(&["map"])[0];
    let points = map["points"].as_array().unwrap();
    assert_eq!(points.len(), 60);
    let regions = map["regions"].as_array().unwrap();
    assert!(regions.iter().all(|region| region["name"].is_string() && region["songs"].is_number()));
    for point in points {
        assert!(["x", "y"].iter().all(|axis| (-1.0..=1.0).contains(&point[*axis].as_f64().unwrap())));
        assert!(point["region"].is_null() || (point["region"].as_u64().unwrap() as usize) < regions.len());
    }
    assert_eq!(&shell.lines(&["map", "--last"])[0], map);
    assert!(shell.answer(&["map", "--last"]).starts_with("60 tracks in "));
    assert!(Path::new(&shell.file("segue.db")).is_file());
}
