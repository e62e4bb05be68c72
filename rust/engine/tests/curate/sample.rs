//! A library of made-up songs in styles that lie apart: each style has its place in the networks' spaces, its tags, its tempo.

use std::path::{Path, PathBuf};

use segue_engine::{ClusterRequest, Engine, LibraryTrack, Options, PlaylistRequest, Tags};
use segue_store::{Analysis, AudioFacts, Details, Embedding, Features, FileRecord, FileTags, ItemRecord, Stage, Store};

/// Dimensions of an embedding, and tags of a network.
const DENSE: usize = 200;
const TAGS: usize = 50;

/// A song that never was.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct Piece {
    /// Its style, from 0 on; songs of one style lie near each other.
    pub(crate) style: usize,
    /// Its number within all.
    pub(crate) number: usize,
    /// Its artist; empty: unknown.
    pub(crate) artist: String,
    /// Its title.
    pub(crate) title: String,
}

impl Piece {
    pub(crate) fn song_id(&self) -> String {
        format!("{:032x}", 0xa000_0000_u64 + self.number as u64)
    }

    pub(crate) fn item_id(&self) -> String {
        format!("{:032x}", 0xb000_0000_u64 + self.number as u64)
    }

    pub(crate) fn path(&self) -> PathBuf {
        PathBuf::from(format!(
            "/music/{}/{}.flac",
            if self.artist.is_empty() { "unsorted" } else { &self.artist },
            self.title
        ))
    }

    /// As a media server's library tells of it.
    pub(crate) fn track(&self) -> LibraryTrack {
        let tags = Tags { title: self.title.clone(), artist: self.artist.clone(), ..Tags::default() };
        LibraryTrack { item_id: self.item_id(), path: self.path(), tags }
    }

    fn record(&self) -> ItemRecord {
        let genres = ["Rock", "Jazz", "Ambient", "Classical", "Metal", "Folk"];
        ItemRecord {
            item_id: self.item_id(),
            file: FileRecord {
                path: self.path(),
                size: 1_000_000 + self.number as u64,
                modified_ns: 1_700_000_000_000_000_000 + self.number as i64,
                tags: FileTags {
                    title: self.title.clone(),
                    artist: self.artist.clone(),
                    album: format!("Album {}", self.number / 12),
                    year: 1970 + (self.style as i32 * 10) % 50,
                    genres: vec![genres[self.style % genres.len()].to_owned()],
                    ..FileTags::default()
                },
            },
        }
    }
}

/// `styles` styles of `each` songs by `artists` artists per style.
pub(crate) fn pieces(styles: usize, each: usize, artists: usize) -> Vec<Piece> {
    (0..styles * each)
        .map(|number| {
            let style = number % styles;
            let artist = (number / styles) % artists.max(1);
            Piece {
                style,
                number,
                artist: if artists == 0 { String::new() } else { format!("Artist {style}-{artist}") },
                title: format!("Song {number}"),
            }
        })
        .collect()
}

/// A number in −1..1 that hangs on its arguments only.
fn noise(a: usize, b: usize, c: usize) -> f32 {
    let mut x = (a as u64).wrapping_mul(0x9e37_79b9_7f4a_7c15)
        ^ (b as u64).wrapping_mul(0xbf58_476d_1ce4_e5b9)
        ^ (c as u64).wrapping_mul(0x94d0_49bb_1331_11eb);
    x ^= x >> 31;
    x = x.wrapping_mul(0xd6e8_feb8_6659_fd93);
    x ^= x >> 32;
    (x % 20_001) as f32 / 10_000.0 - 1.0
}

fn analysis(piece: &Piece, file: segue_store::FileStamp) -> Analysis {
    let embedding = |model: &str, salt: usize| Embedding {
        model: model.to_owned(),
        mean: (0..DENSE).map(|i| 2.0 * noise(piece.style, i, salt) + 0.7 * noise(piece.number, i, salt + 1)).collect(),
        deviation: (0..DENSE)
            .map(|i| 1.0 + 0.3 * noise(piece.style, i, salt + 2) + 0.1 * noise(piece.number, i, salt + 3))
            .collect(),
        tags: (0..TAGS)
            .map(|tag| {
                let own = tag % 8 == piece.style % 8;
                (if own { 0.6 } else { 0.05 } + 0.05 * noise(piece.number, tag, salt + 4)).clamp(0.0, 1.0)
            })
            .collect(),
        patches: Vec::new(),
        weights: Vec::new(),
    };
    Analysis {
        song_id: piece.song_id(),
        file,
        audio: Some(AudioFacts {
            duration_s: 180.0 + 10.0 * f64::from(noise(piece.number, 1, 9)),
            sample_rate: 44_100,
            channels: 2,
            codec: "flac".to_owned(),
            decoder: "symphonia".to_owned(),
            damage: 0,
        }),
        features: Some(Features {
            bpm: Some(70.0 + 15.0 * piece.style as f32 + 3.0 * noise(piece.number, 2, 9)),
            bpm_confidence: Some(0.8),
            key: Some("C".to_owned()),
            scale: Some(if piece.style.is_multiple_of(2) { "major" } else { "minor" }.to_owned()),
            key_strength: Some(0.7),
            loudness_lufs: Some(-14.0),
            energy: Some((0.2 + 0.1 * piece.style as f32 + 0.05 * noise(piece.number, 3, 9)).clamp(0.0, 1.0)),
            danceability: Some(1.0),
            brightness: Some(0.5),
            ..Features::default()
        }),
        details: Details {
            vector: Some((0..95).map(|i| 5.0 * noise(piece.style, i, 20) + noise(piece.number, i, 21)).collect()),
            ..Details::default()
        },
        embeddings: ["msd", "mtt", "msd_levelled", "mtt_levelled"]
            .iter()
            .enumerate()
            .map(|(salt, model)| embedding(model, 10 * salt))
            .collect(),
        stages: vec![Stage::new("musicnn", "sample")],
    }
}

/// Puts these songs, and no others, into the library of a store; songs that are there already stay as they are.
pub(crate) fn fill(store: &Path, pieces: &[Piece]) {
    let (store, _) = Store::open(store).unwrap();
    let mut sync = store.begin_sync().unwrap();
    let records: Vec<ItemRecord> = pieces.iter().map(Piece::record).collect();
    store.sync(&mut sync, &records).unwrap();
    store.finish_sync(sync).unwrap();
    for piece in pieces {
        let row = store.file(&piece.path()).unwrap().unwrap();
        if row.song_id.is_none() {
            store.commit_analysis(&analysis(piece, row.stamp)).unwrap();
        }
    }
    store.close().unwrap();
}

/// An engine on a library of these songs.
pub(crate) fn engine(folder: &Path, pieces: &[Piece]) -> Engine {
    let store = folder.join("segue.db");
    fill(&store, pieces);
    open(folder)
}

/// An engine on what is there.
pub(crate) fn open(folder: &Path) -> Engine {
    open_with(folder, 2)
}

/// The same with as many threads.
pub(crate) fn open_with(folder: &Path, threads: usize) -> Engine {
    Engine::open(Options { store: folder.join("segue.db"), threads, ..Options::default() }).unwrap()
}

/// A search that is short enough for a test.
pub(crate) fn short() -> ClusterRequest {
    ClusterRequest { runs: 24, ..ClusterRequest::default() }
}

/// Playlists by a short search.
pub(crate) fn request() -> PlaylistRequest {
    PlaylistRequest { cluster: short(), ..PlaylistRequest::default() }
}
