//! `linfa-bench SIDE ALGORITHM POINTS ROWS DIMENSIONS`: one algorithm over a file of little-endian `f32`, row by row. Prints
//! seconds of processor time, peak memory in MB and a figure that tells how good the result is, on one line. See run.py.

use linfa::DatasetBase;
use linfa::traits::{Fit, Transformer};
use linfa_clustering::{Dbscan as LinfaDbscan, GaussianMixtureModel, KMeans as LinfaKMeans};
use linfa_reduction::Pca as LinfaPca;
use ndarray::Array2;
use rand_xoshiro::Xoshiro256Plus;
use rand_xoshiro::rand_core::SeedableRng;
use segue_cluster::{
    Covariance, Dbscan, DbscanOptions, Gmm, GmmOptions, Hierarchy, HierarchyOptions, KMeans, KMeansOptions, Keep,
    Linkage, Pca, Points,
};

const GROUPS: usize = 40;
const COMPONENTS: usize = 50;
const MIN_SAMPLES: usize = 10;

fn main() -> Result<(), Box<dyn std::error::Error>> {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    let [side, algorithm, file, rows, dimensions] = arguments.as_slice() else {
        return Err("usage: linfa-bench SIDE ALGORITHM POINTS ROWS DIMENSIONS".into());
    };
    let bytes = std::fs::read(file)?;
    let values: Vec<f32> = bytes.as_chunks::<4>().0.iter().map(|bytes| f32::from_le_bytes(*bytes)).collect();
    drop(bytes);
    let rows = Array2::from_shape_vec((rows.parse()?, dimensions.parse()?), values)?;
    let (name, setting) = algorithm.split_once('@').unwrap_or((algorithm, "0"));
    let setting: f32 = setting.parse()?;
    let (seconds, figure) = match side.as_str() {
        "ours" => ours(name, setting, &rows)?,
        "linfa" => linfa(name, setting, rows)?,
        other => return Err(format!("{other} is neither ours nor linfa").into()),
    };
    println!("{seconds:.2} {} {figure}", peak_memory());
    Ok(())
}

/// Peak memory of this process in MB; 0 where the system does not tell.
fn peak_memory() -> u64 {
    let status = std::fs::read_to_string("/proc/self/status").unwrap_or_default();
    let line = status.lines().find_map(|line| line.strip_prefix("VmHWM:"));
    line.and_then(|line| line.split_whitespace().next()?.parse::<u64>().ok()).map_or(0, |kilobytes| kilobytes / 1024)
}

/// Seconds that the processor has worked for this process, on all threads; unlike the time of day it hardly depends on what else
/// the machine does. 0 where the system does not tell.
fn processor_seconds() -> f64 {
    /// What Linux counts them in, per second.
    const TICKS: f64 = 100.0;
    let status = std::fs::read_to_string("/proc/self/stat").unwrap_or_default();
    // The name of the process, in brackets, may hold spaces; what follows it does not.
    let fields = status.rsplit_once(')').map_or("", |(_, fields)| fields).split_whitespace();
    fields.skip(11).take(2).filter_map(|ticks| ticks.parse::<f64>().ok()).sum::<f64>() / TICKS
}

type Measured = Result<(f64, String), Box<dyn std::error::Error>>;

fn ours(algorithm: &str, setting: f32, rows: &Array2<f32>) -> Measured {
    let never = || false;
    let points = Points::new(rows.view())?;
    let began = processor_seconds();
    let figure = match algorithm {
        "kmeans" => {
            let options = KMeansOptions { n_init: 1, ..KMeansOptions::new(GROUPS) };
            format!("inertia {:.6e}", KMeans::fit_points(&points, &options, &never)?.inertia)
        }
        "dbscan" => {
            let found = Dbscan::fit(&points, &DbscanOptions { eps: setting, min_samples: MIN_SAMPLES }, &never)?;
            let noise = found.labels.iter().filter(|label| label.is_none()).count();
            format!("groups {} noise {noise}", found.clusters)
        }
        "gmm" | "gmm-diagonal" => {
            let covariance = if algorithm == "gmm" { Covariance::Full } else { Covariance::Diagonal };
            let found = Gmm::fit(&points, &GmmOptions { covariance, ..GmmOptions::new(COMPONENTS) }, &never)?;
            format!("likelihood {:.3} rounds {}", found.log_likelihood, found.iterations)
        }
        "pca" => {
            let found = Pca::fit(&points, Keep::Share(0.93), &never)?;
            let reduced = found.transform(rows.view())?;
            format!("components {} first {:.4}", reduced.ncols(), found.variances()[0])
        }
        "ward" | "average" => {
            let linkage = if algorithm == "ward" { Linkage::Ward } else { Linkage::Average };
            let options = HierarchyOptions { linkage, ..HierarchyOptions::new(GROUPS / 4, GROUPS) };
            let found = Hierarchy::fit(&points, &options, &never)?;
            format!("sampled {} groups {}", found.sampled, found.parents.len())
        }
        other => return Err(format!("no algorithm {other}").into()),
    };
    Ok((processor_seconds() - began, figure))
}

fn linfa(algorithm: &str, setting: f32, rows: Array2<f32>) -> Measured {
    // linfa's Gaussian mixture and principal components take `f64` here, as its own examples do.
    let wide = matches!(algorithm, "gmm" | "pca").then(|| DatasetBase::from(rows.mapv(f64::from)));
    let rng = Xoshiro256Plus::seed_from_u64(1);
    let data = DatasetBase::from(rows);
    let began = processor_seconds();
    let figure = match (algorithm, &wide) {
        ("kmeans", _) => {
            let model =
                LinfaKMeans::params_with_rng(GROUPS, rng).n_runs(1).max_n_iterations(100).tolerance(1e-4).fit(&data)?;
            format!("inertia {:.6e}", f64::from(model.inertia()) * data.records.nrows() as f64)
        }
        ("dbscan", _) => {
            let labels = LinfaDbscan::params(MIN_SAMPLES).tolerance(setting).transform(&data.records)?;
            let noise = labels.iter().filter(|label| label.is_none()).count();
            format!("groups {} noise {noise}", labels.iter().flatten().max().map_or(0, |most| most + 1))
        }
        ("gmm", Some(data)) => {
            let model = GaussianMixtureModel::params_with_rng(COMPONENTS, rng).n_runs(1).tolerance(1e-3).fit(data)?;
            format!("components {}", model.weights().len())
        }
        ("pca", Some(data)) => {
            // It knows no share of the variance: as many components as ours keeps are asked for.
            let model = LinfaPca::params(setting as usize).fit(data)?;
            format!("first {:.4}", model.explained_variance()[0])
        }
        (other, _) => return Err(format!("linfa has no {other}").into()),
    };
    Ok((processor_seconds() - began, figure))
}
