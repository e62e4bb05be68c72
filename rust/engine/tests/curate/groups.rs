//! Groups: what is stored of them, and the ways to find them.

use segue_engine::{Algorithm, ClusterRequest, InputSpace};
use segue_store::{Algorithm as Stored, Assignment, Store};

use crate::sample::{engine, pieces, short};

#[test]
fn every_algorithm_assigns_every_song_and_leaves_it_in_the_table() {
    let folder = tempfile::tempdir().unwrap();
    let pieces = pieces(5, 40, 12);
    let engine = engine(folder.path(), &pieces);
    for algorithm in [Algorithm::KMeans, Algorithm::Dbscan, Algorithm::Gmm, Algorithm::Hierarchical] {
        let report = engine.cluster(&ClusterRequest { algorithm, runs: 12, ..short() }, &mut |_| true).unwrap();
        assert_eq!(report.algorithm, algorithm);
        assert!(report.clusters >= 1 && !report.parameters.is_empty(), "{report:?}");
        assert!((0.0..=1.0).contains(&report.fitness), "{report:?}");
    }
    let (store, _) = Store::open(&folder.path().join("segue.db")).unwrap();
    for algorithm in [Stored::KMeans, Stored::Dbscan, Stored::Gmm, Stored::Hierarchical] {
        let rows = store.clusters(algorithm).unwrap();
        assert_eq!(rows.len(), 200, "{algorithm:?}");
        for row in &rows {
            assert!(row.confidence.is_some_and(|confidence| (0.0..=1.0).contains(&confidence)), "{row:?}");
            if let Assignment::Gmm { probabilities, .. } = &row.assignment {
                assert!((probabilities.iter().sum::<f64>() - 1.0).abs() < 1e-3);
            }
        }
        let sizes: u64 = store.cluster_groups(algorithm).unwrap().iter().map(|group| group.size).sum();
        assert!(sizes <= 200 && (algorithm == Stored::Dbscan || sizes == 200));
    }
}

#[test]
fn every_space_can_be_grouped_and_says_what_takes_part() {
    let folder = tempfile::tempdir().unwrap();
    let engine = engine(folder.path(), &pieces(5, 40, 12));
    for (space, dimensions) in
        [(InputSpace::Embeddings, 800), (InputSpace::TagsAndTempo, 102), (InputSpace::Features, 95)]
    {
        let request = ClusterRequest { space, runs: 12, ..short() };
        let quality = engine.data_quality(&request).unwrap();
        assert_eq!((quality.tracks, quality.taking_part, quality.dimensions), (200, 200, dimensions), "{space:?}");
        assert!(quality.kept_dimensions <= dimensions && quality.missing == 0 && quality.not_finite == 0);
        let report = engine.cluster(&request, &mut |_| true).unwrap();
        assert_eq!(report.quality, quality);
    }
}

#[test]
fn the_search_runs_on_a_sample_and_all_songs_are_assigned() {
    let folder = tempfile::tempdir().unwrap();
    let engine = engine(folder.path(), &pieces(5, 60, 12));
    let report = engine.cluster(&ClusterRequest { sample: 100, runs: 12, ..short() }, &mut |_| true).unwrap();
    assert_eq!((report.sampled, report.quality.taking_part), (100, 300));
    let (store, _) = Store::open(&folder.path().join("segue.db")).unwrap();
    assert_eq!(store.clusters(Stored::KMeans).unwrap().len(), 300);
}

#[test]
fn the_elbow_is_a_curve_with_a_suggestion_and_a_picture() {
    let folder = tempfile::tempdir().unwrap();
    let engine = engine(folder.path(), &pieces(5, 40, 12));
    let elbow = engine.elbow(&ClusterRequest::default(), 2..=9, &mut |_| true).unwrap();
    assert_eq!(elbow.curve.iter().map(|point| point.k).collect::<Vec<_>>(), (2..=9).collect::<Vec<_>>());
    assert!(elbow.curve.is_sorted_by(|a, b| a.inertia >= b.inertia));
    assert_eq!(elbow.suggested, 5);
    assert!(elbow.svg.starts_with("<svg") && elbow.svg.contains("</svg>"));
}

#[test]
fn a_search_goes_on_where_the_last_one_ended() {
    let folder = tempfile::tempdir().unwrap();
    let engine = engine(folder.path(), &pieces(6, 40, 12));
    let first = engine.cluster(&ClusterRequest { runs: 60, ..short() }, &mut |_| true).unwrap();
    let again = engine.cluster(&ClusterRequest { runs: 8, ..short() }, &mut |_| true).unwrap();
    // Parameters are kept, not labels: the best of them are grouped again, which may end a hair elsewhere.
    assert!(again.fitness >= first.fitness - 0.005, "{} after {}", again.fitness, first.fitness);
}
