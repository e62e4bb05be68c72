//! Which key the partials of a whole track add up to.

use segue_dsp::stats::{correlation, mean};

use super::partials::Partials;
use super::{Key, Scale, Tonic};

/// Places per semitone, and per octave, of what is summed up: 10 cents each, so that tuning can be found afterwards.
const FINE: usize = 10;
const OCTAVE: usize = 12 * FINE;
/// The tuning is taken out where partials agree on one to this degree: 0 is not at all, 1 is wholly. Below (noise,
/// glides, sounds without harmonics) the direction is chance.
const AGREEMENT: f64 = 0.1;
/// What a partial says about the note whose n-th harmonic it would be. Even harmonics are the note itself in another
/// octave; seventh and higher ones are out of tune with all notes.
const HARMONICS: [(f32, f32); 3] = [(1.0, 1.0), (3.0, 0.111), (5.0, 0.075)];
/// A pitch class heard less than this part of the strongest one counts as not heard.
const LEAST_PART: f32 = 0.2;

/// How much each note of a key is heard, from its tonic up: the `bgate` profiles (Faraldo, Jordà & Herrera, 2017),
/// the default of Essentia's KeyExtractor.
const PROFILES: [(Scale, [f32; 12]); 2] = [
    (Scale::Major, [1.00, 0.00, 0.42, 0.00, 0.53, 0.37, 0.00, 0.77, 0.00, 0.38, 0.21, 0.30]),
    (Scale::Minor, [1.00, 0.00, 0.36, 0.39, 0.00, 0.38, 0.00, 0.74, 0.27, 0.00, 0.42, 0.23]),
];

/// What is known of the pitches of a track.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(crate) struct Pitch {
    pub(crate) key: Option<Key>,
    pub(crate) second_key: Option<Key>,
    pub(crate) tuning_cents: f32,
}

/// Finds the key from power spectra: their partials, summed up by pitch in steps of 10 cents over the whole track,
/// then brought in tune, folded to twelve notes and compared with the profiles of all keys.
pub(crate) struct KeyFinder {
    partials: Partials,
    heard: [f64; OCTAVE],
}

impl KeyFinder {
    /// For spectra of `n_fft` samples under a Hann window.
    pub(crate) fn new(sample_rate: u32, n_fft: usize) -> Self {
        Self { partials: Partials::new(sample_rate, n_fft), heard: [0.0; OCTAVE] }
    }

    /// Takes the next power spectrum. Every frame with a pitch counts alike, however loud it is.
    pub(crate) fn frame(&mut self, power: &[f32]) {
        let heard = &mut self.heard;
        self.partials.each(power, |hz, weight| {
            // From A up, in tens of cents.
            let pitch = ((hz / 440.0).log2() * OCTAVE as f32).round().rem_euclid(OCTAVE as f32) as usize % OCTAVE;
            heard[pitch] += f64::from(weight);
        });
    }

    pub(crate) fn finish(&self) -> Pitch {
        let tuning = self.tuning();
        let [key, second_key] = self.notes(tuning).map_or([None; 2], |notes| best_two(&notes));
        Pitch { key, second_key, tuning_cents: tuning * 100.0 / FINE as f32 }
    }

    /// How much each note from A up is heard, the most heard 1; `None` where nothing is.
    fn notes(&self, tuning: f32) -> Option<[f32; 12]> {
        let mut notes = [0.0; 12];
        for (note, sum) in notes.iter_mut().enumerate() {
            for (harmonic, weight) in HARMONICS {
                let centre = (note * FINE) as f32 + tuning + harmonic.log2() * OCTAVE as f32;
                *sum += weight * self.around(centre);
            }
        }
        let most = notes.iter().copied().fold(0.0, f32::max);
        if most <= 0.0 {
            return None;
        }
        Some(notes.map(|note| if note > LEAST_PART * most { note / most } else { 0.0 }))
    }

    /// How far the music as a whole lies above A = 440 Hz in equal temperament, in tens of cents, −5 to 5: the
    /// direction in which the partials' deviations point together, one turn a semitone. 0 where they agree on none.
    fn tuning(&self) -> f32 {
        let (mut x, mut y, mut all) = (0.0, 0.0, 0.0);
        for (place, &weight) in self.heard.iter().enumerate() {
            let turn = std::f64::consts::TAU * (place % FINE) as f64 / FINE as f64;
            x += weight * turn.cos();
            y += weight * turn.sin();
            all += weight;
        }
        if x.hypot(y) <= AGREEMENT * all {
            return 0.0;
        }
        (y.atan2(x) / std::f64::consts::TAU * FINE as f64) as f32
    }

    /// What is heard within half a semitone of a place, less and less towards the edges.
    fn around(&self, centre: f32) -> f32 {
        let half = FINE as f32 / 2.0;
        let (from, to) = ((centre - half).ceil() as i64, (centre + half).floor() as i64);
        (from..=to)
            .map(|place| {
                let weight = (std::f32::consts::PI * (place as f32 - centre) / FINE as f32).cos();
                self.heard[place.rem_euclid(OCTAVE as i64) as usize] as f32 * weight
            })
            .sum()
    }
}

/// The keys that twelve notes from A up fit best and second best, as far as they fit any.
fn best_two(notes: &[f32; 12]) -> [Option<Key>; 2] {
    // Where all notes sound alike (noise, drums) the best profile fits by chance.
    let clarity = (2.0 * (1.0 - mean(notes))).min(1.0);
    let [mut best, mut second] = [None::<Key>; 2];
    let beats = |strength: f32, key: Option<Key>| strength > key.map_or(0.0, |key| key.strength);
    for (scale, profile) in PROFILES {
        for tonic in Tonic::ALL {
            // `notes` start at A, nine semitones above C.
            let from = usize::from(tonic.pitch_class() + 3) % 12;
            let mut turned = *notes;
            turned.rotate_left(from);
            let strength = clarity * correlation(&turned, &profile);
            let key = Some(Key { tonic, scale, strength });
            if beats(strength, best) {
                (best, second) = (key, best);
            } else if beats(strength, second) {
                second = key;
            }
        }
    }
    [best, second]
}
