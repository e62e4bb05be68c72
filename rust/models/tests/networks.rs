//! The networks say what they say elsewhere, in every runtime.
#![allow(clippy::unwrap_used, clippy::print_stderr)]

mod common;

use std::sync::atomic::{AtomicUsize, Ordering};

use common::{catalogue, cosine, golden, largest_difference, numbers, onnx_runtime, rten, runtimes, scaled};
use segue_models::{Error, Model, Network, PATCH_LEN, PatchOutput, Precision, Runtime, load_musicnn};

struct Reference {
    patch: Vec<f32>,
    /// Embedding and tags of each network.
    said: [PatchOutput; 2],
}

fn references() -> Vec<Reference> {
    let golden = golden("musicnn_network.json");
    let references = golden["patches"].as_array().unwrap().iter().map(|patch| Reference {
        patch: scaled(&patch["logmel_e5"]),
        said: Network::ALL.map(|network| PatchOutput {
            dense: numbers(&patch[format!("{}_dense", network.name())]),
            tags: numbers(&patch[format!("{}_tags", network.name())]),
        }),
    });
    references.collect()
}

fn load(runtime: &Runtime, network: Network, precision: Precision) -> Box<dyn Model> {
    load_musicnn(runtime, &catalogue(), network, precision).unwrap()
}

#[test]
fn f32_equals_the_reference_within_1e_4() {
    let references = references();
    assert_eq!(references.len(), 3);
    for runtime in runtimes() {
        for (i, network) in Network::ALL.into_iter().enumerate() {
            let mut model = load(&runtime, network, Precision::F32);
            for reference in &references {
                let output = model.run(&reference.patch).unwrap();
                let dense = largest_difference(&output.dense, &reference.said[i].dense);
                let tags = largest_difference(&output.tags, &reference.said[i].tags);
                let (runtime, network) = (runtime.name(), network.name());
                eprintln!("{runtime}, {network}: dense to {dense:.1e}, tags to {tags:.1e}");
                assert!(dense < 1e-4 && tags < 1e-4, "{runtime}, {network}: dense {dense:e}, tags {tags:e}");
            }
        }
    }
}

#[test]
fn int8_stays_close_to_f32() {
    for runtime in runtimes() {
        for network in Network::ALL {
            let mut exact = load(&runtime, network, Precision::F32);
            let mut rounded = load(&runtime, network, Precision::Int8);
            for reference in references() {
                let a = exact.run(&reference.patch).unwrap();
                let b = rounded.run(&reference.patch).unwrap();
                let (cosine, tags) = (cosine(&a.dense, &b.dense), largest_difference(&a.tags, &b.tags));
                let (runtime, network) = (runtime.name(), network.name());
                eprintln!("{runtime}, {network}: cosine {cosine:.6}, tags to {tags:.4}");
                assert!(cosine > 0.9997 && tags < 0.01, "{runtime}, {network}: cosine {cosine}, tags {tags}");
                assert_ne!(a, b, "int8 is f32 by another name");
            }
        }
    }
}

#[test]
fn both_runtimes_agree() {
    let Some(onnx) = onnx_runtime() else { return };
    for network in Network::ALL {
        // In int8 a value on the edge between two levels may fall either way: one level is 1/255 of a channel's range.
        for (precision, tolerance) in [(Precision::F32, 1e-4), (Precision::Int8, 2e-2)] {
            let (mut a, mut b) = (load(&onnx, network, precision), load(&rten(), network, precision));
            for reference in references() {
                let (a, b) = (a.run(&reference.patch).unwrap(), b.run(&reference.patch).unwrap());
                let dense = largest_difference(&a.dense, &b.dense);
                let tags = largest_difference(&a.tags, &b.tags);
                let (network, precision) = (network.name(), precision.name());
                eprintln!("{network} {precision}: dense to {dense:.1e}, tags to {tags:.1e}");
                assert!(dense < tolerance && tags < tolerance, "{network} {precision}: {dense:e}, {tags:e}");
            }
        }
    }
}

#[test]
fn unfit_patches_are_refused_and_do_no_harm() {
    let patch = &references()[0].patch;
    let with = |value: f32| {
        let mut patch = patch.clone();
        patch[9_000] = value;
        patch
    };
    for runtime in runtimes() {
        for precision in [Precision::Int8, Precision::F32] {
            let mut model = load(&runtime, Network::Msd, precision);
            let before = model.run(patch).unwrap();
            for length in [0, 1, PATCH_LEN - 1, PATCH_LEN + 1] {
                let error = model.run(&vec![1.0; length]).unwrap_err();
                let Error::PatchLength { expected: PATCH_LEN, received } = error else { unreachable!("{error}") };
                assert_eq!(received, length);
            }
            for value in [f32::NAN, f32::INFINITY, f32::NEG_INFINITY] {
                assert!(matches!(model.run(&with(value)), Err(Error::NotFinite)));
            }
            for value in [f32::MAX, f32::MIN, 1e30] {
                match model.run(&with(value)) {
                    Ok(output) => assert!(output.dense.iter().chain(&output.tags).all(|x| x.is_finite())),
                    Err(error) => assert!(matches!(error, Error::NotFinite), "{error}"),
                }
            }
            assert_eq!(model.run(patch).unwrap(), before, "a bad patch changed the next answer");
        }
    }
}

#[test]
fn silence_has_an_answer() {
    for runtime in runtimes() {
        for network in Network::ALL {
            let output = load(&runtime, network, Precision::default()).run(&[0.0; PATCH_LEN]).unwrap();
            assert!(output.tags.iter().all(|tag| (0.0..=1.0).contains(tag)));
            assert!(output.dense.iter().any(|x| *x != 0.0));
        }
    }
}

#[test]
fn models_work_on_several_threads_at_once() {
    let patch = &references()[0].patch;
    for runtime in runtimes() {
        let alone = load(&runtime, Network::Mtt, Precision::Int8).run(patch).unwrap();
        std::thread::scope(|scope| {
            let workers: Vec<_> = (0..2)
                .map(|_| {
                    let mut model = load(&runtime, Network::Mtt, Precision::Int8);
                    scope.spawn(move || (0..3).map(|_| model.run(patch).unwrap()).collect::<Vec<_>>())
                })
                .collect();
            for worker in workers {
                assert!(worker.join().unwrap().iter().all(|output| *output == alone));
            }
        });
    }
}

#[test]
fn a_run_does_not_begin_another_task_of_the_callers_pool() {
    let patch = &references()[0].patch;
    for runtime in runtimes() {
        let pool = rayon::ThreadPoolBuilder::new().num_threads(1).build().unwrap();
        let busy = AtomicUsize::new(0);
        pool.in_place_scope(|scope| {
            for _ in 0..4 {
                let mut model = load(&runtime, Network::Msd, Precision::Int8);
                let busy = &busy;
                scope.spawn(move |_| {
                    assert_eq!(busy.fetch_add(1, Ordering::SeqCst), 0, "one task inside another");
                    model.run(patch).unwrap();
                    busy.fetch_sub(1, Ordering::SeqCst);
                });
            }
        });
    }
}
