use std::fs;
use std::path::PathBuf;

use super::back::{self, Back};
use super::front::{self, CHANNELS, Front};
use super::onnx::Constants;
use super::*;
use crate::{BANDS, Network, PATCH_FRAMES, PATCH_LEN};

fn repository() -> PathBuf {
    PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("../..")
}

fn file(network: Network) -> Vec<u8> {
    fs::read(repository().join(format!("models/musicnn_{}.onnx", network.name()))).unwrap()
}

/// Patches of real music with what the published network says of them (`tests/golden`).
fn golden() -> serde_json::Value {
    serde_json::from_slice(&fs::read(repository().join("tests/golden/musicnn_network.json")).unwrap()).unwrap()
}

fn numbers(value: &serde_json::Value, scale: f64) -> Vec<f32> {
    value.as_array().unwrap().iter().map(|x| (x.as_f64().unwrap() * scale) as f32).collect()
}

/// All but the plain one, which is slow; that one where there is no other.
fn paths() -> Vec<Path> {
    let mut paths = Path::all();
    if paths.len() > 1 {
        paths.retain(|path| *path != Path::Plain);
    }
    paths
}

/// Values of all sizes, the same every time.
fn noise(seed: u32) -> Vec<f32> {
    let mut state = seed;
    let mut next = || {
        state = state.wrapping_mul(1_664_525).wrapping_add(1_013_904_223);
        state >> 8
    };
    (0..PATCH_LEN).map(|_| next() as f32 / 2_f32.powi(21)).collect()
}

#[test]
fn every_path_says_the_same_to_the_last_bit() {
    let patch = numbers(&golden()["patches"][0]["logmel_e5"], 1e-5);
    for (network, patch) in [(Network::Msd, patch), (Network::Mtt, noise(1))] {
        let model = file(network);
        let plain = Kernel::read(&model, Path::Plain).unwrap().run(&patch).unwrap();
        for path in paths() {
            let mut kernel = Kernel::read(&model, path).unwrap();
            assert_eq!(kernel.run(&patch).unwrap(), plain, "{path:?}");
            // What a run leaves behind does not change the next.
            kernel.run(&noise(2)).unwrap();
            assert_eq!(kernel.run(&patch).unwrap(), plain, "{path:?} the second time");
        }
    }
}

#[test]
fn close_to_the_published_network() {
    let golden = golden();
    for path in paths() {
        for network in Network::ALL {
            let mut kernel = Kernel::read(&file(network), path).unwrap();
            for patch in golden["patches"].as_array().unwrap() {
                let output = kernel.run(&numbers(&patch["logmel_e5"], 1e-5)).unwrap();
                let dense = numbers(&patch[format!("{}_dense", network.name())], 1.0);
                let tags = numbers(&patch[format!("{}_tags", network.name())], 1.0);
                let dot = |a: &[f32], b: &[f32]| a.iter().zip(b).map(|(a, b)| a * b).sum::<f32>();
                let norms = dot(&dense, &dense) * dot(&output.dense, &output.dense);
                let cosine = dot(&dense, &output.dense) / norms.sqrt();
                let off = tags.iter().zip(&output.tags).map(|(a, b)| (a - b).abs()).fold(0.0, f32::max);
                assert!(cosine > 0.9997 && off < 0.008, "{path:?}, {network:?}: cosine {cosine}, tags {off}");
            }
        }
    }
}

/// The front end as written: no layout, no shared bytes, the network's own f32 weights.
fn front_directly(
    constants: &Constants<'_>,
    patch: &[f32],
    t: usize,
    kernel: (usize, usize, usize),
    index: usize,
) -> Vec<f32> {
    let (channels, frames, bands) = kernel;
    let weights = constants.get(&format!("front_{index}_weights"), &[channels, 1, frames, bands]).unwrap();
    let bias = constants.get(&format!("front_{index}_bias"), &[channels]).unwrap();
    let (slope, offset) = (constants.scalar("input_slope").unwrap(), constants.scalar("input_offset").unwrap());
    let value = |t: usize, f: usize| {
        let inside = t.checked_sub((frames - 1) / 2).filter(|t| *t < PATCH_FRAMES);
        inside.map_or(0.0, |t| f64::from(patch[t * BANDS + f] * slope + offset))
    };
    let channel = |c: usize| {
        let at = |f: usize| {
            let taps = (0..frames * bands)
                .map(|i| f64::from(weights[c * frames * bands + i]) * value(t + i / bands, f + i % bands));
            taps.sum::<f64>()
        };
        (0..=BANDS - bands).map(at).fold(f64::NEG_INFINITY, f64::max) as f32 + bias[c]
    };
    (0..channels).map(channel).collect()
}

#[test]
fn the_front_end_is_that_of_the_network_at_the_edges_too() {
    let model = file(Network::Mtt);
    let constants = Constants::read(&model).unwrap();
    let patch = numbers(&golden()["patches"][1]["logmel_e5"], 1e-5);
    let clip = |name| constants.get(name, &[1, CHANNELS, 1, 1]).unwrap();
    let (low, high, offset) = (clip("front_low"), clip("front_high"), clip("front_offset"));
    let path = Path::all()[0];
    let mut out = vec![0.0; PATCH_FRAMES * CHANNELS];
    Front::read(&constants).unwrap().run(path, &patch, &mut front::Scratch::new(), &mut out);
    let mut at = 0;
    for (index, kernel) in front::KERNELS.into_iter().enumerate() {
        let (mut error, mut size) = (0.0, 0.0);
        for t in [0, 1, 2, 3, 50, 93, 150, 183, 184, 185, 186] {
            for (i, value) in front_directly(&constants, &patch, t, kernel, index).into_iter().enumerate() {
                let expected = value.max(low[at + i]).min(high[at + i]) + offset[at + i];
                error += (out[t * CHANNELS + at + i] - expected).powi(2);
                size += expected.powi(2);
            }
        }
        // Steps of input and weights leave less than one part in a hundred.
        let relative = (error / size).sqrt();
        assert!(relative < 0.015, "kernel {index}: {relative}");
        at += kernel.0;
    }
}

#[test]
fn extremes_are_clipped() {
    let model = file(Network::Msd);
    for path in paths() {
        let mut kernel = Kernel::read(&model, path).unwrap();
        let mut say = |value| kernel.run(&[value; PATCH_LEN]).unwrap();
        assert_eq!(say(6.5), say(f32::MAX), "{path:?}");
        assert_eq!(say(0.0), say(f32::MIN), "{path:?}");
        assert_eq!(say(0.0), say(f32::MIN_POSITIVE / 2.0), "{path:?}");
        assert_ne!(say(0.0), say(6.5), "{path:?}");
    }
}

#[test]
fn files_that_are_no_network_are_refused() {
    let good = file(Network::Msd);
    let read = |bytes: &[u8]| Kernel::read(bytes, Path::Plain).err();
    assert_eq!(read(&good), None);
    for length in [0, 1, 2, 100, 5_000, good.len() / 2, good.len() - 100_000] {
        assert!(read(&good[..length]).is_some(), "{length} bytes");
    }
    let mut renamed = good;
    let name = b"front_3_weights";
    while let Some(at) = renamed.windows(name.len()).position(|window| window == name) {
        renamed[at] = b'F';
    }
    assert_eq!(read(&renamed).unwrap(), "it has no constant `front_3_weights`");
    // Lengths and numbers without end.
    for bad in [vec![0xff; 64], vec![0x3a, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0x01], vec![0x3b; 9]] {
        assert!(read(&bad).is_some());
    }
}

#[test]
fn constants_have_to_be_of_the_shape_that_is_asked_for() {
    let model = file(Network::Msd);
    let constants = Constants::read(&model).unwrap();
    assert_eq!(constants.get("tags_bias", &[50]).unwrap().len(), 50);
    for dims in [&[49][..], &[50, 1], &[1, 50], &[]] {
        assert!(constants.get("tags_bias", dims).is_err());
    }
    // A shape is not f32.
    assert!(constants.get("image_shape", &[4]).is_err());
}

#[test]
fn the_back_end_repeats_itself() {
    let model = file(Network::Msd);
    let back = Back::read(&Constants::read(&model).unwrap()).unwrap();
    let mut scratch = back::Scratch::new();
    let path = Path::all()[0];
    let silent = back.run(path, &mut scratch);
    scratch.front().fill(1.0);
    let loud = back.run(path, &mut scratch);
    scratch.front().fill(0.0);
    assert_eq!(back.run(path, &mut scratch), silent);
    assert_ne!(loud, silent);
}
