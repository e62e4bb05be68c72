//! VGGish is used where it is listed and there, in whatever layout.
#![allow(clippy::unwrap_used)]

mod common;
#[path = "common/onnx.rs"]
mod onnx;

use common::{largest_difference, runtimes};
use onnx::{Graph, folder, head, listing, open, vggish};
use segue_models::{Error, Heads, load_vggish};

#[test]
fn vggish_is_heard_in_every_layout() {
    // A steady tone: the mean of a band is its maximum, up to what the phase does; the silent second half is left out.
    let tone = |i: usize| (f64::from(i as u32) * 0.3).sin() as f32 * 0.5;
    let signal: Vec<f32> = (0..160_000).map(tone).chain(std::iter::repeat_n(0.0, 160_000)).collect();
    let mut said = Vec::new();
    for shape in [&[0, 1, 96, 64][..], &[0, 96, 64, 1], &[0, 96, 64], &[1, 1, 96, 64], &[4, 1, 96, 64], &[0, 0, 96, 64]]
    {
        let network = vggish(shape);
        let folder = folder(&[("models.toml", listing("v.onnx", &network)), ("v.onnx", network)]);
        let catalogue = open(&folder);
        assert_eq!(catalogue.vggish_version().unwrap().len(), 16);
        for runtime in runtimes() {
            let mut listener = load_vggish(&runtime, &catalogue).unwrap().unwrap().listen().unwrap();
            for piece in signal.chunks(12_345) {
                listener.push(piece).unwrap();
            }
            said.push(listener.finish().unwrap().unwrap());
            // A listed file is not a head without a description.
            assert!(Heads::find(&runtime, &catalogue).unwrap().problems().is_empty());
        }
    }
    for other in &said {
        assert!(largest_difference(other, &said[0]) < 1e-5);
    }
    let (mean, max) = said[0].split_at(64);
    assert!(mean.iter().zip(max).all(|(mean, max)| mean <= max));
    // 0.3 rad at 16 kHz is 764 Hz, 828 mels; the first band begins at 185, the next ones 39.8 later each.
    let loudest = (0..64).max_by(|a, b| mean[*a].total_cmp(&mean[*b])).unwrap();
    assert_eq!(loudest, ((1127.0 * (1.0_f64 + 763.9 / 700.0).ln() - 185.2) / 39.82).round() as usize - 1);
}

#[test]
fn vggish_is_absent_wrong_or_refused() {
    let good = vggish(&[0, 1, 96, 64]);
    let list = |network: &[u8]| ("models.toml", listing("v.onnx", network));
    for runtime in runtimes() {
        let load = |files: &[(&str, Vec<u8>)]| load_vggish(&runtime, &open(&folder(files)));
        assert!(load(&[]).unwrap().is_none());
        assert!(load(&[list(&good)]).unwrap().is_none(), "listed and not there");
        assert_eq!(open(&folder(&[list(&good)])).vggish_version(), None);
        assert!(load(&[("v.onnx", good.clone())]).unwrap().is_none(), "there and not listed");
        let mut changed = good.clone();
        changed[good.len() / 2] ^= 1;
        let error = load(&[list(&good), ("v.onnx", changed)]).err().unwrap();
        assert!(matches!(error, Error::Digest { .. }), "{error}");
        let outputs = Graph::named("patch", &[0, 1, 96, 64]).node("Relu", &["patch"], "embedding", &[]);
        for other in [
            b"garbage".to_vec(),
            vggish(&[0, 1, 96, 32]),
            head(200, 128, 0, "Softmax", "patch", "embedding"),
            outputs.output("embedding", &[0, 1, 96, 64]).bytes(),
        ] {
            let error = load(&[list(&other), ("v.onnx", other)]).err().unwrap();
            assert!(matches!(error, Error::Load { .. }), "{error}");
        }
    }
}
