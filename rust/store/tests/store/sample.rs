//! A small store with something in every table: written by the `fixture` example, read back by the fixture test.

use std::path::{Path, PathBuf};

use segue_store::{
    Algorithm, Analysis, Assignment, AudioFacts, ClusterGroup, ClusterRow, Details, Edges, Embedding, Error, Features,
    FileRecord, FileStamp, FileTags, ItemRecord, Labels, ListenerSong, NamedBy, PersonalListRecord, PlayRecord,
    PlaylistKind, PlaylistRecord, ProfileOf, Result, Stage, Store,
};

pub(crate) const SONGS: [&str; 2] = ["000102030405060708090a0b0c0d0e0f", "f0e0d0c0b0a090807060504030201000"];
pub(crate) const ITEMS: [&str; 2] = ["11111111111111111111111111111111", "22222222222222222222222222222222"];

pub(crate) fn stages() -> Vec<Stage> {
    vec![Stage::new("features", "1"), Stage::new("musicnn", "1")]
}

pub(crate) fn file(path: &str, title: &str, artist: &str) -> FileRecord {
    FileRecord {
        path: PathBuf::from(path),
        size: 4_000_000_000_000,
        modified_ns: 1_700_000_000_123_456_789,
        tags: FileTags {
            title: title.to_owned(),
            artist: artist.to_owned(),
            album_artist: "Various".to_owned(),
            album: "Sæmplé".to_owned(),
            track: 7,
            year: 1999,
            mb_recording: "recording".to_owned(),
            mb_release: "release".to_owned(),
            mb_artist: "artist".to_owned(),
            genres: vec!["Trip Hop".to_owned(), "Électronique".to_owned()],
        },
    }
}

/// Two heard files and one that could not be heard.
pub(crate) fn files() -> [FileRecord; 3] {
    [
        file("/music/a/one.flac", "One", "Björk"),
        file("/music/b/two.mp3", "Two", "BJÖRK"),
        file("/music/b/broken.wma", "Broken", "Nobody"),
    ]
}

pub(crate) fn embedding(model: &str, shift: f32, patches: usize) -> Embedding {
    let ramp = |from: f32| (0..8).map(|step| from + step as f32 * 0.25 + shift).collect::<Vec<f32>>();
    // The outermost values are ±127 quarters: int8 with a scale of 1/4 keeps such patches exactly.
    let patch = |number: usize| [-31.75, 31.75, 0.0, 0.25, -0.25, 1.5, -2.5, number as f32];
    Embedding {
        model: model.to_owned(),
        mean: ramp(-1.0),
        deviation: ramp(1.0),
        tags: vec![0.125, 0.5, 0.875],
        patches: (0..patches).flat_map(patch).collect(),
        weights: Vec::new(),
    }
}

pub(crate) fn audio() -> AudioFacts {
    AudioFacts {
        duration_s: 215.25,
        sample_rate: 44_100,
        channels: 2,
        codec: "flac".to_owned(),
        decoder: "symphonia".to_owned(),
        damage: 3,
    }
}

pub(crate) fn features() -> Features {
    Features {
        bpm: Some(123.4),
        bpm_confidence: Some(0.75),
        key: Some("C#".to_owned()),
        scale: Some("minor".to_owned()),
        key_strength: Some(0.6),
        loudness_lufs: Some(-14.2),
        loudness_range_lu: Some(6.5),
        true_peak_dbtp: Some(-0.3),
        energy: Some(0.4),
        danceability: Some(1.1),
        tempo_stability: Some(0.9),
        second_key: Some("E".to_owned()),
        second_scale: Some("major".to_owned()),
        second_key_strength: Some(0.5),
        tuning_cents: Some(-12.5),
        brightness: Some(0.3),
    }
}

pub(crate) fn details() -> Details {
    Details {
        vector: Some(vec![1.0, -2.0, 3.5]),
        beats: Some(vec![0.5, 1.0, 1.486, 70.25]),
        edges: Some(Edges { intro: vec![0.25, 0.5], outro: vec![-0.75, 1.5] }),
        fingerprint: Some(vec![1, 2, 3, 255]),
        labels: vec![labels("mood_happy", &["happy", "non_happy"]), labels("voice", &["instrumental", "voice"])],
    }
}

pub(crate) fn labels(source: &str, classes: &[&str]) -> Labels {
    Labels {
        source: source.to_owned(),
        stage: "heads".to_owned(),
        classes: classes.iter().map(|class| (*class).to_owned()).collect(),
        values: classes.iter().enumerate().map(|(place, _)| 0.25 + 0.5 * place as f32).collect(),
    }
}

pub(crate) fn analysis(song_id: &str, file: FileStamp) -> Analysis {
    Analysis {
        song_id: song_id.to_owned(),
        file,
        audio: Some(audio()),
        features: Some(features()),
        details: details(),
        embeddings: vec![embedding("msd", 0.0, 3), embedding("mtt", 8.0, 2)],
        stages: stages(),
    }
}

pub(crate) fn groupings() -> [(Algorithm, Assignment); 4] {
    [
        (Algorithm::KMeans, Assignment::KMeans { cluster: 4, distance: 0.75 }),
        (Algorithm::Gmm, Assignment::Gmm { cluster: 1, probabilities: vec![0.25, 0.75, 1e-300] }),
        (Algorithm::Hierarchical, Assignment::Hierarchical { level1: 2, level2: 9 }),
        (Algorithm::Dbscan, Assignment::Dbscan { cluster: -1 }),
    ]
}

pub(crate) fn groups() -> [ClusterGroup; 2] {
    [
        ClusterGroup { cluster: 1, size: 0, name: String::new(), centroid: vec![0.5, -1.25] },
        ClusterGroup { cluster: 4, size: 1, name: "Calm".to_owned(), centroid: vec![3.0, 0.0] },
    ]
}

pub(crate) const REPORT: &str = "{\"fitness\":0.5}";

pub(crate) fn playlist() -> PlaylistRecord {
    PlaylistRecord {
        key: "evening".to_owned(),
        kind: PlaylistKind::Definition,
        name: "Evening".to_owned(),
        named_by: NamedBy::Service,
        words: vec!["calm".to_owned(), "slow".to_owned()],
        definition: Some("tempo < 90".to_owned()),
        pinned: true,
        excluded: true,
        faded: 2,
        position: 3,
        description: "Calm and slow.".to_owned(),
        external_id: Some("33333333333333333333333333333333".to_owned()),
        songs: vec![SONGS[1].to_owned(), SONGS[0].to_owned()],
        ..PlaylistRecord::default()
    }
}

pub(crate) const LISTENER: &str = "44444444444444444444444444444444";

pub(crate) fn opinion() -> ListenerSong {
    ListenerSong {
        song_id: SONGS[0].to_owned(),
        plays: 3,
        favourite: true,
        disliked: false,
        last_played: 1_700_000_000,
    }
}

pub(crate) fn play() -> PlayRecord {
    PlayRecord { song_id: SONGS[1].to_owned(), at: 1_700_000_123, played_s: 31.5, skipped: true }
}

pub(crate) fn personal_list() -> PersonalListRecord {
    PersonalListRecord {
        key: "daily-2".to_owned(),
        kind: "daily".to_owned(),
        slot: 2,
        name: "Daily mix 3".to_owned(),
        description: "Round Björk.".to_owned(),
        made_at: 0,
        songs: vec![(SONGS[1].to_owned(), "near".to_owned()), (SONGS[0].to_owned(), String::new())],
    }
}

pub(crate) fn stamp(store: &Store, path: &Path) -> Result<FileStamp> {
    store.file(path)?.map(|file| file.stamp).ok_or(Error::UnknownFile { file_id: 0 })
}

/// Writes the sample into an empty store.
pub(crate) fn fill(store: &Store) -> Result<()> {
    let mut sync = store.begin_sync()?;
    let items: Vec<ItemRecord> =
        ITEMS.iter().zip(files()).map(|(item_id, file)| ItemRecord { item_id: (*item_id).to_owned(), file }).collect();
    store.sync(&mut sync, &items)?;
    store.finish_sync(sync)?;
    let mut scan = store.begin_scan()?;
    store.put_files(&mut scan, &files())?;
    store.finish_scan(scan, &[PathBuf::from("/music")])?;
    let [one, two, broken] = files().map(|file| stamp(store, &file.path));
    store.commit_analysis(&analysis(SONGS[0], one?))?;
    store.commit_analysis(&Analysis { features: None, details: Details::default(), ..analysis(SONGS[1], two?) })?;
    store.record_failure(&broken?, "unsupported", "No decoder for this.", &stages())?;
    for (algorithm, assignment) in groupings() {
        let row = ClusterRow { song_id: SONGS[0].to_owned(), assignment, confidence: Some(0.5) };
        store.replace_clusters(algorithm, &[row], &groups())?;
    }
    store.update_artist_vectors(2, ProfileOf::Network("msd"))?;
    store.save_playlists(&[playlist()])?;
    let run = store.begin_run("playlists")?;
    store.finish_run(run, "done", REPORT)?;
    store.set_state("search", Some("{}"))?;
    fill_listener(store)?;
    fill_films(store)?;
    store.set_setting("colour", Some("blue"))
}

/// Writes what came with schema 5.
pub(crate) fn fill_films(store: &Store) -> Result<()> {
    store.keep_film_measures(Path::new("/films/one.mkv"), 7, 8, "1", "{}")?;
    store.count_service_call(20_000, "vision", 3)?;
    Ok(())
}

/// Writes what came with schema 4.
pub(crate) fn fill_listener(store: &Store) -> Result<()> {
    store.set_listener_songs(LISTENER, &[opinion()], true)?;
    store.add_plays(LISTENER, &[play()])?;
    store.save_personal_lists(LISTENER, &["daily"], &[personal_list()])?;
    store.replace_recordings(&[SONGS.map(str::to_owned).to_vec()])
}
