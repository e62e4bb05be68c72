//! Fingerprints from outside: against another implementation of Chromaprint, and against what happens to recordings.

// Helpers of tests count as tests.
#![allow(clippy::unwrap_used)]

use std::f64::consts::TAU;

use rusty_chromaprint::{Configuration, Fingerprinter};
use segue_dsp::resample::Resampler;
use segue_features::{Error, Fingerprint, FingerprintExtractor};

const RATE: f64 = FingerprintExtractor::SAMPLE_RATE as f64;

fn listen(signal: &[f32]) -> Fingerprint {
    listen_in(signal, 4096)
}

fn listen_in(signal: &[f32], block: usize) -> Fingerprint {
    let mut extractor = FingerprintExtractor::new().unwrap();
    signal.chunks(block).for_each(|piece| extractor.push(piece));
    extractor.finish()
}

struct Random(u32);

impl Random {
    fn next(&mut self) -> u32 {
        self.0 = self.0.wrapping_mul(1_664_525).wrapping_add(1_013_904_223);
        self.0 >> 8
    }

    fn sample(&mut self) -> f32 {
        self.next() as f32 / (1 << 23) as f32 - 1.0
    }
}

/// A piece of its own for every seed: three voices of plucked notes, and a little noise.
fn piece(seed: u32, seconds: f64) -> Vec<f32> {
    let mut random = Random(seed);
    let mut signal: Vec<f32> = (0..(seconds * RATE) as usize).map(|_| 0.002 * random.sample()).collect();
    for voice in 0..3 {
        let mut start = 0;
        while start < signal.len() {
            let length = (RATE * f64::from(2 + random.next() % 6) * 0.1) as usize;
            let hz = 110.0 * 2.0_f64.powf(f64::from(voice * 10 + random.next() % 20) / 12.0);
            for (i, x) in signal.iter_mut().skip(start).take(length).enumerate() {
                let time = i as f64 / RATE;
                let partials = (1..=4).map(|k| (TAU * hz * f64::from(k) * time).sin() * 0.5_f64.powi(k));
                *x += (0.3 * (-3.0 * time).exp() * partials.sum::<f64>()) as f32;
            }
            start += length;
        }
    }
    signal
}

/// Bits that differ, as a part of all, item by item.
fn error_rate(a: &[u32], b: &[u32]) -> f64 {
    let n = a.len().min(b.len());
    assert!(n > 0);
    f64::from(a.iter().zip(b).map(|(a, b)| (a ^ b).count_ones()).sum::<u32>()) / (32 * n) as f64
}

#[test]
fn as_another_chromaprint_hears_it() {
    // Music that begins at once: the oracle does not wait for the first sound.
    for (seed, seconds, items) in [(1, 130.0, 948), (2, 30.0, 221)] {
        let signal = piece(seed, seconds);
        let onset = signal.iter().position(|x| x.abs() >= 1e-3).unwrap();
        let heard = &signal[onset..signal.len().min(onset + 120 * 22_050)];
        let (mut resampler, mut half) = (Resampler::new(22_050, 11_025).unwrap(), Vec::new());
        resampler.push(heard, &mut half).unwrap();
        resampler.finish(&mut half).unwrap();
        let half: Vec<i16> = half.iter().map(|x| (x * f32::from(i16::MAX)).round() as i16).collect();
        let mut oracle = Fingerprinter::new(&Configuration::preset_test2());
        oracle.start(11_025, 1).unwrap();
        oracle.consume(&half);
        oracle.finish();

        let ours = listen(&signal).items;
        assert_eq!((ours.len(), oracle.fingerprint().len()), (items, items));
        let rate = error_rate(&ours, oracle.fingerprint());
        assert!(rate < 0.002, "{rate}");
    }
}

#[test]
fn a_recording_stays_itself_and_another_is_another() {
    let original = piece(3, 60.0);
    let fingerprint = listen(&original).items;
    let quieter: Vec<f32> = original.iter().map(|x| 0.5 * x).collect();
    let mut random = Random(9);
    let noisy: Vec<f32> = original.iter().map(|x| x + 0.005 * random.sample()).collect();
    let clipped: Vec<f32> = original.iter().map(|x| (2.0 * x).clamp(-0.7, 0.7)).collect();
    for (name, signal, limit) in [("quieter", quieter, 0.01), ("noisy", noisy, 0.05), ("clipped", clipped, 0.05)] {
        let rate = error_rate(&fingerprint, &listen(&signal).items);
        assert!(rate < limit, "{name}: {rate}");
    }
    let other = error_rate(&fingerprint, &listen(&piece(4, 60.0)).items);
    assert!(other > 0.35, "{other}");
}

#[test]
fn the_lead_in_does_not_matter() {
    let signal = piece(5, 40.0);
    let faint: Vec<f32> = (0..70_001).map(|i| if i % 2 == 0 { 5e-4 } else { -5e-4 }).collect();
    for lead_in in [vec![0.0; 1], vec![0.0; 66_150], faint] {
        let delayed: Vec<f32> = lead_in.into_iter().chain(signal.iter().copied()).collect();
        assert_eq!(listen(&delayed), listen(&signal));
    }
}

#[test]
fn two_minutes_are_heard() {
    let mut signal = piece(6, 125.0);
    let whole = listen(&signal);
    assert_eq!(whole.items.len(), Fingerprint::MAX_ITEMS);
    for x in signal.iter_mut().skip(121 * 22_050) {
        *x = -*x + 0.1;
    }
    assert_eq!(listen(&signal), whole);
    signal.truncate(120 * 22_050 + 100);
    assert_eq!(listen(&signal).items.len(), Fingerprint::MAX_ITEMS);
    // 26 frames make the first item's 20.
    assert_eq!(listen(&signal[..22_050]).items.len(), 0);
    assert_eq!(listen(&signal[..3 * 22_050]).items.len(), 3);
}

#[test]
fn the_same_however_the_sound_is_cut() {
    let mut signal = vec![0.0; 10_000];
    signal.extend(piece(7, 125.0));
    let whole = listen_in(&signal, signal.len());
    for block in [1, 1000, 22_051] {
        assert_eq!(listen_in(&signal, block), whole, "in blocks of {block}");
    }
}

#[test]
fn bytes_go_there_and_back() {
    let fingerprint = listen(&piece(8, 121.0));
    let bytes = fingerprint.to_bytes();
    assert_eq!(bytes.len(), 4 + 4 * Fingerprint::MAX_ITEMS);
    assert!(bytes.len() <= 4096);
    assert_eq!(Fingerprint::from_bytes(&bytes), Ok(fingerprint));
    assert_eq!(Fingerprint::from_bytes(&Fingerprint::default().to_bytes()), Ok(Fingerprint::default()));
    let long = Fingerprint { items: vec![7; 100_000] };
    assert_eq!(Fingerprint::from_bytes(&long.to_bytes()).unwrap().items, vec![7; Fingerprint::MAX_ITEMS]);

    let mut other_format = bytes.clone();
    other_format[0] ^= 1;
    let mut too_many = vec![1, 0, 255, 255];
    too_many.resize(4 + 4 * 65_535, 0);
    let extra = [bytes.as_slice(), &[0]].concat();
    for bad in
        [&[][..], &bytes[..3], &bytes[..bytes.len() - 1], &bytes[..bytes.len() - 4], &extra, &other_format, &too_many]
    {
        assert_eq!(Fingerprint::from_bytes(bad), Err(Error::FingerprintBytes { bytes: bad.len() }));
    }
}

#[test]
fn any_input_has_a_fingerprint() {
    let nothing = [vec![], vec![1.0], vec![0.0; 300_000], vec![f32::NAN; 300_000], vec![f32::MIN_POSITIVE; 300_000]];
    for signal in nothing {
        assert_eq!(listen(&signal), Fingerprint::default());
    }
    // Damaged samples are silence.
    let (mut damaged, mut cleaned) = (piece(10, 20.0), piece(10, 20.0));
    for (i, bad) in [f32::NAN, f32::INFINITY, f32::NEG_INFINITY, f32::MAX].into_iter().enumerate() {
        damaged[i * 10_007] = bad;
        cleaned[i * 10_007] = 0.0;
    }
    damaged[0] = f32::NAN;
    cleaned[0] = 0.0;
    assert_eq!(listen(&damaged), listen(&cleaned));
    let square: Vec<f32> = (0..200_000).map(|i| if i / 50 % 2 == 0 { 1e9 } else { -1e9 }).collect();
    assert!(!listen(&square).items.is_empty());
}
