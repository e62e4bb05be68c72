//! Groups of songs that an algorithm found.

use std::fmt::Write as _;

use rusqlite::{Connection, Row, params};

use crate::blob::{encode_f32, finite};
use crate::error::{Error, Fault, Outcome, Result};
use crate::files::{unsigned, valid_id};
use crate::made::{Algorithm, Assignment, ClusterGroup, ClusterRow};
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
    /// Replaces an algorithm's grouping by this one, in one transaction: where each song belongs, and what the groups are
    /// (may be empty where nothing is known of them). Other algorithms' groupings stay.
    ///
    /// # Errors
    ///
    /// [`Error::Invalid`] for a malformed key, a song or a group that comes twice, or a row of another algorithm,
    /// [`Error::NotFinite`], [`Error::UnknownSong`]; `Locked`, `DiskFull`, `Damaged`. The old grouping stays then.
    pub fn replace_clusters(&self, algorithm: Algorithm, rows: &[ClusterRow], groups: &[ClusterGroup]) -> Result<()> {
        self.write(|db| {
            replace_groups(db, algorithm, groups)?;
            db.execute("DELETE FROM song_clusters WHERE algorithm = ?1", [algorithm.name()])?;
            let mut insert = db.prepare_cached(
                "INSERT INTO song_clusters (song_id, algorithm, kmeans_cluster_id, kmeans_distance, gmm_cluster_id, \
                 gmm_probabilities, hier_level1_id, hier_level2_id, dbscan_cluster_id, confidence) \
                 VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10) ON CONFLICT DO NOTHING",
            )?;
            // In the order of the keys, which is that of the index: at random each row would touch other pages.
            let mut sorted = Vec::with_capacity(rows.len());
            for row in rows {
                check_row(algorithm, row)?;
                sorted.push((valid_id(&row.song_id, "a content key")?, row));
            }
            sorted.sort_unstable_by(|one, other| one.0.cmp(&other.0));
            for (song_id, row) in sorted {
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
                ]);
                match inserted {
                    Ok(0) => {
                        return Err(Error::Invalid { what: format!("the song {song_id} is in two clusters") }.into());
                    }
                    Err(error) if is_foreign_key(&error) => return Err(Error::UnknownSong { song_id }.into()),
                    inserted => inserted?,
                };
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

    /// The groups of an algorithm's last grouping, in the order of their numbers.
    ///
    /// # Errors
    ///
    /// `Locked`, `Damaged`.
    pub fn cluster_groups(&self, algorithm: Algorithm) -> Result<Vec<ClusterGroup>> {
        self.read(|db| {
            let mut statement = db.prepare_cached(
                "SELECT cluster_id, size, name, centroid FROM clusters WHERE algorithm = ?1 ORDER BY cluster_id",
            )?;
            let mut rows = statement.query([algorithm.name()])?;
            let mut groups = Vec::new();
            while let Some(row) = rows.next()? {
                let centroid = floats(row, 3, "clusters.centroid")?;
                groups.push(ClusterGroup {
                    cluster: row.get(0)?,
                    size: unsigned(row, 1)?,
                    name: row.get(2)?,
                    centroid,
                });
            }
            Ok(groups)
        })
    }
}

fn replace_groups(db: &Connection, algorithm: Algorithm, groups: &[ClusterGroup]) -> Outcome<()> {
    db.execute("DELETE FROM clusters WHERE algorithm = ?1", [algorithm.name()])?;
    let mut insert = db.prepare_cached(
        "INSERT INTO clusters (algorithm, cluster_id, size, name, centroid) VALUES (?1, ?2, ?3, ?4, ?5) \
         ON CONFLICT DO NOTHING",
    )?;
    for group in groups {
        finite(&group.centroid, || format!("the centroid of group {}", group.cluster))?;
        let size = i64::try_from(group.size).unwrap_or(i64::MAX);
        let inserted =
            insert.execute(params![algorithm.name(), group.cluster, size, group.name, encode_f32(&group.centroid)])?;
        if inserted == 0 {
            return Err(Error::Invalid { what: format!("group {} is there twice", group.cluster) }.into());
        }
    }
    Ok(())
}

/// Whether a row names a song that is not there. Asking before each row would cost as much as the row.
fn is_foreign_key(error: &rusqlite::Error) -> bool {
    error.sqlite_error().is_some_and(|error| error.extended_code == rusqlite::ffi::SQLITE_CONSTRAINT_FOREIGNKEY)
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
    let mut json = String::with_capacity(2 + 8 * numbers.len());
    for number in numbers {
        json.push(if json.is_empty() { '[' } else { ',' });
        // The shortest text that reads back as the same number, tiny ones with an exponent.
        let _ = write!(json, "{number:?}");
    }
    if json.is_empty() {
        json.push('[');
    }
    json.push(']');
    json
}

fn parse_json_numbers(text: &str) -> Option<Vec<f64>> {
    let list = text.trim().strip_prefix('[')?.strip_suffix(']')?.trim();
    if list.is_empty() {
        return Some(Vec::new());
    }
    list.split(',').map(|number| number.trim().parse().ok().filter(|number: &f64| number.is_finite())).collect()
}
