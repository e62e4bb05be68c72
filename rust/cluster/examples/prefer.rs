//! Whether a listener would prefer what the search finds to plain k-means: `docs/clustering.md`, "The search".
//!
//! `segue tracks --store a.db --vectors --json > a.jsonl`, then
//! `cargo run --release -p segue-cluster --example prefer -- a.jsonl [RUNS] [K …]`.
//! A track's soundtrack is the folder that its file lies in.

use std::collections::HashMap;
use std::error::Error;
use std::io::Write;

use ndarray::{Array2, ArrayView2, Axis, concatenate, s};
use segue_cluster::{
    Algorithm, FitnessLimits, FitnessWeights, Grouping, KMeans, KMeansOptions, PlaylistOptions, Points, Ranges, Search,
    SearchData, SearchOptions, Song, assign_all, evaluate, select,
};
use segue_vectors::{Standardiser, dot, norm};

/// Blocks of the space that neighbours go by, and their weights.
const BLOCKS: [(&str, f32); 4] = [
    ("msd_levelled_dense", 1.0),
    ("msd_levelled_dense_std", 0.5),
    ("mtt_levelled_dense", 1.0),
    ("mtt_levelled_dense_std", 0.5),
];
const SEEDS: [u64; 5] = [1, 2, 3, 4, 5];

struct Music {
    points: Array2<f32>,
    tags: Array2<f32>,
    soundtracks: Vec<String>,
    artists: Vec<String>,
}

fn main() -> Result<(), Box<dyn Error>> {
    let mut arguments = std::env::args().skip(1);
    let file = arguments.next().ok_or("say which file of tracks")?;
    let runs = arguments.next().map_or(Ok(300), |text| text.parse())?;
    let ks: Vec<usize> = arguments.map(|text| text.parse()).collect::<Result<_, _>>()?;
    let music = read(&file)?;
    let suggested = segue_cluster::suggest_k(music.soundtracks.len());
    let ks = if ks.is_empty() { vec![suggested, suggested * 3 / 2] } else { ks };
    writeln!(std::io::stdout(), "{} tracks, {} soundtracks", music.soundtracks.len(), distinct(&music.soundtracks))?;
    for k in ks {
        compare(&music, k, runs)?;
    }
    Ok(())
}

fn distinct(words: &[String]) -> usize {
    words.iter().collect::<std::collections::HashSet<_>>().len()
}

fn read(file: &str) -> Result<Music, Box<dyn Error>> {
    let mut blocks: Vec<Vec<f32>> = vec![Vec::new(); BLOCKS.len()];
    let (mut tags, mut soundtracks, mut artists) = (Vec::new(), Vec::new(), Vec::new());
    for line in std::fs::read_to_string(file)?.lines() {
        let track: serde_json::Value = serde_json::from_str(line)?;
        let path = track["path"].as_str().ok_or("a track without a path")?;
        let folder = std::path::Path::new(path).parent().and_then(|folder| folder.file_name());
        soundtracks.push(folder.map(|name| name.to_string_lossy().into_owned()).unwrap_or_default());
        artists.push(track["artist"].as_str().unwrap_or_default().to_lowercase());
        let number = |value: &serde_json::Value| value.as_f64().unwrap_or_default() as f32;
        for (block, (name, _)) in blocks.iter_mut().zip(BLOCKS) {
            block.extend(track["vectors"][name].as_array().ok_or("a track without vectors")?.iter().map(number));
        }
        for network in ["msd", "mtt"] {
            tags.extend(track["tags"][network].as_object().ok_or("a track without tags")?.values().map(number));
        }
    }
    let n = soundtracks.len();
    let total: f32 = BLOCKS.iter().map(|(_, weight)| weight).sum();
    let mut parts = Vec::new();
    for (block, (_, weight)) in blocks.into_iter().zip(BLOCKS) {
        let mut rows = Array2::from_shape_vec((n, block.len() / n.max(1)), block)?;
        let standardiser = Standardiser::fit(rows.view())?;
        for mut row in rows.rows_mut() {
            let row = row.as_slice_mut().ok_or("rows lie apart")?;
            standardiser.apply(row);
            let scale = (weight / total).sqrt() / norm(row).max(f32::MIN_POSITIVE);
            row.iter_mut().for_each(|value| *value *= scale);
        }
        parts.push(rows);
    }
    let views: Vec<ArrayView2<'_, f32>> = parts.iter().map(|part| part.view()).collect();
    let points = concatenate(Axis(1), &views)?;
    let tags = Array2::from_shape_vec((n, tags.len() / n.max(1)), tags)?;
    Ok(Music { points, tags, soundtracks, artists })
}

fn never() -> bool {
    false
}

/// The best of a search for `k` groups, for every track.
fn searched(music: &Music, data: &SearchData, k: usize, runs: usize, seed: u64) -> Result<Grouping, Box<dyn Error>> {
    let tracks = music.soundtracks.len();
    let ranges = Ranges { clusters: k..=k, ..Ranges::default().widened(tracks) };
    let mut search = Search::new(SearchOptions { algorithm: Algorithm::KMeans, ranges, runs, patience: 0, seed });
    let options = PlaylistOptions::default();
    let limits = FitnessLimits {
        min_songs: options.least_songs(tracks),
        max_songs: options.max_songs,
        max_per_artist: options.max_per_artist,
    };
    loop {
        let batch = search.next_batch();
        if batch.is_empty() {
            break;
        }
        let outcome = |candidate| evaluate(data, candidate, &FitnessWeights::default(), &limits, &never);
        search.tell(batch.iter().map(outcome).collect::<Result<_, _>>()?);
    }
    let best = search.best().ok_or("nothing found")?;
    let everyone: Vec<usize> = (0..tracks).collect();
    Ok(assign_all(data, best, music.points.view(), music.tags.view(), &everyone, &never)?)
}

/// The best of ten runs of k-means.
fn plain(music: &Music, k: usize, seed: u64) -> Result<Grouping, Box<dyn Error>> {
    let points = Points::new(music.points.view())?;
    let options = KMeansOptions { n_init: 10, seed, ..KMeansOptions::new(k) };
    Ok(KMeans::fit_points(&points, &options, &never)?.into_grouping(&points, &never)?)
}

/// Per track its playlist, for playlists of the songs nearest to the middle of their group. Both sides are made alike:
/// of all groups, `most` songs at most, artists and distances as they are (a soundtrack often is by one artist).
fn listed(music: &Music, grouping: &Grouping, most: usize) -> Result<Vec<Option<usize>>, Box<dyn Error>> {
    let tracks = grouping.labels.len();
    let mut nearest: Vec<usize> = (0..tracks).collect();
    nearest.sort_by(|a, b| grouping.distances[*a].total_cmp(&grouping.distances[*b]));
    let mut counts: HashMap<usize, usize> = HashMap::new();
    let mut lists = vec![None; tracks];
    for track in nearest {
        if let Some(label) = grouping.labels[track] {
            let count = counts.entry(label).or_default();
            *count += 1;
            lists[track] = (*count <= most).then_some(label);
        }
    }
    if music.soundtracks.len() == tracks { Ok(lists) } else { Err("tracks are missing".into()) }
}

/// Per track its playlist as the product makes them, but of all tracks however far out, so that both sides have as many.
fn selected(music: &Music, grouping: &Grouping) -> Result<Vec<Option<usize>>, Box<dyn Error>> {
    let songs: Vec<Song<'_>> = music.artists.iter().map(|artist| Song { artist, ..Song::default() }).collect();
    let options = PlaylistOptions { max_distance: 1.0, top_playlists: 0, ..PlaylistOptions::default() };
    let playlists = select(grouping, music.points.view(), &songs, &options, &never)?;
    let mut lists = vec![None; grouping.labels.len()];
    for (number, playlist) in playlists.iter().enumerate() {
        playlist.songs.iter().for_each(|track| lists[*track] = Some(number));
    }
    Ok(lists)
}

fn compare(music: &Music, k: usize, runs: usize) -> Result<(), Box<dyn Error>> {
    let artists: Vec<&str> = music.artists.iter().map(String::as_str).collect();
    let data = SearchData::new(music.points.view(), music.tags.view(), &artists, &never)?;
    let mut found: [Vec<[Vec<f64>; 2]>; 3] = Default::default();
    for seed in SEEDS {
        let (ten, best) = (plain(music, k, seed)?, searched(music, &data, k, runs, seed)?);
        let core = music.soundtracks.len() / k / 2;
        found[0].push([measures(music, &ten.labels), measures(music, &best.labels)]);
        found[1].push([measures(music, &listed(music, &ten, core)?), measures(music, &listed(music, &best, core)?)]);
        found[2].push([measures(music, &selected(music, &ten)?), measures(music, &selected(music, &best)?)]);
    }
    for (title, rows) in ["whole groups", "half of each group, the nearest", "playlists as made"].iter().zip(&found) {
        writeln!(std::io::stdout(), "\nK {k}, {title}\n{:22} plain  search       %  better in", "")?;
        for (index, name) in ["purity", "same soundtrack", "tag agreement", "share of tracks"].iter().enumerate() {
            let mean = |which: usize| rows.iter().map(|row| row[which][index]).sum::<f64>() / rows.len() as f64;
            let (plain, search) = (mean(0), mean(1));
            let better = rows.iter().filter(|row| row[1][index] > row[0][index]).count();
            writeln!(
                std::io::stdout(),
                "{name:20} {plain:7.3} {search:7.3}  {:+6.1}  {better} of 5",
                100.0 * (search / plain - 1.0)
            )?;
        }
    }
    Ok(())
}

/// Purity, pairs of one soundtrack, tags within less between, tracks in groups.
fn measures(music: &Music, labels: &[Option<usize>]) -> Vec<f64> {
    let mut groups: HashMap<usize, HashMap<&str, usize>> = HashMap::new();
    for (label, soundtrack) in labels.iter().zip(&music.soundtracks) {
        if let Some(label) = label {
            *groups.entry(*label).or_default().entry(soundtrack).or_default() += 1;
        }
    }
    let grouped = labels.iter().flatten().count();
    let most: usize = groups.values().map(|group| group.values().max().copied().unwrap_or_default()).sum();
    let (mut same, mut within, mut pairs) = (0usize, 0.0, 0usize);
    let (mut between, mut others) = (0.0, 0usize);
    let lengths: Vec<f32> = music.tags.rows().into_iter().map(|row| row.dot(&row).sqrt()).collect();
    for (a, first) in labels.iter().enumerate() {
        for (b, second) in labels.iter().enumerate().skip(a + 1) {
            let (Some(first), Some(second)) = (first, second) else { continue };
            let (x, y) = (music.tags.slice(s![a, ..]), music.tags.slice(s![b, ..]));
            let product = dot(x.to_slice().unwrap_or_default(), y.to_slice().unwrap_or_default());
            let cosine = f64::from(product / (lengths[a] * lengths[b]).max(f32::MIN_POSITIVE));
            if first == second {
                pairs += 1;
                within += cosine;
                same += usize::from(music.soundtracks[a] == music.soundtracks[b]);
            } else {
                others += 1;
                between += cosine;
            }
        }
    }
    let tags = within / pairs.max(1) as f64 - between / others.max(1) as f64;
    vec![
        most as f64 / grouped.max(1) as f64,
        same as f64 / pairs.max(1) as f64,
        tags,
        grouped as f64 / labels.len().max(1) as f64,
    ]
}
