//! The loudness meter from outside: the standards' own test signals, and the `ebur128` crate as an oracle.

// Helpers of tests count as tests.
#![allow(clippy::unwrap_used)]

use std::f64::consts::TAU;

use ebur128::{EbuR128, Mode};
use segue_features::{Error, Loudness, LoudnessMeter, loudness};

/// A tone in all channels: `(seconds, dBFS)` one after the other.
fn tone(channels: usize, rate: u32, hz: f64, parts: &[(f64, f64)]) -> Vec<f32> {
    let mut signal = Vec::new();
    for &(seconds, level) in parts {
        let amplitude = 10.0_f64.powf(level / 20.0);
        for i in 0..(seconds * f64::from(rate)) as usize {
            let x = (amplitude * (TAU * hz * i as f64 / f64::from(rate)).sin()) as f32;
            signal.extend(std::iter::repeat_n(x, channels));
        }
    }
    signal
}

/// Noise of changing level and colour, another in every channel.
fn music(channels: usize, rate: u32, seconds: f64) -> Vec<f32> {
    let (mut state, mut low) = (7_u32, vec![0.0_f32; channels]);
    let mut signal = Vec::new();
    for i in 0..(seconds * f64::from(rate)) as usize {
        let time = i as f64 / f64::from(rate);
        let level = 10.0_f64.powf((-22.0 + 14.0 * (time * 0.9).sin()) / 20.0) as f32;
        for old in &mut low {
            state = state.wrapping_mul(1_664_525).wrapping_add(1_013_904_223);
            *old += 0.3 * ((state >> 8) as f32 / (1 << 23) as f32 - 1.0 - *old);
            signal.push(*old * level);
        }
    }
    signal
}

fn measure(channels: usize, rate: u32, signal: &[f32], block: usize) -> Loudness {
    let mut meter = LoudnessMeter::new(channels, rate).unwrap();
    signal.chunks(block * channels).for_each(|piece| meter.push(piece).unwrap());
    meter.finish().unwrap()
}

fn assert_near(what: &str, ours: f32, expected: f64, tolerance: f64) {
    assert!((f64::from(ours) - expected).abs() <= tolerance, "{what}: {ours}, not {expected}");
}

#[test]
fn test_signals_of_tech_3341() {
    let cases = [
        (1, vec![(20.0, -23.0)], -23.0),
        (2, vec![(20.0, -33.0)], -33.0),
        (3, vec![(10.0, -36.0), (60.0, -23.0), (10.0, -36.0)], -23.0),
        (4, vec![(10.0, -72.0), (10.0, -36.0), (60.0, -23.0), (10.0, -36.0), (10.0, -72.0)], -23.0),
        (5, vec![(20.0, -26.0), (20.1, -20.0), (20.0, -26.0)], -23.0),
    ];
    for (case, parts, expected) in cases {
        // One of them, with gating, in other shapes too.
        let shapes = [(2, 48_000), (2, 44_100), (2, 96_000), (1, 48_000), (6, 48_000)];
        for &(channels, rate) in shapes.get(..if case == 3 { 5 } else { 1 }).unwrap() {
            let name = format!("case {case}, {channels} channels at {rate} Hz");
            // Two channels of 5.1 sound; one alone is 3 dB softer than two, and gates fall with it.
            let mut signal = tone(channels, rate, 1000.0, &parts);
            if channels == 6 {
                signal.iter_mut().enumerate().filter(|(i, _)| i % 6 >= 2).for_each(|(_, x)| *x = 0.0);
            }
            let expected = expected - if channels == 1 { 3.01 } else { 0.0 };
            assert_near(&name, measure(channels, rate, &signal, 4096).integrated_lufs, expected, 0.1);
        }
    }
    // Case 6: 5.0 channels, levels of their own.
    let levels = [-28.0, -28.0, -24.0, -30.0, -30.0].map(|level: f64| 10.0_f64.powf(level / 20.0));
    let signal: Vec<f32> =
        tone(1, 48_000, 1000.0, &[(20.0, 0.0)]).iter().flat_map(|&x| levels.map(|level| x * level as f32)).collect();
    assert_near("case 6", measure(5, 48_000, &signal, 4096).integrated_lufs, -23.0, 0.1);
}

#[test]
fn true_peak_test_signals_of_tech_3341() {
    // Cases 15 to 19: a quarter, a sixth and an eighth of the rate, sampled beside its peaks; +0.2 / −0.4 dB are allowed.
    let rate = 48_000;
    let cases = [
        (4.0, 0.0, 0.5, -6.0),
        (4.0, 45.0, 0.5, -6.0),
        (6.0, 60.0, 0.5, -6.0),
        (8.0, 67.5, 0.5, -6.0),
        (4.0, 45.0, 1.41, 3.0),
    ];
    for (part, degrees, amplitude, expected) in cases {
        let sample = |i: usize| (amplitude * (TAU * (i as f64 / part + degrees / 360.0)).sin()) as f32;
        // Faded in and out: a hard start has a peak of its own.
        let n = 48_000;
        let fade = |i: usize| (i.min(n - i) as f32 / 1000.0).min(1.0);
        let signal: Vec<f32> = (0..n).flat_map(|i| [sample(i) * fade(i); 2]).collect();
        let peak = measure(2, rate, &signal, 4096).true_peak_dbtp;
        assert!(peak > expected - 0.4 && peak < expected + 0.2, "1/{part} at {degrees}: {peak}, not {expected}");
    }
}

#[test]
fn test_signals_of_tech_3342() {
    let cases = [
        (vec![(20.0, -20.0), (20.0, -30.0)], 10.0),
        (vec![(20.0, -20.0), (20.0, -15.0)], 5.0),
        (vec![(20.0, -40.0), (20.0, -20.0)], 20.0),
        (vec![(20.0, -50.0), (20.0, -35.0), (20.0, -20.0), (20.0, -35.0), (20.0, -50.0)], 15.0),
    ];
    for (parts, expected) in cases {
        let shapes = [(2, 48_000), (2, 44_100), (1, 48_000), (6, 48_000)];
        for &(channels, rate) in shapes.get(..if expected == 10.0 { 4 } else { 1 }).unwrap() {
            let name = format!("{parts:?}, {channels} channels at {rate} Hz");
            let signal = tone(channels, rate, 1000.0, &parts);
            assert_near(&name, measure(channels, rate, &signal, 4096).range_lu, expected, 1.0);
        }
    }
}

#[test]
fn like_ebur128() {
    for (channels, rate) in [
        (1, 8_000),
        (1, 44_100),
        (2, 22_050),
        (2, 44_100),
        (2, 96_000),
        (2, 192_000),
        (2, 384_000),
        (4, 48_000),
        (5, 48_000),
        (6, 48_000),
    ] {
        let signal = music(channels, rate, 16.0);
        let ours = measure(channels, rate, &signal, 5000);
        let mode = Mode::I | Mode::LRA | Mode::TRUE_PEAK | Mode::HISTOGRAM;
        let mut oracle = EbuR128::new(channels as u32, rate, mode).unwrap();
        oracle.add_frames_f32(&signal).unwrap();
        let peak = (0..channels as u32).map(|channel| oracle.true_peak(channel).unwrap()).fold(0.0, f64::max);
        let name = format!("{channels} channels at {rate} Hz");
        assert_near(&name, ours.integrated_lufs, oracle.loudness_global().unwrap(), 0.05);
        // The crate takes a short-term value per second, we take ten: over 16 s that is a difference.
        assert_near(&name, ours.range_lu, oracle.loudness_range().unwrap(), 0.5);
        assert_near(&name, ours.true_peak_dbtp, 20.0 * peak.log10(), 0.01);
    }
}

#[test]
fn replay_gain_brings_to_its_level() {
    for level in [-40.0, -23.0, -6.0] {
        let signal = tone(2, 48_000, 1000.0, &[(5.0, level)]);
        let gain = measure(2, 48_000, &signal, 4096).replay_gain_db();
        // A stereo tone of 1 kHz is as loud in LUFS as its amplitude in dBFS (Tech 3341).
        assert_near("gain", gain, -18.0 - level, 0.05);
        let amplified: Vec<f32> = signal.iter().map(|x| x * 10.0_f32.powf(gain / 20.0)).collect();
        assert_near("after it", measure(2, 48_000, &amplified, 4096).integrated_lufs, -18.0, 0.01);
    }
    assert_eq!(measure(2, 48_000, &[0.0; 96_000], 4096).replay_gain_db(), 0.0, "silence stays");
}

#[test]
fn channels_count_by_their_place() {
    let mono = tone(1, 48_000, 1000.0, &[(5.0, -20.0)]);
    let alone = |channels: usize, place: usize| {
        let mut signal = vec![0.0; mono.len() * channels];
        signal.iter_mut().skip(place).step_by(channels).zip(&mono).for_each(|(out, x)| *out = *x);
        measure(channels, 48_000, &signal, 4096)
    };
    let front = alone(1, 0).integrated_lufs;
    for (channels, place, gain) in
        [(2, 1, 0.0), (3, 2, 0.0), (6, 5, 1.49), (7, 4, 0.0), (8, 4, 0.0), (8, 7, 1.49), (12, 11, 0.0)]
    {
        let heard = alone(channels, place).integrated_lufs;
        assert_near(&format!("{place} of {channels}"), heard - front, gain, 0.01);
    }
    // The low-frequency channel has no loudness but a peak.
    let low = alone(6, 3);
    assert_eq!(low.integrated_lufs, loudness::FLOOR_LUFS);
    assert_near("its peak", low.true_peak_dbtp, -20.0, 0.05);
}

#[test]
fn the_same_however_it_is_cut() {
    let signal = music(2, 44_100, 12.0);
    let whole = measure(2, 44_100, &signal, signal.len());
    for block in [1, 31, 4410, 100_000] {
        assert_eq!(measure(2, 44_100, &signal, block), whole, "in blocks of {block}");
    }
}

#[test]
fn any_input_gives_finite_values() {
    let floor = Loudness { integrated_lufs: loudness::FLOOR_LUFS, range_lu: 0.0, true_peak_dbtp: loudness::FLOOR_DBTP };
    for silence in [vec![], vec![0.0; 2], vec![0.0; 1_000_000], vec![f32::NAN; 1_000_000], vec![f32::INFINITY; 2]] {
        assert_eq!(measure(2, 44_100, &silence, 4096), floor);
    }
    let mut damaged = music(2, 44_100, 5.0);
    damaged[100_000] = f32::NAN;
    damaged[200_001] = f32::NEG_INFINITY;
    for signal in [damaged, vec![1e9; 400_000], vec![f32::MIN_POSITIVE; 400_000], vec![1.0; 2]] {
        let Loudness { integrated_lufs, range_lu, true_peak_dbtp } = measure(2, 44_100, &signal, 4096);
        assert!(integrated_lufs.is_finite() && range_lu.is_finite() && true_peak_dbtp.is_finite());
        assert!(integrated_lufs >= floor.integrated_lufs && true_peak_dbtp >= floor.true_peak_dbtp && range_lu >= 0.0);
    }
    // A sound too short for a gating block is measured all the same.
    let short = measure(2, 48_000, &tone(2, 48_000, 1000.0, &[(0.25, -23.0)]), 4096);
    assert_near("a quarter second", short.integrated_lufs, -23.0, 0.2);
}

#[test]
fn requests_that_make_no_sense_are_refused() {
    let new = |channels, rate| LoudnessMeter::new(channels, rate).err();
    assert!(matches!(new(0, 44_100), Some(Error::Channels { channels: 0, .. })));
    assert!(matches!(new(65, 44_100), Some(Error::Channels { channels: 65, .. })));
    assert!(matches!(new(2, 0), Some(Error::SampleRate { sample_rate: 0, .. })));
    assert!(matches!(new(2, u32::MAX), Some(Error::SampleRate { .. })));
    let mut meter = LoudnessMeter::new(2, 44_100).unwrap();
    assert_eq!(meter.push(&[0.0; 3]), Err(Error::PartialFrame { samples: 3, channels: 2 }));
    assert_eq!(meter.push(&[0.0; 4]), Ok(()));
}
