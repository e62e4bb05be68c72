//! The resampler from outside: alike with soxr, aligned, of the right length, and the same however it is fed.

// Helpers of tests count as tests.
#![allow(clippy::unwrap_used)]

use std::f64::consts::TAU;

use segue_dsp::resample::Resampler;
use segue_dsp::{Error, SAMPLE_LIMIT};

fn noise(n: usize) -> Vec<f32> {
    let mut state = 1_u32;
    (0..n)
        .map(|_| {
            state = state.wrapping_mul(1_664_525).wrapping_add(1_013_904_223);
            0.5 * ((state >> 8) as f32 / (1 << 23) as f32 - 1.0)
        })
        .collect()
}

fn tone(hz: f64, rate: u32, n: usize) -> Vec<f32> {
    (0..n).map(|i| (TAU * hz * i as f64 / f64::from(rate)).sin() as f32).collect()
}

fn convert(signal: &[f32], from: u32, to: u32, block: usize) -> Vec<f32> {
    let (mut resampler, mut out) = (Resampler::new(from, to).unwrap(), Vec::new());
    for piece in signal.chunks(block) {
        resampler.push(piece, &mut out).unwrap();
    }
    resampler.finish(&mut out).unwrap();
    out
}

fn energy(signal: &[f32]) -> f64 {
    signal.iter().map(|&x| f64::from(x).powi(2)).sum()
}

/// The root mean square away from the ends, which a filter's ringing disturbs, in dB of a full-scale sine.
fn level(signal: &[f32]) -> f64 {
    let inner = &signal[signal.len() / 4..signal.len() * 3 / 4];
    10.0 * (2.0 * energy(inner) / inner.len() as f64 + 1e-20).log10()
}

#[test]
fn like_soxr() {
    let path = concat!(env!("CARGO_MANIFEST_DIR"), "/../../tests/golden/dsp_resample.json");
    let golden: serde_json::Value = serde_json::from_str(&std::fs::read_to_string(path).unwrap()).unwrap();
    for case in golden["cases"].as_array().unwrap() {
        let number = |name: &str| case[name].as_u64().unwrap() as u32;
        let (from, to) = (number("from"), number("to"));
        let expected: Vec<f32> =
            case["output"].as_array().unwrap().iter().map(|x| x.as_f64().unwrap() as f32).collect();
        let ours = convert(&noise(number("samples") as usize), from, to, 1000);
        // soxr rounds a last half sample its own way.
        assert!(ours.len().abs_diff(expected.len()) <= 1);
        let error: Vec<f32> = ours.iter().zip(&expected).map(|(a, b)| a - b).collect();
        let ratio = 10.0 * (energy(&expected) / energy(&error)).log10();
        println!("{from} -> {to} Hz: {ratio:.1} dB alike");
        assert!(ratio > 55.0, "{from} -> {to} Hz: only {ratio:.1} dB alike");
    }
}

#[test]
fn rolls_off_as_soxr_does() {
    // soxr 0.1.3 by python-soxr 1.1.0, HQ: gain in dB at a part of the lower Nyquist frequency, 44.1 -> 16 kHz.
    let response = [(0.5, 0.0), (0.9, 0.0), (0.92, 0.0), (0.94, -0.65), (0.95, -2.84), (0.96, -8.09), (0.98, -34.1)];
    for (from, to) in [(44_100, 16_000), (48_000, 16_000), (96_000, 22_050), (22_050, 16_000), (8_000, 22_050)] {
        let nyquist = f64::from(from.min(to)) / 2.0;
        for (part, gain) in response {
            let heard = level(&convert(&tone(part * nyquist, from, from as usize), from, to, 4096));
            let tolerance = 0.05 + 0.04 * f64::abs(gain);
            assert!((heard - gain).abs() < tolerance, "{from} -> {to} Hz at {part}: {heard:.2} dB, not {gain}");
        }
        for part in [1.0, 1.1, 1.9] {
            if part * nyquist < f64::from(from) / 2.0 {
                let heard = level(&convert(&tone(part * nyquist, from, from as usize), from, to, 4096));
                assert!(heard < -110.0, "{from} -> {to} Hz lets {part} of Nyquist through at {heard:.1} dB");
            }
        }
    }
}

#[test]
fn aligned_and_of_the_right_length() {
    for from in [8_000, 11_025, 22_050, 32_000, 44_100, 44_101, 47_999, 48_000, 88_200, 96_000, 192_000, 384_000] {
        for to in [16_000, 22_050] {
            let n = from as usize / 2 + 123;
            let hz = 440.0;
            let out = convert(&tone(hz, from, n), from, to, 10_000);
            let expected = (n as f64 * f64::from(to) / f64::from(from)).round() as usize;
            assert_eq!(out.len(), expected, "{from} -> {to} Hz");
            // Away from the ends the tone is the tone, phase and all.
            let truth = tone(hz, to, out.len());
            let far = to as usize / 20;
            for (i, (a, b)) in out.iter().zip(&truth).enumerate().skip(far).take(out.len() - 2 * far) {
                assert!((a - b).abs() < 2e-4, "{from} -> {to} Hz, sample {i}: {a} not {b}");
            }
        }
    }
    for n in [0, 1, 2, 3, 100] {
        for (from, to) in [(44_100, 16_000), (8_000, 22_050)] {
            let expected = (n as f64 * f64::from(to) / f64::from(from)).round() as usize;
            assert_eq!(convert(&noise(n), from, to, 7).len(), expected);
        }
    }
}

#[test]
fn the_same_however_it_is_fed_and_again() {
    let signal = noise(30_000);
    let whole = convert(&signal, 44_100, 16_000, signal.len());
    for block in [1, 441, 6_999] {
        assert_eq!(convert(&signal, 44_100, 16_000, block), whole, "in blocks of {block}");
    }
    let (mut resampler, mut twice) = (Resampler::new(44_100, 16_000).unwrap(), Vec::new());
    for _ in 0..2 {
        resampler.push(&signal, &mut twice).unwrap();
        resampler.finish(&mut twice).unwrap();
    }
    assert_eq!(twice, [whole.clone(), whole].concat());
}

#[test]
fn equal_rates_pass_through_and_damage_is_silence() {
    let mut signal = noise(5_000);
    assert_eq!(convert(&signal, 44_100, 44_100, 999), signal);
    let bad = [f32::NAN, f32::INFINITY, f32::NEG_INFINITY, 2.0 * SAMPLE_LIMIT];
    let mut damaged = signal.clone();
    for (i, x) in bad.into_iter().enumerate() {
        damaged[1000 * i] = x;
        signal[1000 * i] = 0.0;
    }
    for to in [44_100, 16_000, 48_000] {
        assert_eq!(convert(&damaged, 44_100, to, 999), convert(&signal, 44_100, to, 999));
    }
}

#[test]
fn rates_out_of_reach_are_refused() {
    for (from, to) in [(0, 16_000), (16_000, 0), (999, 16_000), (u32::MAX, 16_000), (0, 0)] {
        let error = Resampler::new(from, to).err();
        assert!(matches!(error, Some(Error::SampleRate { .. })), "{from} -> {to}: {error:?}");
    }
    // The extremes work.
    assert_eq!(convert(&noise(1000), 1_000, 768_000, 100).len(), 768_000);
    assert_eq!(convert(&noise(767_999), 767_999, 1_000, 100_000).len(), 1_000);
}
