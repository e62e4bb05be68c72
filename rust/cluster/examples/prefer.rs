//! Whether a listener would prefer what the search finds to plain k-means: `docs/clustering.md`, "The search".
//!
//! `segue tracks --store a.db --vectors --json > a.jsonl`, then
//! `cargo run --release -p segue-cluster --example prefer -- a.jsonl [RUNS] [K …]`.
//! A track's soundtrack is the folder that its file lies in.

use std::collections::HashMap;
use std::error::Error;

use ndarray::{Array2, ArrayView2, Axis, concatenate, s};
use segue_cluster::{
    Algorithm, FitnessLimits, FitnessWeights, KMeans, KMeansOptions, Ranges, Search, SearchData, SearchOptions,
    evaluate,
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
    println!("{} tracks, {} soundtracks", music.soundtracks.len(), distinct(&music.soundtracks));
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

fn compare(music: &Music, k: usize, runs: usize) -> Result<(), Box<dyn Error>> {
    let artists: Vec<&str> = music.artists.iter().map(String::as_str).collect();
    let data = SearchData::new(music.points.view(), music.tags.view(), &artists, &never)?;
    let limits = FitnessLimits { min_songs: 5, max_songs: 40, max_per_artist: 3 };
    let mut rows: Vec<[Vec<f64>; 2]> = Vec::new();
    for seed in SEEDS {
        let options = KMeansOptions { n_init: 10, seed, ..KMeansOptions::new(k) };
        let plain: Vec<Option<usize>> =
            KMeans::fit(music.points.view(), &options, &never)?.labels.into_iter().map(Some).collect();
        let tracks = music.soundtracks.len();
        let ranges = Ranges { clusters: k..=k, ..Ranges::default().widened(tracks) };
        let options = SearchOptions {
            algorithm: Algorithm::KMeans,
            ranges: Ranges { clusters: k..=k, ..ranges },
            runs,
            patience: 0,
            seed,
        };
        let mut search = Search::new(options);
        loop {
            let batch = search.next_batch();
            if batch.is_empty() {
                break;
            }
            let outcome = |candidate| evaluate(&data, candidate, &FitnessWeights::default(), &limits, &never);
            search.tell(batch.iter().map(outcome).collect::<Result<_, _>>()?);
        }
        let best = search.best().ok_or("nothing found")?;
        if std::env::var_os("SHOW").is_some() {
            println!("{:?} {:.3} {:?}", best.candidate, best.fitness, best.parts);
        }
        rows.push([measures(music, &plain), measures(music, &best.labels)]);
    }
    println!("K {k}                plain  search     %");
    for (index, name) in ["purity", "same soundtrack", "tag agreement", "share of tracks"].iter().enumerate() {
        let mean = |which: usize| rows.iter().map(|row| row[which][index]).sum::<f64>() / rows.len() as f64;
        let (plain, search) = (mean(0), mean(1));
        let better = rows.iter().filter(|row| row[1][index] > row[0][index]).count();
        println!("{name:18} {plain:7.3} {search:7.3} {:+6.1}  better in {better}", 100.0 * (search / plain - 1.0));
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
