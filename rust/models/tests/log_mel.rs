//! The front end is librosa's.
#![allow(clippy::unwrap_used)]

mod common;

use common::{golden, largest_difference, scaled};
use segue_models::{BANDS, Frame, LogMel};

/// The signal of `tests/golden/make_logmel.py`.
fn signal() -> Vec<f32> {
    let mut state = 1_u32;
    (0..24_123)
        .map(|n| {
            state = state.wrapping_mul(1_664_525).wrapping_add(1_013_904_223);
            let noise = f64::from(state) / 2_f64.powi(31) - 1.0;
            let t = f64::from(n) / 16_000.0;
            let chirp = (2.0 * std::f64::consts::PI * (50.0 * t + 2_570.0 * t * t)).sin();
            let level = match n {
                12_000..14_000 => 0.0,
                8_000..12_000 => 0.001,
                _ => 1.0,
            };
            ((32_767.0 * level * (0.6 * chirp + 0.1 * noise) + 0.5).floor() / 32_768.0) as f32
        })
        .collect()
}

fn frames(log_mel: &mut LogMel, signal: &[f32], block: usize) -> Vec<f32> {
    let mut frames = Vec::new();
    let mut take = |frame: Frame<'_>| {
        assert_eq!(frame.bands.len(), BANDS);
        assert!(frame.power.is_finite() && frame.power >= 0.0);
        frames.extend_from_slice(frame.bands);
    };
    for piece in signal.chunks(block) {
        log_mel.push(piece, &mut take);
    }
    log_mel.finish(&mut take);
    frames
}

#[test]
fn equal_to_librosa_within_1e_3() {
    let golden = golden("models_logmel.json");
    let expected = scaled(&golden["logmel_e5"]);
    let frames = frames(&mut LogMel::new().unwrap(), &signal(), 1000);
    assert_eq!(frames.len() / BANDS, golden["frames"].as_u64().unwrap() as usize);
    let difference = largest_difference(&frames, &expected);
    assert!(difference < 1e-3, "{difference:e}");
    // A signal that says something: loud, quiet and silent frames.
    assert!(expected.iter().any(|x| *x > 4.0) && expected.iter().filter(|x| **x == 0.0).count() > 3 * BANDS);
}

#[test]
fn blocks_do_not_matter_and_the_end_is_a_beginning() {
    let (signal, mut log_mel) = (signal(), LogMel::new().unwrap());
    let whole = frames(&mut log_mel, &signal, signal.len());
    for block in [1, 255, 256, 4096] {
        assert_eq!(frames(&mut log_mel, &signal, block), whole, "blocks of {block}");
    }
}

#[test]
fn any_samples_give_finite_frames() {
    let mut log_mel = LogMel::new().unwrap();
    assert!(frames(&mut log_mel, &[], 1).is_empty());
    assert_eq!(frames(&mut log_mel, &[0.0], 1), [0.0; BANDS]);
    for hostile in [f32::NAN, f32::INFINITY, f32::MAX, f32::MIN_POSITIVE, -1e9] {
        let frames = frames(&mut log_mel, &[hostile; 2000], 700);
        assert_eq!(frames.len(), 8 * BANDS);
        assert!(frames.iter().all(|x| x.is_finite() && *x >= 0.0), "{hostile}");
    }
}
