//! Made by tests/moods/reference.py from 294 tracks: see docs/moods.md.

use crate::TAGS_LEN;

/// Mean and standard deviation over the collection: of a tag's log-odds, or of a number as it is.
#[derive(Debug, Clone, Copy)]
pub(super) struct Reference(pub f32, pub f32);

/// Standard deviation of a rule's weighted sum over the collection.
#[derive(Debug, Clone, Copy)]
pub(super) struct Spread(pub f32);

#[rustfmt::skip]
pub(super) const MSD: [Reference; TAGS_LEN] = [
    Reference(-2.573, 0.715), // rock
    Reference(-3.160, 0.691), // pop
    Reference(-3.056, 0.541), // alternative
    Reference(-2.811, 0.719), // indie
    Reference(-1.270, 1.087), // electronic
    Reference(-3.157, 0.552), // female vocalists
    Reference(-3.649, 1.139), // dance
    Reference(-4.438, 0.364), // 00s
    Reference(-4.409, 0.742), // alternative rock
    Reference(-2.813, 1.095), // jazz
    Reference(-3.947, 0.612), // beautiful
    Reference(-4.748, 1.041), // metal
    Reference(-2.628, 0.781), // chillout
    Reference(-5.298, 0.555), // male vocalists
    Reference(-4.669, 1.059), // classic rock
    Reference(-4.661, 1.089), // soul
    Reference(-4.260, 0.788), // indie rock
    Reference(-4.288, 0.703), // Mellow
    Reference(-2.692, 0.904), // electronica
    Reference(-4.335, 1.014), // 80s
    Reference(-3.856, 1.143), // folk
    Reference(-4.396, 0.514), // 90s
    Reference(-4.048, 0.518), // chill
    Reference(-2.259, 0.761), // instrumental
    Reference(-5.383, 1.093), // punk
    Reference(-5.685, 1.513), // oldies
    Reference(-5.071, 1.354), // blues
    Reference(-5.443, 0.987), // hard rock
    Reference(-1.999, 0.970), // ambient
    Reference(-4.691, 1.082), // acoustic
    Reference(-2.749, 0.642), // experimental
    Reference(-5.350, 0.556), // female vocalist
    Reference(-4.512, 0.898), // guitar
    Reference(-5.124, 0.879), // Hip-Hop
    Reference(-5.330, 1.134), // 70s
    Reference(-5.749, 0.844), // party
    Reference(-5.895, 1.584), // country
    Reference(-4.815, 0.910), // easy listening
    Reference(-5.572, 0.501), // sexy
    Reference(-6.104, 0.453), // catchy
    Reference(-4.840, 1.021), // funk
    Reference(-3.807, 1.243), // electro
    Reference(-5.869, 1.100), // heavy metal
    Reference(-3.593, 0.808), // Progressive rock
    Reference(-5.754, 1.349), // 60s
    Reference(-5.974, 0.899), // rnb
    Reference(-4.811, 0.819), // indie pop
    Reference(-5.329, 0.790), // sad
    Reference(-4.469, 1.175), // House
    Reference(-6.289, 0.591), // happy
];

#[rustfmt::skip]
pub(super) const MTT: [Reference; TAGS_LEN] = [
    Reference(-2.648, 1.474), // guitar
    Reference(-3.680, 2.085), // classical
    Reference(-2.264, 1.454), // slow
    Reference(-2.059, 2.112), // techno
    Reference(-3.441, 1.767), // strings
    Reference(-2.140, 1.161), // drums
    Reference(-1.889, 1.335), // electronic
    Reference(-4.053, 1.332), // rock
    Reference(-2.616, 1.662), // fast
    Reference(-3.256, 1.354), // piano
    Reference(-2.798, 1.316), // ambient
    Reference(-2.522, 1.483), // beat
    Reference(-4.593, 2.274), // violin
    Reference(-4.122, 1.143), // vocal
    Reference(-2.208, 1.067), // synth
    Reference(-4.111, 1.096), // female
    Reference(-4.114, 1.382), // indian
    Reference(-6.510, 1.901), // opera
    Reference(-5.075, 1.247), // male
    Reference(-4.632, 1.222), // singing
    Reference(-4.371, 1.026), // vocals
    Reference(-2.763, 0.285), // no vocals
    Reference(-6.037, 1.791), // harpsichord
    Reference(-4.259, 1.300), // loud
    Reference(-3.837, 1.758), // quiet
    Reference(-4.809, 1.914), // flute
    Reference(-4.521, 1.126), // woman
    Reference(-5.079, 1.203), // male vocal
    Reference(-2.900, 0.291), // no vocal
    Reference(-4.129, 1.397), // pop
    Reference(-3.744, 1.484), // soft
    Reference(-5.292, 1.664), // sitar
    Reference(-5.102, 1.311), // solo
    Reference(-5.488, 1.324), // man
    Reference(-5.760, 1.849), // classic
    Reference(-6.643, 1.688), // choir
    Reference(-4.677, 0.928), // voice
    Reference(-3.657, 0.988), // new age
    Reference(-4.552, 1.998), // dance
    Reference(-5.346, 1.133), // male voice
    Reference(-4.808, 1.129), // female vocal
    Reference(-3.930, 1.487), // beats
    Reference(-5.866, 1.867), // harp
    Reference(-6.263, 2.042), // cello
    Reference(-3.527, 0.256), // no voice
    Reference(-3.773, 0.697), // weird
    Reference(-5.979, 1.703), // country
    Reference(-6.792, 1.370), // metal
    Reference(-5.143, 1.099), // female voice
    Reference(-6.967, 1.602), // choral
];

pub(super) const ENERGY: Reference = Reference(0.6298, 0.1698);
pub(super) const DANCEABILITY: Reference = Reference(1.2135, 0.3237);

pub(super) const AROUSAL: Spread = Spread(5.519);
pub(super) const VALENCE: Spread = Spread(4.396);
pub(super) const ACOUSTIC: Spread = Spread(10.362);
pub(super) const HAPPY: Spread = Spread(4.922);
pub(super) const SAD: Spread = Spread(6.227);
pub(super) const RELAXED: Spread = Spread(4.983);
pub(super) const AGGRESSIVE: Spread = Spread(5.587);
pub(super) const PARTY: Spread = Spread(7.784);
pub(super) const DREAMY: Spread = Spread(5.198);
