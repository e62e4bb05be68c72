//! Which three seconds of a track the networks hear.

use crate::level::{LevelMeter, SILENCE_POWER};
use crate::log_mel::{Frame, amplified};
use crate::quadrature::{Description, describe, fewest, representatives};
use crate::thinned::Thinned;
use crate::{BANDS, Level, PATCH_FRAMES, PATCH_LEN};

/// How many patches of a track are heard.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Patches {
    /// At most so many, and at most 256: those that stand best for the track, each weighted by how much of it it stands for. A track that
    /// changes little is heard in fewer, down to three eighths of them. Twice as many bring half the error.
    Count(usize),
    /// Every one, silent or not, all with the same weight: the plain computation.
    All,
}

impl Default for Patches {
    /// 32, of which 27 are heard on average of 36 tracks of 40 s to 29 min: the mean embedding has a cosine of 0.9994 (MSD,
    /// worst 0.997) and 0.9991 (MTT, worst 0.996) to that of all patches.
    fn default() -> Self {
        Self::Count(32)
    }
}

/// A patch to be heard.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Patch<'a> {
    /// Its log-mel values, [`PATCH_LEN`] of them, frame after frame: what [`Model::run`](crate::Model::run) takes.
    pub log_mel: &'a [f32],
    /// How much of the track it stands for beside the track's other patches: what
    /// [`Aggregate::push`](crate::Aggregate::push) takes.
    pub weight: f64,
    /// The same patch at the level that all tracks share, for some patches of a track where that was asked for: what
    /// [`Aggregate::push_levelled`](crate::Aggregate::push_levelled) takes.
    pub levelled: Option<&'a [f32]>,
}

/// The most that can be wanted, so that memory and the time of choosing stay what a track may cost.
const MOST_WANTED: usize = 256;
/// Patches kept, while a track goes on, for each one wanted at its end.
const KEPT_PER_WANTED: usize = 5;
/// Patches that are heard at both levels, at most: all of those that are usually heard. From ten of them the whole track's
/// mean at the other level is known to a cosine of 0.999, but that noise alone costs one in twenty of its ten nearest tracks.
const PROBES: usize = 32;
/// Patches of which the description is kept: 102 min, 2.4 MB.
const DESCRIBED: usize = 2048;
/// A pause of so many patches belongs to the music.
const LONGEST_PAUSE: usize = 3;

/// Cuts a stream of log-mel frames into patches of 187 frames that follow each other without overlap, chooses those
/// that stand for the track, and hands them out in the order of time.
///
/// Frames after the last whole patch are dropped. A track shorter than one patch is repeated until it fills one, which
/// is how the networks were trained on short clips; no frames, no patch.
///
/// **Choice.** With [`Patches::Count`] every patch is described by the means, deviations and changes of its bands, and
/// those handed out are the ones whose weighted mean predicts that of all patches best. A track of no more patches than
/// three eighths of those wanted is handed out whole.
///
/// **Silence.** With [`Patches::Count`] more than three silent patches in a row (9 s in which none reaches −70 dBFS) are no
/// part of the music, wherever they are, and are left out as if the file did not have them. Shorter pauses count like any
/// other patch. A track of nothing but silence has one patch.
///
/// **Memory** does not grow with the track, but for 4 bytes per second with [`Level::Both`]. For a wanted number `n`
/// at most `5 n` patches are kept (12 MB for 32) and 2048 descriptions (2.4 MB). When one more comes, every other one is
/// dropped and from then on only every second (fourth, eighth, …) is kept. The choice is so among all patches of tracks
/// of up to `5 n` (8 min for 32), and among every second, but judged by all of them, for longer ones. With
/// [`Patches::All`] and [`Level::AsIs`] nothing is kept; with both levels up to 64 patches are.
#[derive(Debug)]
pub struct PatchSampler {
    patches: Patches,
    level: Level,
    meter: LevelMeter,
    /// The frames of the patch that is being filled, and the sum of their powers.
    current: Vec<f32>,
    power: f64,
    /// Whether a patch was completed.
    complete: bool,
    /// The silent patches since the last that sounded, as long as they may be a pause, and how many there were.
    pause: Vec<Box<[f32]>>,
    silent: usize,
    kept: Thinned<Box<[f32]>>,
    descriptions: Thinned<Description>,
}

impl PatchSampler {
    /// A sampler for one track; after [`finish`](Self::finish) for the next.
    #[must_use]
    pub fn new(patches: Patches, level: Level) -> Self {
        let patches = match patches {
            Patches::Count(wanted) => Patches::Count(wanted.min(MOST_WANTED)),
            Patches::All => Patches::All,
        };
        let kept = match (patches, level) {
            (Patches::Count(wanted), _) => wanted.saturating_mul(KEPT_PER_WANTED),
            (Patches::All, Level::AsIs) => 0,
            (Patches::All, Level::Both) => 2 * PROBES,
        };
        Self {
            patches,
            level,
            meter: LevelMeter::default(),
            current: Vec::with_capacity(PATCH_LEN),
            power: 0.0,
            complete: false,
            pause: Vec::new(),
            silent: 0,
            kept: Thinned::new(kept),
            // No fewer than patches, so that every patch that is kept has its description.
            descriptions: Thinned::new(if patches == Patches::All { 0 } else { kept.max(DESCRIBED) }),
        }
    }

    /// Takes the next log-mel frame (fewer than 96 bands are filled up with silence, more are ignored). With
    /// [`Patches::All`] a patch is given to `ready` as soon as it is complete, otherwise when the track ends.
    pub fn push(&mut self, frame: Frame<'_>, ready: &mut dyn FnMut(Patch<'_>)) {
        let end = self.current.len() + BANDS;
        self.current.extend(frame.bands.iter().take(BANDS));
        self.current.resize(end, 0.0);
        self.power += f64::from(frame.power);
        if self.level == Level::Both {
            self.meter.push(frame.power);
        }
        if end < PATCH_LEN {
            return;
        }
        match self.patches {
            Patches::All => {
                ready(Patch { log_mel: &self.current, weight: 1.0, levelled: None });
                self.kept.offer(|| self.current.as_slice().into());
            }
            Patches::Count(0) => {}
            Patches::Count(_) => self.consider(),
        }
        self.current.clear();
        self.power = 0.0;
        self.complete = true;
    }

    /// Ends the track: gives the patches that are still due to `ready`, in order. With [`Patches::All`] those that are to be
    /// heard at both levels come again, without weight.
    pub fn finish(&mut self, ready: &mut dyn FnMut(Patch<'_>)) {
        let Self { patches, level, meter, current, complete, mut pause, silent, mut kept, mut descriptions, .. } =
            std::mem::replace(self, Self::new(self.patches, self.level));
        if !complete && !current.is_empty() && patches != Patches::Count(0) {
            kept = Thinned::new(1);
            kept.offer(|| current.iter().copied().cycle().take(PATCH_LEN).collect());
        }
        if kept.items().is_empty() {
            pause.truncate(1);
        }
        if silent <= LONGEST_PAUSE || kept.items().is_empty() {
            for patch in pause {
                descriptions.offer(|| describe(&patch));
                kept.offer(|| patch);
            }
        }
        let places = match patches {
            Patches::Count(wanted) if fewest(wanted) < kept.items().len() => {
                let population: Vec<&Description> = descriptions.items().iter().collect();
                // Both are thinned by powers of two, and the patches no less than the descriptions.
                let step = kept.stride() / descriptions.stride().max(1);
                let candidates: Vec<&Description> = population.iter().copied().step_by(step.max(1)).collect();
                representatives(&candidates, &population, wanted)
            }
            _ => (0..kept.items().len()).map(|place| (place, 1.0)).collect(),
        };
        // Those that stand for nothing need not be heard.
        let places: Vec<(usize, f64)> = places.into_iter().filter(|(_, weight)| *weight > 0.0).collect();
        let gain = (level == Level::Both).then(|| meter.gain());
        let heard_before = complete && patches == Patches::All;
        let count = places.len();
        for (number, (place, weight)) in places.into_iter().enumerate() {
            let Some(patch) = kept.items().get(place) else { continue };
            let levelled =
                gain.filter(|_| is_probe(number, count)).map(|gain| amplified(patch, gain).collect::<Vec<f32>>());
            match (heard_before, &levelled) {
                (true, None) => {}
                (_, levelled) => ready(Patch {
                    log_mel: patch,
                    weight: if heard_before { 0.0 } else { weight },
                    levelled: levelled.as_deref(),
                }),
            }
        }
    }

    /// Keeps the patch that was just filled, if it is part of the music.
    fn consider(&mut self) {
        if self.power < f64::from(SILENCE_POWER) * PATCH_FRAMES as f64 {
            self.silent += 1;
            if self.silent <= LONGEST_PAUSE {
                self.pause.push(self.current.as_slice().into());
            } else {
                // One is left in case the whole track is silent.
                self.pause.truncate(1);
            }
            return;
        }
        let pause = std::mem::take(&mut self.pause);
        if std::mem::take(&mut self.silent) <= LONGEST_PAUSE {
            for patch in pause {
                self.descriptions.offer(|| describe(&patch));
                self.kept.offer(|| patch);
            }
        }
        self.descriptions.offer(|| describe(&self.current));
        self.kept.offer(|| self.current.as_slice().into());
    }
}

/// Whether the patch of this number among `count` is one of [`PROBES`] spread evenly over them.
fn is_probe(number: usize, count: usize) -> bool {
    let before = |number: usize| number * PROBES / count.max(1);
    count <= PROBES || before(number) != before(number + 1)
}

const _: () = assert!(PATCH_LEN == PATCH_FRAMES * BANDS);

#[cfg(test)]
mod tests {
    use super::*;

    const SOUND: f32 = 0.01;

    fn frame(value: f32, power: f32) -> impl Fn(&mut PatchSampler, &mut dyn FnMut(Patch<'_>)) {
        move |sampler, ready| sampler.push(Frame { bands: &[value; BANDS], power }, ready)
    }

    /// Feeds whole patches of (value, power); returns what is handed out as (value, weight).
    fn hear(sampler: &mut PatchSampler, track: &[(f32, f32)]) -> Vec<(f32, f64)> {
        let mut out = Vec::new();
        let mut take = |patch: Patch<'_>| {
            assert_eq!(patch.log_mel.len(), PATCH_LEN);
            out.push((patch.log_mel[0], patch.weight));
        };
        for &(value, power) in track {
            (0..PATCH_FRAMES).for_each(|_| frame(value, power)(sampler, &mut take));
        }
        sampler.finish(&mut take);
        out
    }

    fn sounding(values: impl IntoIterator<Item = usize>) -> Vec<(f32, f32)> {
        values.into_iter().map(|value| (value as f32, SOUND)).collect()
    }

    fn count(n: usize) -> PatchSampler {
        PatchSampler::new(Patches::Count(n), Level::AsIs)
    }

    #[test]
    fn all_hands_out_every_whole_patch_at_once_and_keeps_nothing() {
        let mut sampler = PatchSampler::new(Patches::All, Level::AsIs);
        let mut out = Vec::new();
        for i in 0..3 * PATCH_FRAMES + 186 {
            assert_eq!(out.len(), i / PATCH_FRAMES);
            frame(i as f32, 0.0)(&mut sampler, &mut |patch| out.push((patch.log_mel.to_vec(), patch.weight)));
            assert!(sampler.kept.items().is_empty() && sampler.descriptions.items().is_empty());
        }
        sampler.finish(&mut |_| unreachable!("a patch that is not whole"));
        for (i, (patch, weight)) in out.iter().enumerate() {
            let frames = i * PATCH_FRAMES..(i + 1) * PATCH_FRAMES;
            assert!(patch.iter().copied().eq(frames.flat_map(|i| [i as f32; BANDS])));
            assert_eq!(*weight, 1.0);
        }
    }

    #[test]
    fn a_track_of_few_patches_is_heard_whole() {
        for n in [3, 4, 9] {
            let heard = hear(&mut count(n), &sounding(5..8));
            assert_eq!(heard.iter().map(|(value, _)| *value).collect::<Vec<_>>(), [5.0, 6.0, 7.0]);
            assert!(heard.iter().all(|(_, weight)| *weight == heard[0].1));
        }
    }

    #[test]
    fn weights_are_shares_of_the_track() {
        // Long enough to be thinned out several times.
        for total in [40, 400, 3000] {
            let track = sounding((0..total).map(|i| if i < total / 4 { 10 + i % 2 } else { 90 + i % 3 }));
            let heard = hear(&mut count(5), &track);
            assert!(heard.len() <= 5);
            let low: f64 = heard.iter().filter(|(value, _)| *value < 50.0).map(|(_, weight)| weight).sum();
            let all: f64 = heard.iter().map(|(_, weight)| weight).sum();
            assert!((low / all - 0.25).abs() < 0.03, "{total}: {heard:?}");
            assert!(heard.is_sorted_by(|a, b| (a.0 < 50.0) >= (b.0 < 50.0)), "not in the order of time: {heard:?}");
        }
    }

    #[test]
    fn memory_is_bounded_and_every_patch_kept_has_its_description() {
        for n in [1, 4, MOST_WANTED] {
            let mut sampler = count(n);
            let limit = n * KEPT_PER_WANTED;
            for i in 0..2600 {
                sampler.current = vec![i as f32; PATCH_LEN];
                sampler.power = 1e3;
                sampler.consider();
                sampler.current.clear();
                assert!(sampler.kept.items().len() <= limit);
                assert!(sampler.descriptions.items().len() <= limit.max(DESCRIBED));
            }
            let step = sampler.kept.stride() / sampler.descriptions.stride();
            let described: Vec<f32> = sampler.descriptions.items().iter().step_by(step).map(|d| d[0]).collect();
            let kept: Vec<f32> = sampler.kept.items().iter().map(|patch| patch[0]).collect();
            assert_eq!(described.len(), kept.len());
            assert!(described.iter().zip(&kept).all(|(a, b)| (a - b).abs() < 1e-2), "{n}");
        }
    }

    #[test]
    fn long_silence_is_no_part_of_a_track() {
        let silence = |n: usize| vec![(0.0, 0.0); n];
        let music = sounding((0..30).map(|i| 20 + i % 7));
        let hidden = sounding((0..10).map(|i| 60 + i % 3));
        let plain = hear(&mut count(8), &[music.clone(), hidden.clone()].concat());
        // Ten minutes of silence before a hidden track, and a long lead-in and lead-out.
        let track = [silence(4), music, silence(200), hidden, silence(20)].concat();
        assert_eq!(hear(&mut count(8), &track), plain);
        assert!(plain.iter().all(|(value, _)| *value > 0.0));
    }

    #[test]
    fn a_pause_is_part_of_a_track() {
        let pause = vec![(0.0, 0.0); LONGEST_PAUSE];
        let track = [sounding([20, 21]), pause.clone(), sounding([22]), pause].concat();
        let heard: Vec<f32> = hear(&mut count(32), &track).into_iter().map(|(value, _)| value).collect();
        assert_eq!(heard, [20.0, 21.0, 0.0, 0.0, 0.0, 22.0, 0.0, 0.0, 0.0]);
    }

    #[test]
    fn quiet_music_is_music() {
        // −65 dBFS.
        let track: Vec<(f32, f32)> = (0..12).map(|i| (i as f32, 3e-7)).collect();
        assert_eq!(hear(&mut count(32), &track).len(), 12);
    }

    #[test]
    fn nothing_but_silence_is_one_patch() {
        for length in [1, 3, 4, 5, 300] {
            assert_eq!(hear(&mut count(8), &vec![(0.0, 0.0); length]), [(0.0, 1.0)]);
        }
    }

    #[test]
    fn short_tracks_are_repeated() {
        for patches in [Patches::All, Patches::Count(3)] {
            for level in [Level::AsIs, Level::Both] {
                let mut sampler = PatchSampler::new(patches, level);
                let mut out = Vec::new();
                for i in 0..50 {
                    frame(0.1 * i as f32, 0.0)(&mut sampler, &mut |_| unreachable!("before the end"));
                }
                sampler.finish(&mut |patch| out.push((patch.log_mel.to_vec(), patch.weight)));
                assert_eq!(out.len(), 1);
                assert_eq!(out[0].1, 1.0);
                for (i, frame) in out[0].0.chunks(BANDS).enumerate() {
                    assert!((frame[7] - 0.1 * (i % 50) as f32).abs() < 1e-3, "{patches:?} {level:?}");
                }
                assert!(hear(&mut PatchSampler::new(patches, level), &[]).is_empty());
            }
        }
    }

    #[test]
    fn none_wanted_is_none() {
        assert!(hear(&mut count(0), &sounding(0..3)).is_empty());
        let mut sampler = count(0);
        frame(1.0, SOUND)(&mut sampler, &mut |_| unreachable!("none was wanted"));
        sampler.finish(&mut |_| unreachable!("none was wanted"));
    }

    #[test]
    fn a_finished_sampler_is_as_new() {
        for (patches, level) in [(Patches::Count(2), Level::Both), (Patches::All, Level::AsIs)] {
            let mut sampler = PatchSampler::new(patches, level);
            let track = [vec![(0.0, 0.0); 2], sounding(0..30), vec![(0.0, 0.0); 9]].concat();
            let first = hear(&mut sampler, &track);
            frame(3.0, SOUND)(&mut sampler, &mut |_| {});
            sampler.finish(&mut |_| {});
            assert_eq!(hear(&mut sampler, &track), first);
        }
    }

    #[test]
    fn levelled_patches_are_those_of_a_track_at_the_target_level() {
        // Energies of a track at the target level; the same 14 dB lower.
        let energy = |i: usize, patch: usize| 1e-3 * (1 + i % 50 + 30 * patch) as f32;
        let quiet = 10_f32.powf(-1.4);
        for (patches, expected) in [(Patches::Count(120), 40), (Patches::All, 40 + PROBES)] {
            let mut sampler = PatchSampler::new(patches, Level::Both);
            let mut out = Vec::new();
            let mut take = |patch: Patch<'_>| {
                out.push((patch.log_mel.to_vec(), patch.weight, patch.levelled.map(<[f32]>::to_vec)));
            };
            for patch in 0..40 {
                for i in 0..PATCH_FRAMES {
                    let bands = [(1.0 + 1e4 * quiet * energy(i, patch)).log10(); BANDS];
                    sampler.push(Frame { bands: &bands, power: 1e-2 * quiet }, &mut take);
                }
            }
            sampler.finish(&mut take);
            assert_eq!(out.len(), expected, "{patches:?}");
            // What was heard already comes again without weight; everything counts once.
            assert_eq!(out.iter().filter(|(_, weight, _)| *weight > 0.0).count(), 40);
            let probes: Vec<_> =
                out.iter().filter_map(|(patch, _, levelled)| Some((patch, levelled.as_ref()?))).collect();
            assert_eq!(probes.len(), PROBES);
            for (as_is, levelled) in probes {
                for (as_is, levelled) in as_is.iter().zip(levelled) {
                    let (as_is, levelled) = (10_f32.powf(*as_is) - 1.0, 10_f32.powf(*levelled) - 1.0);
                    assert!((quiet * levelled / as_is - 1.0).abs() < 1e-3, "{as_is} {levelled}");
                }
            }
        }
    }

    #[test]
    fn probes_are_spread_and_few() {
        for count in [1, 9, 10, 11, 28, 400] {
            let probes: Vec<usize> = (0..count).filter(|&number| is_probe(number, count)).collect();
            assert_eq!(probes.len(), count.min(PROBES), "{count}");
            assert!(probes.windows(2).all(|pair| pair[1] - pair[0] <= count.div_ceil(PROBES)), "{probes:?}");
        }
    }

    #[test]
    fn frames_of_another_size_are_cut_or_filled() {
        let mut sampler = PatchSampler::new(Patches::All, Level::AsIs);
        let mut out = Vec::new();
        for length in (0..PATCH_FRAMES).map(|i| [0, 1, 200][i % 3]) {
            let frame = Frame { bands: &vec![1.0; length], power: SOUND };
            sampler.push(frame, &mut |patch| out.push(patch.log_mel.to_vec()));
        }
        assert_eq!(out.len(), 1);
        let ones: Vec<usize> = out[0].chunks(BANDS).map(|frame| frame.iter().filter(|x| **x == 1.0).count()).collect();
        assert!(ones.iter().enumerate().all(|(i, n)| *n == [0, 1, BANDS][i % 3]));
    }
}
