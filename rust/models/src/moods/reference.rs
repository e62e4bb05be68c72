//! Made by tests/moods/reference.py from 272 tracks: see docs/moods.md.

use crate::TAGS_LEN;

/// Mean and standard deviation over the collection: of a tag's log-odds, or of a number as it is.
#[derive(Debug, Clone, Copy)]
pub(super) struct Reference(pub f32, pub f32);

/// Standard deviation of a rule's weighted sum over the collection.
#[derive(Debug, Clone, Copy)]
pub(super) struct Spread(pub f32);

#[rustfmt::skip]
pub(super) const MSD: [Reference; TAGS_LEN] = [
    Reference(-2.587, 0.724), // rock
    Reference(-3.207, 0.678), // pop
    Reference(-3.053, 0.538), // alternative
    Reference(-2.801, 0.707), // indie
    Reference(-1.263, 1.104), // electronic
    Reference(-3.169, 0.569), // female vocalists
    Reference(-3.691, 1.130), // dance
    Reference(-4.421, 0.340), // 00s
    Reference(-4.411, 0.744), // alternative rock
    Reference(-2.848, 1.103), // jazz
    Reference(-3.918, 0.592), // beautiful
    Reference(-4.697, 1.033), // metal
    Reference(-2.618, 0.784), // chillout
    Reference(-5.319, 0.566), // male vocalists
    Reference(-4.685, 1.084), // classic rock
    Reference(-4.723, 1.084), // soul
    Reference(-4.249, 0.783), // indie rock
    Reference(-4.280, 0.706), // Mellow
    Reference(-2.687, 0.918), // electronica
    Reference(-4.419, 0.916), // 80s
    Reference(-3.861, 1.164), // folk
    Reference(-4.422, 0.494), // 90s
    Reference(-4.047, 0.521), // chill
    Reference(-2.251, 0.774), // instrumental
    Reference(-5.399, 1.105), // punk
    Reference(-5.706, 1.548), // oldies
    Reference(-5.123, 1.376), // blues
    Reference(-5.434, 1.007), // hard rock
    Reference(-1.941, 0.937), // ambient
    Reference(-4.713, 1.098), // acoustic
    Reference(-2.708, 0.620), // experimental
    Reference(-5.369, 0.570), // female vocalist
    Reference(-4.544, 0.915), // guitar
    Reference(-5.126, 0.906), // Hip-Hop
    Reference(-5.373, 1.139), // 70s
    Reference(-5.781, 0.834), // party
    Reference(-5.941, 1.616), // country
    Reference(-4.823, 0.937), // easy listening
    Reference(-5.596, 0.503), // sexy
    Reference(-6.129, 0.436), // catchy
    Reference(-4.930, 0.950), // funk
    Reference(-3.827, 1.255), // electro
    Reference(-5.836, 1.116), // heavy metal
    Reference(-3.583, 0.821), // Progressive rock
    Reference(-5.755, 1.386), // 60s
    Reference(-6.026, 0.898), // rnb
    Reference(-4.818, 0.823), // indie pop
    Reference(-5.307, 0.785), // sad
    Reference(-4.505, 1.166), // House
    Reference(-6.335, 0.572), // happy
];

#[rustfmt::skip]
pub(super) const MTT: [Reference; TAGS_LEN] = [
    Reference(-2.711, 1.502), // guitar
    Reference(-3.621, 2.098), // classical
    Reference(-2.265, 1.486), // slow
    Reference(-2.095, 2.153), // techno
    Reference(-3.417, 1.806), // strings
    Reference(-2.179, 1.139), // drums
    Reference(-1.924, 1.348), // electronic
    Reference(-4.073, 1.333), // rock
    Reference(-2.624, 1.686), // fast
    Reference(-3.270, 1.354), // piano
    Reference(-2.769, 1.338), // ambient
    Reference(-2.578, 1.478), // beat
    Reference(-4.528, 2.302), // violin
    Reference(-4.104, 1.169), // vocal
    Reference(-2.231, 1.078), // synth
    Reference(-4.088, 1.107), // female
    Reference(-4.151, 1.365), // indian
    Reference(-6.442, 1.911), // opera
    Reference(-5.052, 1.269), // male
    Reference(-4.616, 1.249), // singing
    Reference(-4.349, 1.045), // vocals
    Reference(-2.772, 0.289), // no vocals
    Reference(-6.017, 1.798), // harpsichord
    Reference(-4.210, 1.307), // loud
    Reference(-3.835, 1.803), // quiet
    Reference(-4.775, 1.910), // flute
    Reference(-4.497, 1.136), // woman
    Reference(-5.071, 1.228), // male vocal
    Reference(-2.909, 0.295), // no vocal
    Reference(-4.158, 1.404), // pop
    Reference(-3.753, 1.522), // soft
    Reference(-5.345, 1.667), // sitar
    Reference(-5.127, 1.321), // solo
    Reference(-5.478, 1.352), // man
    Reference(-5.699, 1.856), // classic
    Reference(-6.585, 1.706), // choir
    Reference(-4.657, 0.944), // voice
    Reference(-3.649, 1.014), // new age
    Reference(-4.575, 2.037), // dance
    Reference(-5.341, 1.154), // male voice
    Reference(-4.794, 1.142), // female vocal
    Reference(-3.989, 1.475), // beats
    Reference(-5.863, 1.886), // harp
    Reference(-6.193, 2.059), // cello
    Reference(-3.533, 0.259), // no voice
    Reference(-3.773, 0.700), // weird
    Reference(-6.036, 1.720), // country
    Reference(-6.788, 1.374), // metal
    Reference(-5.122, 1.114), // female voice
    Reference(-6.910, 1.620), // choral
];

pub(super) const ENERGY: Reference = Reference(0.6314, 0.1715);
pub(super) const DANCEABILITY: Reference = Reference(1.1972, 0.3060);

pub(super) const AROUSAL: Spread = Spread(5.490);
pub(super) const VALENCE: Spread = Spread(4.214);
pub(super) const ACOUSTIC: Spread = Spread(10.443);
pub(super) const HAPPY: Spread = Spread(4.744);
pub(super) const SAD: Spread = Spread(6.092);
pub(super) const RELAXED: Spread = Spread(4.991);
pub(super) const AGGRESSIVE: Spread = Spread(5.559);
pub(super) const PARTY: Spread = Spread(7.706);
pub(super) const DREAMY: Spread = Spread(5.120);
