//! `segue` as a script meets it: exit codes, the kept JSON shapes, and a kill in the middle.
#![allow(clippy::unwrap_used)]

use std::path::{Path, PathBuf};
use std::process::{Command, Output, Stdio};
use std::time::{Duration, Instant};

use serde_json::Value;

fn repository() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../..").canonicalize().unwrap()
}

fn segue(arguments: &[&str]) -> Command {
    let mut command = Command::new(env!("CARGO_BIN_EXE_segue"));
    command.args(arguments).env("SEGUE_MODELS", repository().join("models"));
    if std::env::var_os("ORT_DYLIB_PATH").is_none() {
        let library = repository().join(".cache/onnxruntime").join(format!(
            "{}onnxruntime{}",
            std::env::consts::DLL_PREFIX,
            std::env::consts::DLL_SUFFIX
        ));
        if library.is_file() {
            command.env("ORT_DYLIB_PATH", library);
        }
    }
    command
}

fn run(arguments: &[&str]) -> Output {
    segue(arguments).output().unwrap()
}

/// Standard output of a command that must succeed.
fn answer(arguments: &[&str]) -> String {
    let output = run(arguments);
    assert!(output.status.success(), "{arguments:?}: {}", String::from_utf8_lossy(&output.stderr));
    String::from_utf8(output.stdout).unwrap()
}

fn lines(text: &str) -> Vec<Value> {
    text.lines().map(|line| serde_json::from_str(line).unwrap()).collect()
}

/// Mono 16-bit WAV files with a different little piece in each.
fn pieces(folder: &Path, count: u32, seconds: f32) {
    std::fs::create_dir_all(folder).unwrap();
    for number in 0..count {
        let root = 110.0 * 2f32.powf(number as f32 / 12.0);
        let data: Vec<u8> = (0..(22_050.0 * seconds) as u32)
            .flat_map(|frame| {
                let t = frame as f32 / 22_050.0;
                let tone = (std::f32::consts::TAU * root * t).sin() + (std::f32::consts::TAU * root * 1.5 * t).sin();
                ((tone * (-6.0 * (t % 0.5)).exp() * 8000.0) as i16).to_le_bytes()
            })
            .collect();
        let size = data.len() as u32;
        let mut bytes = b"RIFF".to_vec();
        bytes.extend((36 + size).to_le_bytes());
        bytes.extend(b"WAVEfmt \x10\0\0\0\x01\0\x01\0");
        bytes.extend(22_050u32.to_le_bytes());
        bytes.extend(44_100u32.to_le_bytes());
        bytes.extend(b"\x02\0\x10\0data");
        bytes.extend(size.to_le_bytes());
        bytes.extend(data);
        std::fs::write(folder.join(format!("piece {number:02}.wav")), bytes).unwrap();
    }
}

#[test]
fn the_shapes_that_scripts_rely_on() {
    let folder = tempfile::tempdir().unwrap();
    let music = folder.path().join("music");
    pieces(&music, 4, 4.0);
    let (music, store) = (music.to_str().unwrap(), folder.path().join("segue.db"));
    let store = store.to_str().unwrap();

    let summary: Value = serde_json::from_str(&answer(&["analyse", music, "--store", store, "--json"])).unwrap();
    assert_eq!((&summary["analysed"], &summary["failed"], &summary["decoded"]), (&4.into(), &0.into(), &4.into()));
    let again: Value = serde_json::from_str(&answer(&["analyse", music, "--store", store, "--json"])).unwrap();
    assert_eq!((&again["total"], &again["decoded"]), (&0.into(), &0.into()));

    let tracks = lines(&answer(&["tracks", "--store", store, "--vectors", "--json"]));
    assert_eq!(tracks.len(), 4);
    for track in &tracks {
        for name in ["path", "title", "artist", "album"] {
            assert!(track[name].is_string(), "{name}");
        }
        for name in ["duration_s", "bpm_confidence", "key_strength", "loudness_lufs", "danceability", "energy"] {
            assert!(track[name].is_number(), "{name}");
        }
        assert!(track["bpm"].is_number() || track["bpm"].is_null());
        for network in ["msd", "mtt"] {
            let tags = track["tags"][network].as_object().unwrap();
            assert_eq!(tags.len(), 50);
            assert!(tags.values().all(|p| (0.0..=1.0).contains(&p.as_f64().unwrap())));
            for vector in [format!("{network}_dense"), format!("{network}_dense_std")] {
                assert_eq!(track["vectors"][&vector].as_array().unwrap().len(), 200, "{vector}");
            }
        }
    }
    // Tags stand in the network's own order.
    let text = answer(&["tracks", "--store", store, "--json"]);
    let text = &text[text.find("\"tags\"").unwrap()..];
    let place = |name: &str| text.find(&format!("\"{name}\"")).unwrap();
    assert!(place("rock") < place("pop") && place("pop") < place("alternative") && place("House") < place("happy"));

    for track in &tracks {
        let moods = track["moods"].as_object().unwrap();
        assert!(
            moods.len() == 10 && moods.values().all(|mood| (0.0..=1.0).contains(&mood.as_f64().unwrap())),
            "{moods:?}"
        );
    }
    let heard: Value =
        serde_json::from_str(&answer(&["features", &format!("{music}/piece 01.wav"), "--json"])).unwrap();
    assert_eq!(heard["vector"].as_object().unwrap().len(), 95);
    assert_eq!(heard["vector"]["segments"], 1.0);
    assert_eq!((&heard["bpm"], &heard["key"]), (&tracks[1]["bpm"], &tracks[1]["key"]));
    assert!(heard["beats"].is_array() && heard["intro"].as_object().unwrap().len() == 25);
    let reference = folder.path().join("reference.json");
    let expected = serde_json::json!({ "tracks": [
        { "file": "piece 01.wav", "bpm": heard["bpm"], "bpm_confidence": 5.0, "msd_dense": tracks[1]["vectors"]["msd_dense"] },
        { "file": "nowhere.wav", "key": "C", "scale": "major", "key_strength": 1.0 },
    ] });
    std::fs::write(&reference, expected.to_string()).unwrap();
    let agreement = answer(&["eval", "--store", store, "--reference", reference.to_str().unwrap(), "--json"]);
    let agreement: Value = serde_json::from_str(&agreement).unwrap();
    assert_eq!((&agreement["tracks"], &agreement["missing"][0]), (&1.into(), &"nowhere.wav".into()));
    assert!(agreement["networks"]["msd"]["cosine_mean"].as_f64().unwrap() > 0.999_99);
    assert!(agreement["networks"]["msd"]["tag_error_mean"].is_null() && agreement["key"]["mirex"].is_null());
    assert_eq!(answer(&["duplicates", "--store", store, "--json"]), "");

    let all = lines(&answer(&["similar", "--store", store, "--all", "-k", "2", "--json"]));
    assert_eq!(all.len(), 4);
    for line in &all {
        let similar = line["similar"].as_array().unwrap();
        assert_eq!(similar.len(), 2);
        assert!(similar.iter().all(|near| near["path"] != line["path"] && near["distance"].is_number()));
    }
    let one = lines(&answer(&["similar", "--store", store, "piece 01.wav", "-k", "3", "--json"]));
    assert_eq!((one.len(), one[0]["similar"].as_array().unwrap().len()), (1, 3));

    let m3u = folder.path().join("lists/mix.m3u");
    let mix = answer(&[
        "mix",
        "--store",
        store,
        "--seed",
        "piece 02.wav",
        "-n",
        "4",
        "--m3u",
        m3u.to_str().unwrap(),
        "--json",
    ]);
    let mix = lines(&mix);
    assert_eq!(mix.len(), 4);
    assert!(mix[0]["path"].as_str().unwrap().ends_with("piece 02.wav"));
    let list = std::fs::read_to_string(m3u).unwrap();
    assert!(list.starts_with("#EXTM3U\n#EXTINF:4,piece 02\n"), "{list}");
    assert_eq!(list.lines().filter(|line| !line.starts_with('#')).count(), 4);

    let judged = answer(&["eval-neighbours", "--store", store, "--group-by", "folder", "--json"]);
    let judged: Value = serde_json::from_str(&judged).unwrap();
    // Four tracks of one folder: each finds the three others.
    assert_eq!((&judged["tracks"], &judged["groups"], &judged["alone"]), (&4.into(), &1.into(), &0.into()));
    assert_eq!((&judged["precision_at_5"], &judged["reachable_at_5"]), (&0.6.into(), &0.6.into()));
    assert_eq!((&judged["precision_at_10"], &judged["largest_hub"]), (&0.3.into(), &3.into()));
    assert_eq!(judged["hubness_skew"], 0.0);
    let untagged = answer(&["eval-neighbours", "--store", store]);
    assert!(untagged.starts_with("0 tracks of 0 groups; 4 more"), "{untagged}");

    let stats: Value = serde_json::from_str(&answer(&["stats", "--store", store, "--json"])).unwrap();
    assert_eq!((&stats["songs"], &stats["pending"]), (&4.into(), &0.into()));
    assert!(answer(&["tracks", "--store", store]).contains("piece 03"));
}

#[test]
fn exit_codes_and_messages() {
    let folder = tempfile::tempdir().unwrap();
    let store = folder.path().join("segue.db");
    let store = store.to_str().unwrap();
    assert_eq!(run(&["tracks"]).status.code(), Some(2));
    let missing = run(&["tracks", "--store", store]);
    assert_eq!(missing.status.code(), Some(1));
    assert!(String::from_utf8_lossy(&missing.stderr).contains("segue analyse"));
    assert!(!Path::new(store).exists(), "a question must not make a store");

    let music = folder.path().join("music");
    pieces(&music, 1, 4.0);
    std::fs::write(music.join("broken.flac"), b"not music").unwrap();
    let music = music.to_str().unwrap();
    let done = run(&["analyse", music, "--store", store]);
    assert_eq!(done.status.code(), Some(0));
    assert!(String::from_utf8_lossy(&done.stderr).contains("broken.flac"));
    assert_eq!(run(&["analyse", music, "--store", store, "--strict"]).status.code(), Some(3));
    assert_eq!(run(&["similar", "--store", store, "no such track"]).status.code(), Some(1));
    let failures = lines(&answer(&["failures", "--store", store, "--json"]));
    assert_eq!(failures.len(), 1);
    assert!(failures[0]["reason"].is_string());
}

#[test]
fn a_kill_in_the_middle_loses_at_most_the_tracks_in_flight() {
    const TRACKS: u64 = 16;
    let folder = tempfile::tempdir().unwrap();
    let music = folder.path().join("music");
    pieces(&music, TRACKS as u32, 40.0);
    let store = folder.path().join("segue.db");
    let arguments =
        ["analyse", music.to_str().unwrap(), "--store", store.to_str().unwrap(), "--threads", "2", "--json"];
    let mut child = segue(&arguments).stdout(Stdio::null()).stderr(Stdio::null()).spawn().unwrap();

    let songs = || -> u64 {
        let output = run(&["stats", "--store", store.to_str().unwrap(), "--json"]);
        serde_json::from_slice::<Value>(&output.stdout).ok().and_then(|stats| stats["songs"].as_u64()).unwrap_or(0)
    };
    let begun = Instant::now();
    while songs() < 3 && child.try_wait().unwrap().is_none() && begun.elapsed() < Duration::from_secs(120) {
        std::thread::sleep(Duration::from_millis(50));
    }
    // SIGKILL on Unix, TerminateProcess on Windows: no chance to tidy up.
    child.kill().unwrap();
    child.wait().unwrap();

    let kept = songs();
    assert!(kept >= 3, "what was committed is there: {kept}");
    let rest: Value = serde_json::from_str(&answer(&arguments)).unwrap();
    assert_eq!(rest["analysed"].as_u64().unwrap(), TRACKS - kept);
    assert_eq!(songs(), TRACKS);
}

#[test]
fn groups_and_playlists_in_the_shapes_that_scripts_rely_on() {
    let folder = tempfile::tempdir().unwrap();
    let music = folder.path().join("music");
    pieces(&music, 14, 4.0);
    let store = folder.path().join("segue.db");
    let (music, store) = (music.to_str().unwrap(), store.to_str().unwrap());
    answer(&["analyse", music, "--store", store, "--json"]);
    let one = |arguments: &[&str]| -> Value { serde_json::from_str(&answer(arguments)).unwrap() };

    let quality = one(&["cluster", "--store", store, "--quality", "--json"]);
    assert_eq!(
        (&quality["tracks"], &quality["taking_part"], &quality["not_finite"]),
        (&14.into(), &14.into(), &0.into())
    );
    let clusters = one(&["cluster", "--store", store, "--runs", "20", "--algorithm", "hierarchical", "--json"]);
    assert_eq!((&clusters["algorithm"], &clusters["sampled"]), (&"hierarchical".into(), &14.into()));
    assert!(clusters["fitness"].is_number() && clusters["parts"]["separation"].is_number());
    let svg = folder.path().join("elbow.svg");
    let elbow = one(&["elbow", "--store", store, "--range", "2..6", "--svg", svg.to_str().unwrap(), "--json"]);
    assert_eq!(elbow["curve"].as_array().unwrap().len(), 5);
    assert!((2..=6).contains(&elbow["suggested"].as_u64().unwrap()));
    assert!(std::fs::read_to_string(svg).unwrap().starts_with("<svg"));

    let out = folder.path().join("lists");
    let made = lines(&answer(&[
        "playlists",
        "--store",
        store,
        "--runs",
        "20",
        "--out",
        out.to_str().unwrap(),
        "--format",
        "xspf",
        "--relative",
        "--json",
    ]));
    assert!(!made.is_empty());
    for list in &made {
        for name in ["key", "kind", "name", "named_by", "description"] {
            assert!(list[name].is_string(), "{name}");
        }
        assert!(
            list["words"].is_array() && list["pinned"] == false && list["faded"] == 0 && list["definition"].is_null()
        );
        assert!(list["tracks"].as_array().unwrap().iter().all(|track| track["path"].is_string()));
    }
    assert_eq!(std::fs::read_dir(&out).unwrap().count(), made.len());
    let last = lines(&answer(&["playlists", "--store", store, "--last", "--json"]));
    let keys = |lists: &[Value]| lists.iter().map(|list| list["key"].clone()).collect::<Vec<_>>();
    assert_eq!(keys(&last), keys(&made));
    let key = made[0]["key"].as_str().unwrap();
    let edited = one(&["edit", "--store", store, key, "--pin", "yes", "--name", "Mine", "--json"]);
    assert_eq!(
        (&edited["pinned"], &edited["name"], &edited["named_by"]),
        (&true.into(), &"Mine".into(), &"person".into())
    );
    assert_eq!(run(&["edit", "--store", store, "no such key", "--pin", "yes"]).status.code(), Some(1));
    let reports = lines(&answer(&["playlists", "--store", store, "--reports", "--json"]));
    assert_eq!((reports.len(), &reports[0]["new"]), (1, &made.len().into()));

    let found = one(&["playlist", "--store", store, "--where", "duration 1..10, limit 3", "--json"]);
    assert_eq!((found["tracks"].as_array().unwrap().len(), &found["kind"]), (3, &"definition".into()));
    let wrong = run(&["playlist", "--store", store, "--where", "tempo loud"]);
    assert_eq!(wrong.status.code(), Some(1));
    assert!(String::from_utf8_lossy(&wrong.stderr).contains("loud"));
    let kept = one(&["playlist", "--store", store, "--where", "duration 1..10", "--keep", "All", "--json"]);
    let file = std::fs::read_dir(&out).unwrap().next().unwrap().unwrap().path();
    let import = one(&["import", file.to_str().unwrap(), "--store", store, "--json"]);
    assert_eq!((&import["missing"], &import["entries"][0]["how"]), (&0.into(), &"path".into()));
    answer(&["playlist", "--store", store, "--forget", kept["key"].as_str().unwrap()]);
    assert_eq!(answer(&["artists", "--store", store, "--json"]), "");
}

#[test]
fn packs_are_told_and_fetched_by_nobody_who_has_not_accepted() {
    let folder = tempfile::tempdir().unwrap();
    pieces(&folder.path().join("music"), 1, 1.0);
    let store = folder.path().join("segue.db");
    let store = store.to_str().unwrap();
    assert_eq!(run(&["models", "list", "--store", store]).status.code(), Some(1), "no store is made");
    answer(&["analyse", folder.path().join("music").to_str().unwrap(), "--store", store]);
    let packs = lines(&answer(&["models", "list", "--store", store, "--json"]));
    let names: Vec<&str> = packs.iter().map(|pack| pack["name"].as_str().unwrap()).collect();
    assert_eq!(names, ["clap", "clap-htsat", "vggish", "essentia-heads", "discogs-effnet"]);
    assert!(packs.iter().all(|pack| pack["state"] == "absent" && pack["bytes"].as_u64().unwrap() > 0));
    assert!(answer(&["models", "show", "clap", "--store", store]).contains("AGPL-3.0"));
    // Nobody is there to be asked, and another licence will not do.
    for (arguments, said) in [
        (vec!["models", "install", "essentia-heads", "--store", store], "--accept CC-BY-NC-SA-4.0"),
        (vec!["models", "install", "essentia-heads", "--store", store, "--accept", "MIT"], "Not for commercial use"),
        (vec!["models", "install", "vggish", "--store", store, "--accept", "Apache-2.0"], "convert/vggish.py"),
        (vec!["models", "show", "no-pack", "--store", store], "there are clap,"),
    ] {
        let output = run(&arguments);
        assert_eq!(output.status.code(), Some(1));
        assert!(String::from_utf8_lossy(&output.stderr).contains(said), "{}", String::from_utf8_lossy(&output.stderr));
    }
    // What a person puts there counts, and is not taken away.
    std::fs::create_dir_all(folder.path().join("models/vggish")).unwrap();
    std::fs::write(folder.path().join("models/vggish/vggish.onnx"), "x").unwrap();
    let removed = lines(&answer(&["models", "remove", "vggish", "--store", store, "--json"])).remove(0);
    assert_eq!((&removed["state"], &removed["files"][0]["present"]), (&"installed".into(), &1.into()));
}
