//! Groups of songs: clusters and artists.

use std::collections::HashMap;

use rusqlite::{Row, params};

use crate::analyses::song_exists;
use crate::blob::encode_f32;
use crate::error::{Error, Fault, Outcome, Result};
use crate::files::valid_id;
use crate::records::{Algorithm, ArtistVector, Assignment, ClusterRow};
use crate::songs::floats;
use crate::store::Store;

impl Algorithm {
    fn name(self) -> &'static str {
        match self {
            Self::KMeans => "kmeans",
            Self::Gmm => "gmm",
            Self::Hierarchical => "hierarchical",
            Self::Dbscan => "dbscan",
        }
    }
}

impl Assignment {
    fn algorithm(&self) -> Algorithm {
        match self {
            Self::KMeans { .. } => Algorithm::KMeans,
            Self::Gmm { .. } => Algorithm::Gmm,
            Self::Hierarchical { .. } => Algorithm::Hierarchical,
            Self::Dbscan { .. } => Algorithm::Dbscan,
        }
    }
}

/// `song_clusters` as it lies in the table: one set of columns per algorithm, the others' NULL.
#[derive(Default)]
struct ClusterColumns {
    kmeans_cluster_id: Option<i64>,
    kmeans_distance: Option<f64>,
    gmm_cluster_id: Option<i64>,
    gmm_probabilities: Option<String>,
    hier_level1_id: Option<i64>,
    hier_level2_id: Option<i64>,
    dbscan_cluster_id: Option<i64>,
}

impl From<&Assignment> for ClusterColumns {
    fn from(assignment: &Assignment) -> Self {
        let mut columns = Self::default();
        match assignment {
            Assignment::KMeans { cluster, distance } => {
                columns.kmeans_cluster_id = Some(*cluster);
                columns.kmeans_distance = Some(*distance);
            }
            Assignment::Gmm { cluster, probabilities } => {
                columns.gmm_cluster_id = Some(*cluster);
                columns.gmm_probabilities = Some(json_numbers(probabilities));
            }
            Assignment::Hierarchical { level1, level2 } => {
                columns.hier_level1_id = Some(*level1);
                columns.hier_level2_id = Some(*level2);
            }
            Assignment::Dbscan { cluster } => columns.dbscan_cluster_id = Some(*cluster),
        }
        columns
    }
}

impl Store {
    /// Replaces an algorithm's grouping by this one, in one transaction. Other algorithms' groupings stay.
    ///
    /// # Errors
    ///
    /// [`Error::Invalid`] for a malformed key, a song that comes twice, or a row of another algorithm,
    /// [`Error::NotFinite`], [`Error::UnknownSong`]; `Locked`, `DiskFull`, `Damaged`. The old grouping stays then.
    pub fn replace_clusters(&self, algorithm: Algorithm, rows: &[ClusterRow]) -> Result<()> {
        self.write(|db| {
            db.execute("DELETE FROM song_clusters WHERE algorithm = ?1", [algorithm.name()])?;
            let mut insert = db.prepare_cached(
                "INSERT INTO song_clusters (song_id, algorithm, kmeans_cluster_id, kmeans_distance, gmm_cluster_id, \
                 gmm_probabilities, hier_level1_id, hier_level2_id, dbscan_cluster_id, confidence) \
                 VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10) ON CONFLICT DO NOTHING",
            )?;
            for row in rows {
                let song_id = valid_id(&row.song_id, "a content key")?;
                check_row(algorithm, row)?;
                if !song_exists(db, &song_id)? {
                    return Err(Error::UnknownSong { song_id }.into());
                }
                let columns = ClusterColumns::from(&row.assignment);
                let inserted = insert.execute(params![
                    song_id,
                    algorithm.name(),
                    columns.kmeans_cluster_id,
                    columns.kmeans_distance,
                    columns.gmm_cluster_id,
                    columns.gmm_probabilities,
                    columns.hier_level1_id,
                    columns.hier_level2_id,
                    columns.dbscan_cluster_id,
                    row.confidence
                ])?;
                if inserted == 0 {
                    return Err(Error::Invalid { what: format!("the song {song_id} is in two clusters") }.into());
                }
            }
            Ok(())
        })
    }

    /// An algorithm's grouping, in the order of the content keys.
    ///
    /// # Errors
    ///
    /// `Locked`, `Damaged`.
    pub fn clusters(&self, algorithm: Algorithm) -> Result<Vec<ClusterRow>> {
        self.read(|db| {
            let mut statement = db.prepare_cached(
                "SELECT song_id, confidence, kmeans_cluster_id, kmeans_distance, gmm_cluster_id, gmm_probabilities, \
                 hier_level1_id, hier_level2_id, dbscan_cluster_id \
                 FROM song_clusters WHERE algorithm = ?1 ORDER BY song_id",
            )?;
            let mut rows = statement.query([algorithm.name()])?;
            let mut clusters = Vec::new();
            while let Some(row) = rows.next()? {
                let assignment = assignment_from_row(row, algorithm)?;
                clusters.push(ClusterRow { song_id: row.get(0)?, assignment, confidence: row.get(1)? });
            }
            Ok(clusters)
        })
    }

    /// Computes each artist's vector anew: the mean of one network's mean vectors, over the songs with a present file,
    /// for artists with at least `min_songs` of them. Tells how many artists that are.
    ///
    /// # Errors
    ///
    /// `Locked`, `DiskFull`, `Damaged`.
    pub fn update_artist_vectors(&self, min_songs: u32, model: &str) -> Result<u64> {
        let mut sums: HashMap<String, (u32, Vec<f64>)> = HashMap::new();
        self.read(|db| {
            let mut statement = db.prepare_cached(
                "SELECT s.artist_id, e.mean FROM song_embeddings e JOIN songs s ON s.song_id = e.song_id \
                 WHERE e.model = ?1 AND s.artist_id IS NOT NULL \
                 AND EXISTS (SELECT 1 FROM files f WHERE f.song_id = e.song_id AND f.present) ORDER BY e.rowid",
            )?;
            let mut rows = statement.query([model])?;
            while let Some(row) = rows.next()? {
                let mean = floats(row, 1, "song_embeddings.mean")?;
                let (count, sum) = sums.entry(row.get(0)?).or_insert_with(|| (0, vec![0.0; mean.len()]));
                if sum.len() != mean.len() {
                    return Err(Fault::unreadable("song_embeddings.mean"));
                }
                *count += 1;
                for (sum, value) in sum.iter_mut().zip(&mean) {
                    *sum += f64::from(*value);
                }
            }
            Ok(())
        })?;
        self.write(|db| {
            db.execute("DELETE FROM artists_vector", [])?;
            let mut insert = db.prepare_cached(
                "INSERT INTO artists_vector (artist_id, feature_vector, song_count) VALUES (?1, ?2, ?3)",
            )?;
            let mut artists = 0;
            for (artist_id, (count, sum)) in &sums {
                if *count >= min_songs {
                    let mean: Vec<f32> = sum.iter().map(|sum| (sum / f64::from(*count)) as f32).collect();
                    insert.execute(params![artist_id, encode_f32(&mean), count])?;
                    artists += 1;
                }
            }
            Ok(artists)
        })
    }

    /// The artists' vectors as last computed, in the order of the artists.
    ///
    /// # Errors
    ///
    /// `Locked`, `Damaged`.
    pub fn artist_vectors(&self) -> Result<Vec<ArtistVector>> {
        self.read(|db| {
            let mut statement = db.prepare_cached(
                "SELECT artist_id, feature_vector, song_count FROM artists_vector ORDER BY artist_id",
            )?;
            let mut rows = statement.query([])?;
            let mut artists = Vec::new();
            while let Some(row) = rows.next()? {
                let vector = floats(row, 1, "artists_vector.feature_vector")?;
                artists.push(ArtistVector { artist_id: row.get(0)?, vector, song_count: row.get(2)? });
            }
            Ok(artists)
        })
    }
}

fn check_row(algorithm: Algorithm, row: &ClusterRow) -> Result<()> {
    if row.assignment.algorithm() != algorithm {
        let what = format!("{:?} is no place in a grouping by {}", row.assignment, algorithm.name());
        return Err(Error::Invalid { what });
    }
    let numbers = match &row.assignment {
        Assignment::KMeans { distance, .. } => std::slice::from_ref(distance),
        Assignment::Gmm { probabilities, .. } => probabilities,
        Assignment::Hierarchical { .. } | Assignment::Dbscan { .. } => &[],
    };
    if numbers.iter().chain(&row.confidence).all(|number| number.is_finite()) {
        Ok(())
    } else {
        Err(Error::NotFinite { what: format!("a number of {:?}", row.assignment) })
    }
}

/// Reads the columns of one algorithm; others are another algorithm's and NULL.
fn assignment_from_row(row: &Row<'_>, algorithm: Algorithm) -> Outcome<Assignment> {
    Ok(match algorithm {
        Algorithm::KMeans => Assignment::KMeans { cluster: row.get(2)?, distance: row.get(3)? },
        Algorithm::Gmm => {
            let probabilities: String = row.get(5)?;
            let probabilities = parse_json_numbers(&probabilities)
                .ok_or_else(|| Fault::unreadable("song_clusters.gmm_probabilities"))?;
            Assignment::Gmm { cluster: row.get(4)?, probabilities }
        }
        Algorithm::Hierarchical => Assignment::Hierarchical { level1: row.get(6)?, level2: row.get(7)? },
        Algorithm::Dbscan => Assignment::Dbscan { cluster: row.get(8)? },
    })
}

/// Finite numbers as a JSON array.
fn json_numbers(numbers: &[f64]) -> String {
    let numbers: Vec<String> = numbers.iter().map(f64::to_string).collect();
    format!("[{}]", numbers.join(","))
}

fn parse_json_numbers(text: &str) -> Option<Vec<f64>> {
    let list = text.trim().strip_prefix('[')?.strip_suffix(']')?.trim();
    if list.is_empty() {
        return Some(Vec::new());
    }
    list.split(',').map(|number| number.trim().parse().ok().filter(|number: &f64| number.is_finite())).collect()
}
