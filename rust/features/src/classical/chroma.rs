use segue_dsp::log::log2;

/// Pitch classes.
const CLASSES: usize = 12;
/// Frames brought to pitch classes at once, which shares the reading of the bank.
const TOGETHER: usize = 4;
/// Peaks are looked for from here to there, in Hz.
const LOWEST_PEAK: f64 = 150.0;
const HIGHEST_PEAK: f64 = 4000.0;
/// The least power of a peak, as a part of the strongest in its frame.
const LEAST_PART: f32 = 0.1;
/// Steps per semitone in which the tuning is told.
const STEPS: usize = 100;
/// The pitch octaves are counted from: four octaves below concert A.
const LOWEST_A: f64 = 440.0 / 16.0;
/// The octaves above it that count most, and the deviation of the bell by which others count less.
const CENTRE_OCTAVE: f64 = 5.0;
const OCTAVE_DEVIATION: f64 = 2.0;

/// How much of each pitch class sounds in power spectra (librosa: `chroma_stft` with its estimate of the tuning;
/// Ellis, Chroma Feature Analysis, 2007).
pub(super) struct ChromaMeter {
    hz_per_bin: f64,
    bins: usize,
    /// The frequency in Hz and power of each peak so far.
    peaks: Vec<(f32, f32)>,
    powers: Vec<f32>,
    /// What each bin adds to each pitch class in the tuning `tuned`, in hundredths of a semitone.
    bank: Vec<[f32; CLASSES]>,
    tuned: i32,
}

impl ChromaMeter {
    pub(super) fn new(hz_per_bin: f64, bins: usize) -> Self {
        let bank = bank(hz_per_bin, bins, 0.0);
        Self { hz_per_bin, bins, peaks: Vec::new(), powers: Vec::new(), bank, tuned: 0 }
    }

    #[cfg(test)]
    pub(super) fn room(&self) -> usize {
        size_of::<(f32, f32)>() * self.peaks.capacity() + size_of::<f32>() * self.powers.capacity()
    }

    /// Takes what the tuning is found by from the next power spectrum: its peaks, placed between the bins by the
    /// parabola through three of them.
    pub(super) fn frame(&mut self, power: &[f32]) {
        const LANES: usize = 8;
        let (lanes, rest) = power.as_chunks::<LANES>();
        let mut strongest = [0.0_f32; LANES];
        for lane in lanes {
            for (most, &x) in strongest.iter_mut().zip(lane) {
                *most = if x > *most { x } else { *most };
            }
        }
        let least = LEAST_PART * strongest.iter().chain(rest).copied().fold(0.0, f32::max);
        let first = (LOWEST_PEAK / self.hz_per_bin).ceil() as usize;
        let end = (HIGHEST_PEAK / self.hz_per_bin).ceil() as usize;
        let range = power.get(first.saturating_sub(1)..(end + 1).min(power.len())).unwrap_or_default();
        for (place, three) in range.windows(3).enumerate() {
            let &[before, peak, after] = three else { continue };
            if peak > least && peak > before && peak >= after {
                let (slope, curvature) = (0.5 * (after - before), before + after - 2.0 * peak);
                let shift = if slope.abs() >= curvature.abs() { 0.0 } else { -slope / curvature };
                let hz = ((first + place) as f64 + f64::from(shift)) * self.hz_per_bin;
                self.peaks.push((hz as f32, peak + 0.5 * slope * shift));
            }
        }
    }

    /// The mean over all frames and classes of what sounds, where the strongest class of each frame is 1, of all power
    /// spectra taken since the last call, one after the other in `spectra`. Frames without power count 0.
    pub(super) fn finish(&mut self, spectra: &[f32]) -> f64 {
        let tuning = self.tuning();
        self.peaks.clear();
        if tuning != self.tuned {
            self.bank = bank(self.hz_per_bin, self.bins, f64::from(tuning) / STEPS as f64);
            self.tuned = tuning;
        }
        let frames = spectra.len() / self.bins.max(1);
        let mut sum = 0.0;
        let groups = spectra.chunks_exact(TOGETHER * self.bins);
        for frame in groups.remainder().chunks_exact(self.bins) {
            sum += relative_sum(&self.classes([frame])[0]);
        }
        for group in groups {
            let (a, rest) = group.split_at(self.bins);
            let (b, rest) = rest.split_at(self.bins);
            let (c, d) = rest.split_at(self.bins);
            sum += self.classes([a, b, c, d]).iter().map(relative_sum).sum::<f64>();
        }
        sum / (frames.max(1) * CLASSES) as f64
    }

    fn classes<const N: usize>(&self, frames: [&[f32]; N]) -> [[f32; CLASSES]; N] {
        let mut sums = [[0.0_f32; CLASSES]; N];
        for (bin, weights) in self.bank.iter().enumerate() {
            for (sums, frame) in sums.iter_mut().zip(&frames) {
                let power = frame.get(bin).copied().unwrap_or_default();
                for (sum, weight) in sums.iter_mut().zip(weights) {
                    *sum += power * weight;
                }
            }
        }
        sums
    }

    /// How far the music lies above equal temperament at A = 440 Hz, in hundredths of a semitone, −50 to 49: the most
    /// frequent deviation among the stronger half of the peaks. 0 without a peak.
    fn tuning(&mut self) -> i32 {
        self.powers.clear();
        self.powers.extend(self.peaks.iter().map(|&(_, power)| power));
        let middle = self.powers.len() / 2;
        if self.powers.is_empty() {
            return 0;
        }
        let (below, &mut upper, _) = self.powers.select_nth_unstable_by(middle, f32::total_cmp);
        let lower = below.iter().copied().max_by(f32::total_cmp).filter(|_| self.peaks.len().is_multiple_of(2));
        let median = lower.map_or(upper, |lower| 0.5 * (lower + upper));
        let mut counts = [0_u32; STEPS];
        for &(hz, _) in self.peaks.iter().filter(|&&(_, power)| power >= median) {
            let semitones = CLASSES as f32 * log2(hz / LOWEST_A as f32);
            // Half a semitone is added, so that the parts run from −0.5 on.
            let part = (semitones + 0.5).rem_euclid(1.0);
            if let Some(count) = counts.get_mut((part * STEPS as f32) as usize) {
                *count += 1;
            }
        }
        let most = counts.iter().max().copied().unwrap_or_default();
        let place = counts.iter().position(|&count| count == most).unwrap_or_default();
        place as i32 - (STEPS / 2) as i32
    }
}

/// The mean of the classes as parts of the strongest, times their number.
fn relative_sum(classes: &[f32; CLASSES]) -> f64 {
    let most = classes.iter().copied().fold(0.0, f32::max);
    let sum: f64 = classes.iter().map(|&x| f64::from(x)).sum();
    if most > f32::MIN_POSITIVE { sum / f64::from(most) } else { sum }
}

/// What each bin adds to each pitch class (in any order: only their sum and the strongest are used): a bell in pitch
/// two semitones wide, or as wide as the bin where that is more; all bins weigh the same but for the bell over octaves.
fn bank(hz_per_bin: f64, bins: usize, tuning: f64) -> Vec<[f32; CLASSES]> {
    let classes = CLASSES as f64;
    let concert = LOWEST_A * (tuning / classes).exp2();
    let pitch = |bin: usize| {
        // Bin 0 has no pitch; it is put one and a half octaves below bin 1.
        let below = if bin == 0 { 1.5 } else { 0.0 };
        classes * ((bin.max(1) as f64 * hz_per_bin / concert).log2() - below)
    };
    (0..bins)
        .map(|bin| {
            let here = pitch(bin);
            let width = (pitch(bin + 1) - here).max(1.0);
            let bells: [f64; CLASSES] = std::array::from_fn(|class| {
                let away = (here - class as f64 + classes / 2.0).rem_euclid(classes) - classes / 2.0;
                (-0.5 * (2.0 * away / width).powi(2)).exp()
            });
            let length = bells.iter().map(|x| x * x).sum::<f64>().sqrt();
            let octave = (here / classes - CENTRE_OCTAVE) / OCTAVE_DEVIATION;
            let scale = (-0.5 * octave * octave).exp() / length;
            bells.map(|bell| (bell * scale) as f32)
        })
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    const HZ_PER_BIN: f64 = 22_050.0 / 2048.0;

    /// A spectrum with a peak of a given power at each frequency, as wide as a Hann window makes it.
    fn spectrum(lines: &[(f64, f32)]) -> Vec<f32> {
        let mut power = vec![0.0; 1025];
        for &(hz, strength) in lines {
            let place = hz / HZ_PER_BIN;
            for (bin, out) in power.iter_mut().enumerate() {
                let away = bin as f64 - place;
                if away.abs() < 2.0 {
                    *out += strength * (0.25 * std::f64::consts::PI * away).cos().powi(4) as f32;
                }
            }
        }
        power
    }

    #[test]
    fn the_tuning_is_found() {
        for cents in [-45, -30, 0, 10, 33] {
            let mut meter = ChromaMeter::new(HZ_PER_BIN, 1025);
            for semitone in 0..30 {
                let hz = 440.0 * (f64::from(semitone) / 12.0 + f64::from(cents) / 1200.0).exp2();
                // The weaker half of the peaks is off and not heard.
                meter.frame(&spectrum(&[(hz, 1.0), (hz * 1.6, 0.2)]));
            }
            let found = meter.tuning();
            assert!((found - cents).abs() <= 4, "{cents} found as {found}");
        }
        assert_eq!(ChromaMeter::new(HZ_PER_BIN, 1025).tuning(), 0);
    }

    #[test]
    fn one_note_is_a_few_classes_and_noise_is_all() {
        let mut meter = ChromaMeter::new(HZ_PER_BIN, 1025);
        let tone = spectrum(&[(1760.0, 1.0)]);
        let spectra = tone.repeat(7);
        spectra.chunks_exact(1025).for_each(|frame| meter.frame(frame));
        // The class itself and two neighbours at e^-2: the bell alone makes 0.11 of twelve.
        let mean = meter.finish(&spectra);
        assert!(mean > 0.1 && mean < 0.16, "{mean}");
        let flat = meter.finish(&[1.0; 5 * 1025]);
        assert!(flat > 0.9 && flat <= 1.0, "{flat}");
        assert_eq!(meter.finish(&[0.0; 5 * 1025]), 0.0);
        assert_eq!(meter.finish(&[]), 0.0);
    }

    #[test]
    fn transposed_music_sounds_in_as_many_classes() {
        let mut means = Vec::new();
        for shift in [0.0, 1.0, 4.0, 4.3] {
            let note = |semitones: f64| 440.0 * ((semitones + shift) / 12.0).exp2();
            let mut meter = ChromaMeter::new(HZ_PER_BIN, 1025);
            let chord = spectrum(&[(note(0.0), 1.0), (note(4.0), 0.8), (note(7.0), 0.9)]);
            meter.frame(&chord);
            means.push(meter.finish(&chord));
        }
        assert!(means.iter().all(|x| (x - means[0]).abs() < 0.08), "{means:?}");
    }
}
