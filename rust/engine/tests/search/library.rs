//! A library of a few songs whose tags, sounds and numbers the tests choose.

use std::path::{Path, PathBuf};

use segue_engine::{Engine, ItemId, LibraryTrack, Options, Tags};
use segue_store::{
    Analysis, AudioFacts, Details, Embedding, Features, FileRecord, FileTags, ItemRecord, Labels, Stage, Store,
};

const DENSE: usize = 200;

/// A song that never was.
#[derive(Debug, Clone)]
pub(crate) struct Tune {
    pub(crate) number: usize,
    pub(crate) title: &'static str,
    pub(crate) artist: &'static str,
    pub(crate) album: &'static str,
    pub(crate) genres: Vec<&'static str>,
    pub(crate) year: i32,
    pub(crate) tempo: f32,
    /// Tags that the second network hears; all others are hardly there.
    pub(crate) heard: Vec<&'static str>,
    /// Songs of one place lie near each other in the space.
    pub(crate) place: usize,
    /// What a network of a person's own hears.
    pub(crate) styles: Vec<(&'static str, f32)>,
    /// Songs with the same number are one recording.
    pub(crate) recording: Option<usize>,
}

impl Tune {
    pub(crate) fn new(number: usize, title: &'static str, artist: &'static str) -> Self {
        Self {
            number,
            title,
            artist,
            album: "",
            genres: Vec::new(),
            year: 0,
            tempo: 100.0,
            heard: Vec::new(),
            place: number,
            styles: Vec::new(),
            recording: None,
        }
    }

    pub(crate) fn song_id(&self) -> String {
        format!("{:032x}", 0xc000_0000_u64 + self.number as u64)
    }

    pub(crate) fn item_id(&self) -> String {
        format!("{:032x}", 0xd000_0000_u64 + self.number as u64)
    }

    pub(crate) fn item(&self) -> ItemId {
        u128::from_str_radix(&self.item_id(), 16).unwrap().to_be_bytes()
    }

    /// In a folder of its own, so that titles may be the same.
    pub(crate) fn path(&self) -> PathBuf {
        PathBuf::from(format!("/music/{}/{}.flac", self.number, self.title))
    }

    pub(crate) fn track(&self) -> LibraryTrack {
        let tags = Tags {
            title: self.title.to_owned(),
            artist: self.artist.to_owned(),
            album: self.album.to_owned(),
            year: self.year,
            genres: self.genres.iter().map(|genre| (*genre).to_owned()).collect(),
            ..Tags::default()
        };
        LibraryTrack { item_id: self.item_id(), path: self.path(), tags }
    }

    fn record(&self) -> ItemRecord {
        let tags = FileTags {
            title: self.title.to_owned(),
            artist: self.artist.to_owned(),
            album: self.album.to_owned(),
            year: self.year,
            genres: self.genres.iter().map(|genre| (*genre).to_owned()).collect(),
            ..FileTags::default()
        };
        let file = FileRecord { path: self.path(), size: 1000 + self.number as u64, modified_ns: 1, tags };
        ItemRecord { item_id: self.item_id(), file }
    }

    fn analysis(&self, file: segue_store::FileStamp) -> Analysis {
        let wave = |seed: usize, i: usize| ((seed * 37 + i * 11) as f32 * 0.7).sin();
        let embedding = |model: &str| {
            let tags = if model.starts_with("mtt") {
                segue_search::Network::Mtt
                    .tags()
                    .map(|tag| if self.heard.contains(&tag) { 0.9 } else { 0.005 })
                    .to_vec()
            } else {
                vec![0.005; 50]
            };
            Embedding {
                model: model.to_owned(),
                mean: (0..DENSE).map(|i| wave(self.place, i) + 0.05 * wave(1000 + self.number, i)).collect(),
                deviation: (0..DENSE).map(|i| 1.0 + 0.3 * wave(self.place + 500, i)).collect(),
                tags,
                patches: Vec::new(),
                weights: Vec::new(),
            }
        };
        let (classes, values): (Vec<String>, Vec<f32>) =
            self.styles.iter().map(|(name, value)| ((*name).to_owned(), *value)).unzip();
        let labels = if classes.is_empty() {
            Vec::new()
        } else {
            vec![Labels { source: "discogs-effnet".to_owned(), stage: "styles".to_owned(), classes, values }]
        };
        Analysis {
            song_id: self.song_id(),
            file,
            audio: Some(AudioFacts {
                // Songs of one place and length would be one recording.
                duration_s: 100.0 + 5.0 * self.number as f64,
                codec: "flac".to_owned(),
                ..AudioFacts::default()
            }),
            features: Some(Features {
                bpm: Some(self.tempo),
                bpm_confidence: Some(0.9),
                energy: Some(0.5),
                danceability: Some(1.0),
                ..Features::default()
            }),
            details: Details { labels, ..Details::default() },
            embeddings: ["msd", "mtt", "msd_levelled", "mtt_levelled"].map(embedding).into(),
            stages: vec![Stage::new("musicnn", "sample"), Stage::new("styles", "sample")],
        }
    }
}

/// Puts these songs, and no others, into the library of a store, and lets them be heard.
pub(crate) fn fill(path: &Path, tunes: &[Tune]) {
    let (store, _) = Store::open(path).unwrap();
    let mut sync = store.begin_sync().unwrap();
    store.sync(&mut sync, &tunes.iter().map(Tune::record).collect::<Vec<_>>()).unwrap();
    store.finish_sync(sync).unwrap();
    for tune in tunes {
        let row = store.file(&tune.path()).unwrap().unwrap();
        if row.song_id.is_none() {
            assert!(store.commit_analysis(&tune.analysis(row.stamp)).unwrap());
        }
    }
    let mut groups: std::collections::BTreeMap<usize, Vec<String>> = std::collections::BTreeMap::new();
    for tune in tunes {
        groups.entry(tune.recording.unwrap_or(usize::MAX)).or_default().push(tune.song_id());
    }
    groups.remove(&usize::MAX);
    store.replace_recordings(&groups.into_values().collect::<Vec<_>>()).unwrap();
    store.set_setting("stages", Some("musicnn=sample\nstyles=sample")).unwrap();
    store.close().unwrap();
}

/// An engine on a library of these songs.
pub(crate) fn engine(folder: &Path, tunes: &[Tune]) -> Engine {
    fill(&folder.join("segue.db"), tunes);
    open(folder)
}

pub(crate) fn open(folder: &Path) -> Engine {
    Engine::open(Options { store: folder.join("segue.db"), threads: 1, ..Options::default() }).unwrap()
}

/// A library of a dozen songs.
pub(crate) fn dozen() -> Vec<Tune> {
    let piano = vec!["piano", "slow", "soft", "quiet", "no vocals", "no voice", "classical"];
    let techno = vec!["techno", "electronic", "beat", "fast", "loud", "drums", "synth"];
    let rock = vec!["rock", "guitar", "loud", "drums", "male vocal", "vocals", "singing"];
    let tune = Tune::new;
    vec![
        Tune {
            heard: piano.clone(),
            place: 1,
            tempo: 60.0,
            genres: vec!["Classical"],
            ..tune(0, "Gymnopédie", "Erik Satie")
        },
        Tune {
            heard: piano.clone(),
            place: 1,
            tempo: 64.0,
            genres: vec!["Classical"],
            ..tune(1, "Nocturne", "Frédéric Chopin")
        },
        Tune { heard: piano, place: 1, tempo: 66.0, year: 1994, ..tune(2, "Evening Song", "Erik Satie") },
        Tune { heard: techno.clone(), place: 2, tempo: 132.0, year: 1996, ..tune(3, "Machine", "Kraft") },
        Tune { heard: techno.clone(), place: 2, tempo: 140.0, year: 2021, ..tune(4, "Blue Monday", "Kraft") },
        Tune { heard: techno, place: 2, tempo: 128.0, ..tune(5, "Warehouse", "Volt") },
        Tune {
            heard: rock.clone(),
            place: 3,
            tempo: 120.0,
            year: 1994,
            genres: vec!["Hard Rock"],
            ..tune(6, "Thunder", "Stones & Sons")
        },
        Tune {
            heard: rock.clone(),
            place: 3,
            tempo: 118.0,
            year: 1975,
            genres: vec!["Rock"],
            ..tune(7, "Monday Morning", "Stones & Sons")
        },
        Tune { heard: rock.clone(), place: 3, album: "Straße der Träume", ..tune(8, "Lights", "Björk") },
        Tune { heard: rock, place: 3, tempo: 121.0, ..tune(9, "Human Behaviour", "Björk") },
        Tune { place: 4, styles: vec![("Electronic---Deep House", 0.8)], ..tune(10, "Late", "Deejay") },
        Tune { place: 4, styles: vec![("Electronic---Deep House", 0.05)], ..tune(11, "Later", "Deejay") },
    ]
}
