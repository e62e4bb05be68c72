//! The partials of one moment, with the colour of the sound taken out.

use segue_dsp::stats::peak_offset;

/// The frequencies listened to, in Hz: the lowest bass note of a piano to the highest note that melodies reach.
const LOWEST: f32 = 25.0;
const HIGHEST: f32 = 3500.0;
/// Amplitude of the faintest partial heard (full scale 1), and as a part of the loudest in its frame.
const FAINTEST: f32 = 1e-5;
const FAINTEST_PART: f32 = 1e-4;
/// Partials of a frame that are heard at most: its loudest.
const MOST: usize = 60;
/// The envelope is known every so many Hz, and is a straight line in decibels between.
const NODE_HZ: f32 = 100.0;
/// A node hears partials around this multiple of its own frequency, the less the farther (a bell of this standard
/// deviation, in octaves), but never less than the least part: so it is defined wherever partials are.
const NODE_CENTRE: f32 = 1.12;
const NODE_WIDTH: f32 = 0.16;
const NODE_LEAST: f32 = 1e-20;
/// Hz over which a partial on the envelope loses a factor of e in amplitude: the higher, the likelier is it a harmonic.
const FADING: f32 = 1737.0;
/// A partial this far under the envelope (as a natural logarithm of amplitude, −35 dB) is noise.
const NOISE: f32 = -4.03;

/// Finds partials in power spectra and how much each says about the notes that sound.
///
/// A bright instrument has strong harmonics and a bass drum outshouts a flute, but which key it is depends on neither.
/// Every partial is therefore measured against the spectral envelope around it, as in the harmonic pitch class profile
/// of Gómez (2006), where the envelope is here the mean level of the partials within about a third of an octave, weighted with
/// their power: the strongest of its neighbourhood counts as 1, those under it less. The level of the music cancels.
pub(super) struct Partials {
    hz_per_bin: f32,
    bins: (usize, usize),
    faintest_power: f32,
    /// For each node in turn, how much it hears each of the bins.
    hearing: Vec<f32>,
    found: Vec<Peak>,
    envelope: Vec<f32>,
}

#[derive(Clone, Copy)]
struct Peak {
    /// Counted from the lowest bin listened to.
    bin: usize,
    hz: f32,
    /// As part of the frame's strongest.
    power: f32,
    /// Natural logarithm of that.
    log_power: f32,
}

impl Partials {
    /// For spectra of `n_fft` samples under a Hann window.
    pub(super) fn new(sample_rate: u32, n_fft: usize) -> Self {
        let hz_per_bin = sample_rate as f32 / n_fft as f32;
        // A full-scale tone under a Hann window has the magnitude n/4.
        let faintest = FAINTEST * n_fft as f32 / 4.0;
        let bins = (((LOWEST / hz_per_bin) as usize).max(1), (HIGHEST / hz_per_bin) as usize);
        let nodes = (HIGHEST / NODE_HZ) as usize + 1;
        let hearing = (1..=nodes)
            .flat_map(|node| {
                let centre = (NODE_CENTRE * NODE_HZ * node as f32).log2();
                (bins.0..=bins.1).map(move |bin| {
                    let away = ((bin as f32 * hz_per_bin).log2() - centre) / NODE_WIDTH;
                    (-0.5 * away * away).exp().max(NODE_LEAST)
                })
            })
            .collect();
        Self {
            hz_per_bin,
            bins,
            faintest_power: faintest * faintest,
            hearing,
            found: Vec::new(),
            envelope: vec![0.0; nodes],
        }
    }

    /// Calls `partial` with the frequency (Hz) and the weight (above 0, at most 1) of each partial of a power spectrum.
    pub(super) fn each(&mut self, power: &[f32], mut partial: impl FnMut(f32, f32)) {
        self.find(power);
        self.trace_envelope();
        for peak in &self.found {
            let place = (peak.hz / NODE_HZ - 1.0).clamp(0.0, self.envelope.len() as f32 - 1.0);
            let (node, part) = (place as usize, place.fract());
            let at = |node: usize| self.envelope.get(node).or(self.envelope.last()).copied().unwrap_or_default();
            let level = at(node) + part * (at(node + 1) - at(node));
            // Half, because these are logarithms of power.
            let above = (0.5 * (peak.log_power - level)).min(0.0);
            if above > NOISE {
                partial(peak.hz, (2.0 * (above - peak.hz / FADING)).exp());
            }
        }
    }

    fn find(&mut self, power: &[f32]) {
        let (first, last) = self.bins;
        self.found.clear();
        let range = power.get(first - 1..(last + 2).min(power.len())).unwrap_or_default();
        let mut strongest = 0.0_f32;
        for (bin, three) in range.windows(3).enumerate() {
            let &[before, peak, after] = three else { continue };
            if peak > before && peak >= after && peak > self.faintest_power {
                // A bin may be exactly 0, whose logarithm is none.
                let [before, top, after] = [before, peak, after].map(|power| power.max(f32::MIN_POSITIVE).ln());
                let offset = peak_offset(before, top, after);
                let hz = ((first + bin) as f32 + offset) * self.hz_per_bin;
                self.found.push(Peak { bin, hz, power: peak, log_power: top - 0.25 * (before - after) * offset });
                strongest = strongest.max(peak);
            }
        }
        self.found.retain(|peak| peak.power > FAINTEST_PART * FAINTEST_PART * strongest);
        if self.found.len() > MOST {
            self.found.select_nth_unstable_by(MOST, |a, b| b.power.total_cmp(&a.power).then(a.bin.cmp(&b.bin)));
            self.found.truncate(MOST);
            self.found.sort_unstable_by_key(|peak| peak.bin);
        }
        let loudest = strongest.ln();
        for peak in &mut self.found {
            peak.power /= strongest;
            peak.log_power -= loudest;
        }
    }

    fn trace_envelope(&mut self) {
        let width = self.bins.1 - self.bins.0 + 1;
        for (level, hearing) in self.envelope.iter_mut().zip(self.hearing.chunks_exact(width)) {
            let (mut sum, mut total) = (0.0, 0.0);
            for peak in &self.found {
                let weight = hearing.get(peak.bin).map_or(0.0, |h| h * peak.power);
                sum += weight * peak.log_power;
                total += weight;
            }
            *level = if total > 0.0 { sum / total } else { 0.0 };
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// A spectrum with partials of so many (Hz, amplitude), as a Hann window shows them, over nothing.
    fn spectrum(partials: &[(f32, f32)]) -> Vec<f32> {
        let mut power = vec![1e-12; 1025];
        for &(hz, amplitude) in partials {
            let bin = (hz / 22_050.0 * 2048.0).round() as usize;
            for (place, part) in [(bin - 1, 0.25), (bin, 1.0), (bin + 1, 0.25)] {
                power[place] += part * (amplitude * 512.0).powi(2);
            }
        }
        power
    }

    fn heard(power: &[f32]) -> Vec<(f32, f32)> {
        let mut all = Vec::new();
        Partials::new(22_050, 2048).each(power, |hz, weight| all.push((hz, weight)));
        all
    }

    #[test]
    fn a_loud_neighbour_hides_a_partial_and_a_distant_one_does_not() {
        let near = heard(&spectrum(&[(800.0, 0.5), (860.0, 0.005)]));
        assert_eq!(near.iter().filter(|p| p.1 > 0.01).count(), 1, "{near:?}");
        let far = heard(&spectrum(&[(200.0, 0.5), (860.0, 0.005)]));
        assert_eq!(far.len(), 2, "{far:?}");
        let fading = |hz: f32| (-2.0 * hz / FADING).exp();
        for (hz, weight) in far {
            assert!((weight / fading(hz) - 1.0).abs() < 0.05, "{hz} {weight}");
        }
    }

    #[test]
    fn level_does_not_count() {
        let partials = [(110.0, 0.3), (220.0, 0.1), (331.0, 0.2), (554.0, 0.02), (1200.0, 0.01)];
        let loud = heard(&spectrum(&partials));
        let soft = heard(&spectrum(&partials.map(|(hz, amplitude)| (hz, 0.03 * amplitude))));
        assert_eq!(loud.len(), 5);
        for (a, b) in loud.iter().zip(&soft) {
            assert!((a.0 - b.0).abs() < 0.01 && (a.1 - b.1).abs() < 1e-3, "{a:?} {b:?}");
        }
    }

    #[test]
    fn nothing_and_short_spectra_have_no_partials() {
        assert!(heard(&[]).is_empty());
        assert!(heard(&[1.0; 3]).is_empty());
        assert!(heard(&vec![0.0; 1025]).is_empty());
        assert!(heard(&vec![1.0; 1025]).is_empty());
    }

    #[test]
    fn only_the_loudest_of_many_are_heard() {
        let mut power = vec![1e-6; 1025];
        (3..320).step_by(2).for_each(|bin| power[bin] = 1e3 + bin as f32);
        let all = heard(&power);
        assert_eq!(all.len(), MOST);
        assert!(all.windows(2).all(|two| two[0].0 < two[1].0) && all[0].0 > 2000.0);
    }
}
