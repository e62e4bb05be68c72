//! Which three seconds of a track the networks hear.

use crate::{BANDS, PATCH_FRAMES, PATCH_LEN};

/// How many patches of a track are taken.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Patches {
    /// At most so many, spread evenly over the track.
    Count(usize),
    /// Every one.
    All,
}

impl Default for Patches {
    /// 32: on 36 tracks of 40 s to 29 min, their mean has a cosine of 0.999 to that of all patches.
    fn default() -> Self {
        Self::Count(32)
    }
}

/// Patches kept, while a track goes on, for each one wanted at its end. Even, so that halving ends on a multiple.
const KEPT_PER_WANTED: usize = 8;

/// Cuts a stream of log-mel frames into patches of 187 frames that follow each other without overlap, and hands out
/// those wanted, in order.
///
/// Frames after the last whole patch are dropped. A track shorter than one patch is repeated until it fills one, which
/// is how the networks were trained on short clips; no frames, no patch.
///
/// Memory does not grow with the track: at most `8 n` patches are kept for a wanted number `n` (18 MB for 32). When one more
/// comes, every other one is dropped and from then on only every second (fourth, eighth, …) is kept. At the end patch
/// `⌊i · (k − 1) / (n − 1) + ½⌋` of the `k` kept is handed out for `i = 0 … n − 1`: the first and last included, exactly
/// even for tracks of up to `8 n` patches (12 min for 32), to an eighth of the spacing for longer ones. Of a single
/// wanted patch it is the middle one. Fewer kept are less even: with `4 n` the worst of 36 tracks falls from a cosine of
/// 0.995 to 0.990 to the mean of all patches.
#[derive(Debug)]
pub struct PatchSampler {
    patches: Patches,
    /// The frames of the patch that is being filled.
    current: Vec<f32>,
    /// Patches completed so far.
    seen: usize,
    /// Patch `i · stride` is `kept[i]`.
    kept: Vec<Box<[f32]>>,
    stride: usize,
}

impl PatchSampler {
    /// A sampler for one track; after [`finish`](Self::finish) for the next.
    #[must_use]
    pub fn new(patches: Patches) -> Self {
        Self { patches, current: Vec::with_capacity(PATCH_LEN), seen: 0, kept: Vec::new(), stride: 1 }
    }

    /// Takes the next log-mel frame of 96 values (a shorter one is filled up with silence, values beyond are ignored).
    /// With [`Patches::All`] a patch is given to `ready` as soon as it is complete, otherwise when the track ends.
    pub fn push(&mut self, frame: &[f32], ready: &mut dyn FnMut(&[f32])) {
        let end = self.current.len() + BANDS;
        self.current.extend(frame.iter().take(BANDS));
        self.current.resize(end, 0.0);
        if end < PATCH_LEN {
            return;
        }
        match self.patches {
            Patches::All => ready(&self.current),
            Patches::Count(wanted) => self.keep(wanted),
        }
        self.current.clear();
        self.seen += 1;
    }

    /// Ends the track: gives the patches that are still due to `ready`, in order.
    pub fn finish(&mut self, ready: &mut dyn FnMut(&[f32])) {
        if self.seen == 0 && !self.current.is_empty() && self.patches != Patches::Count(0) {
            let short: Vec<f32> = self.current.iter().copied().cycle().take(PATCH_LEN).collect();
            ready(&short);
        }
        if let Patches::Count(wanted) = self.patches {
            for place in spread(self.kept.len(), wanted) {
                if let Some(patch) = self.kept.get(place) {
                    ready(patch);
                }
            }
        }
        *self = Self::new(self.patches);
    }

    fn keep(&mut self, wanted: usize) {
        if wanted == 0 || !self.seen.is_multiple_of(self.stride) {
            return;
        }
        if self.kept.len() == wanted.saturating_mul(KEPT_PER_WANTED) {
            let mut place = 0;
            self.kept.retain(|_| {
                place += 1;
                place % 2 == 1
            });
            self.stride *= 2;
            // 8 n is even: the patch that did not fit is a multiple of the new stride, too.
            debug_assert!(self.seen.is_multiple_of(self.stride));
        }
        self.kept.push(self.current.as_slice().into());
    }
}

/// `wanted` of `count` places, spread evenly; all of them when there are no more.
fn spread(count: usize, wanted: usize) -> impl Iterator<Item = usize> {
    let wanted = wanted.min(count);
    (0..wanted).map(move |i| match wanted {
        1 => (count - 1) / 2,
        // i · (count − 1) / (wanted − 1), rounded half up.
        _ => (2 * i * (count - 1) + wanted - 1) / (2 * (wanted - 1)),
    })
}

const _: () = assert!(PATCH_LEN == PATCH_FRAMES * BANDS);

#[cfg(test)]
mod tests {
    use super::*;

    /// Feeds `frames` frames that hold their own number; returns the first frame of each patch handed out.
    fn sample(patches: Patches, frames: usize) -> Vec<usize> {
        let mut sampler = PatchSampler::new(patches);
        run(&mut sampler, frames).iter().map(|patch| patch[0] as usize).collect()
    }

    fn run(sampler: &mut PatchSampler, frames: usize) -> Vec<Vec<f32>> {
        let mut out = Vec::new();
        for i in 0..frames {
            sampler.push(&[i as f32; BANDS], &mut |patch| out.push(patch.to_vec()));
        }
        sampler.finish(&mut |patch| out.push(patch.to_vec()));
        for patch in &out {
            assert_eq!(patch.len(), PATCH_LEN);
        }
        out
    }

    #[test]
    fn all_hands_out_every_whole_patch_at_once() {
        let mut sampler = PatchSampler::new(Patches::All);
        let mut out = Vec::new();
        for i in 0..PATCH_FRAMES {
            assert!(out.is_empty());
            sampler.push(&[i as f32; BANDS], &mut |patch| out.push(patch.to_vec()));
        }
        assert_eq!(out.len(), 1);
        let expected: Vec<f32> = (0..PATCH_FRAMES).flat_map(|i| [i as f32; BANDS]).collect();
        assert_eq!(out[0], expected);
        assert_eq!(sample(Patches::All, 3 * PATCH_FRAMES + 186), [0, PATCH_FRAMES, 2 * PATCH_FRAMES]);
    }

    #[test]
    fn exactly_even_up_to_eight_times_the_count() {
        for n in [2, 3, 8] {
            for total in 1..=KEPT_PER_WANTED * n {
                let taken = sample(Patches::Count(n), total * PATCH_FRAMES);
                let expected: Vec<usize> = if total <= n {
                    (0..total).collect()
                } else {
                    let step = (total - 1) as f64 / (n - 1) as f64;
                    (0..n).map(|i| (i as f64 * step + 0.5 + 1e-9).floor() as usize).collect()
                };
                let taken: Vec<usize> = taken.iter().map(|frame| frame / PATCH_FRAMES).collect();
                assert_eq!(taken, expected, "{n} of {total}");
            }
        }
    }

    #[test]
    fn long_tracks_stay_even_and_bounded() {
        let n = 4;
        for total in (33..600).step_by(23) {
            let mut sampler = PatchSampler::new(Patches::Count(n));
            for i in 0..total * PATCH_FRAMES {
                sampler.push(&[i as f32; BANDS], &mut |_| panic!("a patch before the end"));
                assert!(sampler.kept.len() <= KEPT_PER_WANTED * n);
            }
            let mut places = Vec::new();
            sampler.finish(&mut |patch| places.push(patch[0] as usize / PATCH_FRAMES));
            assert_eq!(places.len(), n);
            let spacing = (total - 1) as f64 / (n - 1) as f64;
            for (i, place) in places.iter().enumerate() {
                let off = (*place as f64 - i as f64 * spacing).abs();
                assert!(off <= spacing / 2.0 + 1.0, "{places:?} of {total}");
            }
            assert_eq!(places[0], 0);
            assert!(total - 1 - places[n - 1] <= total / (2 * n), "{places:?} of {total}");
        }
    }

    #[test]
    fn short_tracks_are_repeated() {
        for patches in [Patches::All, Patches::Count(3)] {
            let out = run(&mut PatchSampler::new(patches), 50);
            assert_eq!(out.len(), 1);
            for (i, frame) in out[0].chunks(BANDS).enumerate() {
                assert_eq!(frame, [(i % 50) as f32; BANDS]);
            }
            assert!(run(&mut PatchSampler::new(patches), 0).is_empty());
        }
    }

    #[test]
    fn a_single_patch_is_the_middle_one_and_none_is_none() {
        assert_eq!(sample(Patches::Count(1), 3 * PATCH_FRAMES), [PATCH_FRAMES]);
        assert!(sample(Patches::Count(0), 3 * PATCH_FRAMES).is_empty());
        assert!(sample(Patches::Count(0), 3).is_empty());
    }

    #[test]
    fn a_finished_sampler_is_as_new() {
        let mut sampler = PatchSampler::new(Patches::Count(2));
        let first = run(&mut sampler, 30 * PATCH_FRAMES + 5);
        assert_eq!(run(&mut sampler, 30 * PATCH_FRAMES + 5), first);
    }

    #[test]
    fn frames_of_another_size_are_cut_or_filled() {
        let mut sampler = PatchSampler::new(Patches::All);
        let mut out = Vec::new();
        for length in (0..PATCH_FRAMES).map(|i| [0, 1, 200][i % 3]) {
            sampler.push(&vec![1.0; length], &mut |patch| out.push(patch.to_vec()));
        }
        assert_eq!(out.len(), 1);
        let ones: Vec<usize> = out[0].chunks(BANDS).map(|frame| frame.iter().filter(|x| **x == 1.0).count()).collect();
        assert!(ones.iter().enumerate().all(|(i, n)| *n == [0, 1, BANDS][i % 3]));
    }
}
