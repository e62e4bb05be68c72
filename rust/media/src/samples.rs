//! Small operations on interleaved samples.

/// The loudest sample that can be meant: 96 dB over full scale. Beyond it lies damage, which would make the sums of later
/// stages overflow.
const LOUDEST: f32 = 65536.0;

/// The mean of the channels, into `mono` (its former content is dropped, its capacity kept).
///
/// `interleaved` holds whole frames of `channels` samples; an incomplete last frame is left out, and no channels give no
/// samples. The mean is what the networks were trained on; ffmpeg's own mix to mono would be 3 dB louder.
pub fn mix_down(interleaved: &[f32], channels: usize, mono: &mut Vec<f32>) {
    mono.clear();
    match channels {
        0 => {}
        1 => mono.extend_from_slice(interleaved),
        2 => mono.extend(interleaved.as_chunks::<2>().0.iter().map(|[left, right]| (left + right) * 0.5)),
        _ => {
            let scale = 1.0 / channels as f32;
            mono.extend(interleaved.chunks_exact(channels).map(|frame| frame.iter().sum::<f32>() * scale));
        }
    }
}

/// Replaces samples that are no number, infinite or absurdly loud by silence. Returns whether there were any.
pub(crate) fn sanitise(samples: &mut [f32]) -> bool {
    // Comparing this way round also catches NaN, and the common case is one vectorised pass that writes nothing.
    let sound = |sample: f32| sample.abs() <= LOUDEST;
    if samples.iter().fold(true, |all, &sample| all & sound(sample)) {
        return false;
    }
    for sample in samples.iter_mut().filter(|sample| !sound(**sample)) {
        *sample = 0.0;
    }
    true
}

/// Which part of a decoded stream is music: encoder delay is dropped at the start, padding at the end. In frames.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub(crate) struct Trim {
    /// Frames to drop at the start.
    pub(crate) skip: u64,
    /// Frames to keep after those, where it is known.
    pub(crate) keep: Option<u64>,
    /// Frames of padding behind those to keep. Where it is given, the stream may go on after them.
    pub(crate) padding: Option<u64>,
}

impl Trim {
    /// Trims what was appended to `block` from index `from` on, and remembers it for the next call.
    pub(crate) fn apply(&mut self, block: &mut Vec<f32>, from: usize, channels: usize) {
        let channels = channels.max(1);
        let mut at = from;
        while at < block.len() {
            let frames = ((block.len() - at) / channels) as u64;
            if self.skip > 0 {
                let skipped = self.skip.min(frames);
                self.skip -= skipped;
                block.drain(at..at + skipped as usize * channels);
                if skipped == 0 {
                    return;
                }
                continue;
            }
            let Some(keep) = &mut self.keep else { return };
            let kept = (*keep).min(frames);
            *keep -= kept;
            at += kept as usize * channels;
            if *keep == 0 {
                match self.padding.take() {
                    Some(padding) => (self.skip, self.keep) = (padding, None),
                    None => block.truncate(at),
                }
            }
        }
    }

    /// Whether everything that counts has been heard.
    pub(crate) fn is_over(&self) -> bool {
        self.keep == Some(0) && self.padding.is_none()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn mono_is_the_mean_of_the_channels() {
        let mut mono = vec![9.0];
        mix_down(&[1.0, 0.0, -0.5, 0.5], 2, &mut mono);
        assert_eq!(mono, [0.5, 0.0]);
        mix_down(&[0.25, 0.5], 1, &mut mono);
        assert_eq!(mono, [0.25, 0.5]);
        mix_down(&[3.0, 0.0, 0.0, 6.0, 3.0, 0.0, 1.0], 3, &mut mono);
        assert!((mono[0] - 1.0).abs() < 1e-6 && (mono[1] - 3.0).abs() < 1e-6 && mono.len() == 2);
        mix_down(&[1.0], 0, &mut mono);
        assert!(mono.is_empty());
    }

    #[test]
    fn only_unsound_samples_become_silence() {
        let mut samples = [0.5, f32::NAN, -2.0, f32::INFINITY, f32::NEG_INFINITY, 1e30, 65536.0];
        assert!(sanitise(&mut samples));
        assert_eq!(samples, [0.5, 0.0, -2.0, 0.0, 0.0, 0.0, 65536.0]);
        assert!(!sanitise(&mut samples));
    }

    #[test]
    fn trims_run_over_block_borders() {
        let heard = |mut trim: Trim, packet: usize| {
            let stream: Vec<f32> = (0..10).flat_map(|frame| [frame as f32; 2]).collect();
            let mut block = vec![-1.0];
            for packet in stream.chunks(2 * packet) {
                let from = block.len();
                block.extend_from_slice(packet);
                trim.apply(&mut block, from, 2);
            }
            let frames: Vec<f32> = block[1..].iter().copied().step_by(2).collect();
            assert_eq!((block[0], block.len()), (-1.0, 1 + 2 * frames.len()));
            (frames, trim.is_over())
        };
        for packet in 1..=10 {
            let whole = Trim::default();
            assert_eq!(heard(whole, packet), ((0..10).map(|frame| frame as f32).collect(), false));
            let both = Trim { skip: 3, keep: Some(3), padding: None };
            assert_eq!(heard(both, packet), (vec![3.0, 4.0, 5.0], true));
            let joined = Trim { skip: 2, keep: Some(3), padding: Some(4) };
            assert_eq!(heard(joined, packet), (vec![2.0, 3.0, 4.0, 9.0], false), "goes on behind the padding");
            let late = Trim { skip: 20, keep: Some(3), padding: None };
            assert_eq!(heard(late, packet), (vec![], false));
        }
    }
}
