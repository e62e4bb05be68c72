use std::path::Path;

use segue_store::{Error, decode_patches, encode_patches};

fn cosine(a: &[f32], b: &[f32]) -> f64 {
    let dot = |a: &[f32], b: &[f32]| a.iter().zip(b).map(|(a, b)| f64::from(*a) * f64::from(*b)).sum::<f64>();
    dot(a, b) / (dot(a, a) * dot(b, b)).sqrt()
}

#[test]
fn real_patches_lose_next_to_nothing() {
    let golden = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../tests/golden/store_patches.json");
    let golden: serde_json::Value = serde_json::from_slice(&std::fs::read(golden).unwrap()).unwrap();
    let patches: Vec<Vec<f32>> = golden["patches"]
        .as_array()
        .unwrap()
        .iter()
        .map(|patch| serde_json::from_value(patch["values"].clone()).unwrap())
        .collect();
    assert_eq!(patches.len(), 6);
    let bytes = encode_patches(&patches.concat(), 200).unwrap();
    assert_eq!(bytes.len(), 3 + 6 * 204);
    let (values, dims) = decode_patches(&bytes).unwrap();
    assert_eq!(dims, 200);
    let worst = patches.iter().zip(values.chunks_exact(200)).map(|(a, b)| cosine(a, b)).fold(1.0, f64::min);
    println!("worst cosine {worst:.7}");
    assert!(worst > 0.99995, "{worst}");
}

#[test]
fn every_value_comes_back_within_half_a_step() {
    let patch: Vec<f32> = (0..500).map(|step| ((step * 7919) % 1000) as f32 / 37.0 - 11.0).collect();
    let (values, dims) = decode_patches(&encode_patches(&patch, 100).unwrap()).unwrap();
    assert_eq!((values.len(), dims), (500, 100));
    for (before, after) in patch.chunks(100).zip(values.chunks(100)) {
        let peak = before.iter().fold(0.0_f32, |peak, value| peak.max(value.abs()));
        for (before, after) in before.iter().zip(after) {
            assert!((before - after).abs() <= peak / 127.0 * 0.5001, "{before} became {after} at a peak of {peak}");
        }
    }
}

#[test]
fn the_extremes_stay_finite() {
    for peak in [0.0, -0.0, f32::MIN_POSITIVE, 1e-45, f32::MAX, f32::MIN] {
        let (values, _) = decode_patches(&encode_patches(&[peak, 0.0, peak / 2.0], 3).unwrap()).unwrap();
        assert!(values.iter().all(|value| value.is_finite()), "{peak} became {values:?}");
        assert!((values[0] - peak).abs() <= peak.abs() * 1e-6 + f32::MIN_POSITIVE, "{peak} became {values:?}");
    }
    assert_eq!(decode_patches(&encode_patches(&[], 5).unwrap()).unwrap(), (vec![], 5));
}

#[test]
fn what_is_no_patch_is_refused() {
    assert!(matches!(encode_patches(&[1.0; 7], 3), Err(Error::Invalid { .. })));
    assert!(matches!(encode_patches(&[], 0), Err(Error::Invalid { .. })));
    assert!(matches!(encode_patches(&vec![0.0; 65_536], 65_536), Err(Error::Invalid { .. })));
    assert!(matches!(encode_patches(&[1.0, f32::NAN], 2), Err(Error::NotFinite { .. })));
    assert!(matches!(encode_patches(&[f32::INFINITY, 1.0], 2), Err(Error::NotFinite { .. })));
}

#[test]
fn bytes_of_another_format_are_refused() {
    let good = encode_patches(&[1.0, 2.0, 3.0, 4.0], 2).unwrap();
    assert!(decode_patches(&good).is_some());
    for cut in (0..good.len()).filter(|cut| (cut + 3) % 6 != 0) {
        assert_eq!(decode_patches(&good[..cut]), None, "cut to {cut}");
    }
    let spoilt = |at: usize, byte: u8| {
        let mut bytes = good.clone();
        bytes[at] = byte;
        decode_patches(&bytes)
    };
    assert_eq!(spoilt(0, 2), None, "a later format");
    assert_eq!(spoilt(1, 0), None, "no dimensions");
    // The top byte of the first scale: a NaN.
    assert_eq!(spoilt(6, 0xff), None, "a scale that is no number");
}
