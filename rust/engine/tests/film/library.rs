//! The reference library as facts: what was heard of its 36 tracks, without the music.

use std::path::{Path, PathBuf};

use segue_engine::{Engine, Options};
use segue_store::{Analysis, AudioFacts, Details, Embedding, Features, FileRecord, FileTags, Stage, Store};
use serde_json::Value;

/// Packages of the reference library, see `tests/corpus.toml`.
const PACKAGES: [&str; 4] = ["lincity-ng-data", "planetblupi-music-ogg", "singularity-music", "xmoto-data"];

/// A track of the reference library: arousal and valence as the engine judges them.
#[derive(Debug, Clone)]
pub(crate) struct Reference {
    pub(crate) song_id: String,
    pub(crate) artist: String,
    pub(crate) arousal: f32,
    pub(crate) valence: f32,
}

fn number(track: &Value, name: &str) -> Option<f32> {
    track[name].as_f64().map(|value| value as f32)
}

fn tags(track: &Value, name: &str) -> Vec<f32> {
    track[name].as_array().unwrap().iter().map(|tag| tag.as_f64().unwrap() as f32 / 10_000.0).collect()
}

/// Fills a store with the reference library, and says what is in it.
pub(crate) fn fill(path: &Path) -> Vec<Reference> {
    let facts = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../tests/search/tuning.json");
    let tracks: Vec<Value> = serde_json::from_str(&std::fs::read_to_string(facts).unwrap()).unwrap();
    let of_reference = |track: &&Value| {
        let id = track["id"].as_str().unwrap();
        PACKAGES.iter().any(|package| id.starts_with(&format!("{package}/")))
    };
    let (store, _) = Store::open(path).unwrap();
    let mut library = Vec::new();
    for (at, track) in tracks.iter().filter(of_reference).enumerate() {
        let file = PathBuf::from(format!("/music/{}.ogg", track["id"].as_str().unwrap()));
        let text = |name: &str| track[name].as_str().unwrap_or_default().to_owned();
        let genres = track["genres"].as_array().unwrap().iter().map(|genre| genre.as_str().unwrap().to_owned());
        let named =
            FileTags { title: text("title"), artist: text("artist"), genres: genres.collect(), ..FileTags::default() };
        let mut scan = store.begin_scan().unwrap();
        store.put_files(&mut scan, &[FileRecord { path: file.clone(), size: 1, modified_ns: 1, tags: named }]).unwrap();
        store.finish_scan(scan, &[]).unwrap();
        let song_id = format!("{:032x}", 0xf11e_0000_u64 + at as u64);
        let (msd, mtt) = (tags(track, "msd"), tags(track, "mtt"));
        // Embeddings are not among the facts: tags that sound alike stand for them.
        let embedding = |model: &str| Embedding {
            model: model.to_owned(),
            mean: msd.iter().chain(&mtt).cycle().take(200).map(|tag| tag.max(1e-4).ln()).collect(),
            deviation: mtt.iter().chain(&msd).cycle().take(200).map(|tag| 0.5 + tag).collect(),
            tags: if model.starts_with("msd") { msd.clone() } else { mtt.clone() },
            patches: Vec::new(),
            weights: Vec::new(),
        };
        let analysis = Analysis {
            song_id: song_id.clone(),
            file: store.file(&file).unwrap().unwrap().stamp,
            audio: Some(AudioFacts {
                duration_s: track["duration"].as_f64().unwrap(),
                codec: "vorbis".to_owned(),
                ..AudioFacts::default()
            }),
            features: Some(Features {
                bpm: number(track, "tempo"),
                bpm_confidence: number(track, "tempo_confidence"),
                energy: number(track, "energy"),
                danceability: number(track, "danceability"),
                brightness: number(track, "brightness"),
                scale: track["minor"].as_bool().map(|minor| if minor { "minor" } else { "major" }.to_owned()),
                ..Features::default()
            }),
            details: Details::default(),
            embeddings: ["msd", "mtt", "msd_levelled", "mtt_levelled"].map(embedding).into(),
            stages: vec![Stage::new("musicnn", "sample")],
        };
        assert!(store.commit_analysis(&analysis).unwrap());
        let mood = |at: usize| track["moods"][at].as_f64().unwrap() as f32;
        library.push(Reference { song_id, artist: text("artist"), arousal: mood(0), valence: mood(1) });
    }
    assert_eq!(library.len(), 36);
    library
}

/// An engine on the reference library.
pub(crate) fn engine(folder: &Path, ffmpeg: Option<PathBuf>) -> (Engine, Vec<Reference>) {
    let store = folder.join("segue.db");
    let library = fill(&store);
    let repository = Path::new(env!("CARGO_MANIFEST_DIR")).join("../..").canonicalize().unwrap();
    let options = Options {
        store,
        models: Some(repository.join("models")),
        search: vec![repository.join(".cache/onnxruntime")],
        ffmpeg,
        ..Options::default()
    };
    (Engine::open(options).unwrap(), library)
}
