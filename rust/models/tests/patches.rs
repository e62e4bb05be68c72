//! From samples to the patches that the networks hear.
#![allow(clippy::unwrap_used)]

mod common;

use common::largest_difference;
use segue_models::{Level, LogMel, Patch, PatchSampler, Patches};

const RATE: usize = LogMel::SAMPLE_RATE as usize;

/// Seconds of a tune that goes on changing: three partials under a pulse, and noise that comes and goes.
fn tune(seconds: usize, seed: u32) -> Vec<f32> {
    let mut state = seed;
    (0..seconds * RATE)
        .map(|n| {
            state = state.wrapping_mul(1_664_525).wrapping_add(1_013_904_223);
            let noise = (state >> 8) as f32 / (1 << 23) as f32 - 1.0;
            let t = n as f32 / RATE as f32;
            let step = ((t / 4.0) as u32).wrapping_mul(seed).wrapping_mul(2_654_435_761) >> 28;
            let pitch = 110.0 * 2_f32.powf(step as f32 / 4.0);
            let voice: f32 =
                (1..=3).map(|k| (std::f32::consts::TAU * k as f32 * pitch * (t % 4.0)).sin() / k as f32).sum();
            let beat = 1.0 - 0.8 * (2.0 * t).fract();
            0.2 * beat * voice + 0.1 * (0.07 * t).sin().abs() * noise
        })
        .collect()
}

/// The patches of a signal, each with its weight.
fn hear(signal: &[f32], block: usize, patches: Patches, level: Level) -> Vec<(Vec<f32>, f64)> {
    let (mut log_mel, mut sampler) = (LogMel::new().unwrap(), PatchSampler::new(patches, level));
    let mut heard = Vec::new();
    for piece in signal.chunks(block) {
        log_mel.push(piece, &mut |frame| {
            sampler.push(frame, &mut |patch| heard.push((patch.log_mel.to_vec(), patch.weight)));
        });
    }
    log_mel.finish(&mut |frame| {
        sampler.push(frame, &mut |patch| heard.push((patch.log_mel.to_vec(), patch.weight)));
    });
    sampler.finish(&mut |patch| heard.push((patch.log_mel.to_vec(), patch.weight)));
    heard
}

/// What a network that hears only the average of each band would say.
fn mean(heard: &[(Vec<f32>, f64)]) -> Vec<f32> {
    let total: f64 = heard.iter().map(|(_, weight)| weight).sum();
    let band = |band: usize| {
        let patch = |patch: &[f32]| patch.iter().skip(band).step_by(96).map(|x| f64::from(*x)).sum::<f64>() / 187.0;
        heard.iter().map(|(values, weight)| weight / total * patch(values)).sum::<f64>() as f32
    };
    (0..96).map(band).collect()
}

#[test]
fn blocks_do_not_matter() {
    let signal = tune(100, 3);
    for (patches, level) in [
        (Patches::Count(12), Level::AsIs),
        (Patches::Count(12), Level::Both),
        (Patches::All, Level::AsIs),
        (Patches::All, Level::Both),
    ] {
        let whole = hear(&signal, signal.len(), patches, level);
        assert!(whole.len() > 4);
        for block in [97, 4096, 44_100] {
            assert!(hear(&signal, block, patches, level) == whole, "{patches:?}, {level:?}, blocks of {block}");
        }
    }
}

#[test]
fn few_patches_stand_for_all_better_than_as_many_spread_evenly() {
    let (mut chosen_error, mut even_error) = (0.0, 0.0);
    for seed in [3, 5, 9, 13] {
        let all = hear(&tune(240, seed), 4096, Patches::All, Level::AsIs);
        let chosen = hear(&tune(240, seed), 4096, Patches::Count(16), Level::AsIs);
        let (count, last) = (chosen.len(), all.len() - 1);
        assert!((6..=16).contains(&count));
        let even: Vec<_> = (0..count).map(|i| all[i * last / (count - 1)].clone()).collect();
        let error = |heard: &[(Vec<f32>, f64)]| {
            let difference = mean(heard).iter().zip(mean(&all)).map(|(a, b)| (a - b).powi(2)).sum::<f32>();
            difference.sqrt()
        };
        chosen_error += error(&chosen);
        even_error += error(&even);
    }
    assert!(chosen_error < 0.7 * even_error, "{chosen_error} against {even_error}");
}

#[test]
fn a_levelled_track_is_the_same_at_any_level() {
    let signal = tune(60, 9);
    let quiet: Vec<f32> = signal.iter().map(|x| 0.5 * x).collect();
    let heard = |signal: &[f32]| {
        let mut probes = Vec::new();
        let mut sampler = PatchSampler::new(Patches::All, Level::Both);
        let mut take = |patch: Patch<'_>| {
            probes.extend(patch.levelled.map(|levelled| (patch.log_mel.to_vec(), levelled.to_vec())));
        };
        let mut log_mel = LogMel::new().unwrap();
        log_mel.push(signal, &mut |frame| sampler.push(frame, &mut take));
        log_mel.finish(&mut |frame| sampler.push(frame, &mut take));
        sampler.finish(&mut take);
        probes
    };
    let (loud, quiet) = (heard(&signal), heard(&quiet));
    assert!(loud.len() > 5 && loud.len() == quiet.len());
    for ((loud, loud_levelled), (quiet, quiet_levelled)) in loud.iter().zip(&quiet) {
        assert!(largest_difference(loud_levelled, quiet_levelled) < 1e-3);
        assert!(largest_difference(loud, quiet) > 0.1);
    }
}

#[test]
fn a_hidden_track_is_heard_beside_the_first_and_the_silence_is_not() {
    // Whole patches, so that the cuts are the same with and without the silence; 3 minutes of it, with the hiss of 16 bits.
    let patch = 187 * 256;
    let (first, hidden) = (&tune(60, 5)[..19 * patch], &tune(40, 11)[..12 * patch]);
    let silence: Vec<f32> = tune(180, 7).iter().take(60 * patch).map(|x| 1e-5 * x).collect();
    let both = mean(&hear(&[first, hidden].concat(), 4096, Patches::All, Level::AsIs));
    let with_silence = [first, &silence, hidden].concat();
    let heard = mean(&hear(&with_silence, 4096, Patches::Count(32), Level::AsIs));
    let plain = mean(&hear(&with_silence, 4096, Patches::All, Level::AsIs));
    let (heard, plain) = (largest_difference(&heard, &both), largest_difference(&plain, &both));
    assert!(plain > 0.5, "silence would not have been noticed: {plain}");
    assert!(heard < 0.2 * plain, "{heard} with and {plain} without a choice");
}

#[test]
fn silence_and_the_shortest_sounds_have_an_answer() {
    for patches in [Patches::Count(8), Patches::All] {
        for level in [Level::AsIs, Level::Both] {
            for signal in [vec![0.0; 30 * RATE], vec![0.5; 1], vec![f32::NAN; 1000], vec![f32::MAX; 5 * RATE]] {
                let heard = hear(&signal, 4096, patches, level);
                assert!(!heard.is_empty());
                let finite = |(patch, weight): &(Vec<f32>, f64)| patch.iter().all(|x| x.is_finite()) && *weight >= 0.0;
                assert!(heard.iter().all(finite), "{patches:?}, {level:?}, {:?}", signal.first());
            }
            assert!(hear(&[], 1, patches, level).is_empty());
        }
    }
}
