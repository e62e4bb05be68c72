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
    Reference(-2.543, 0.708), // rock
    Reference(-3.195, 0.662), // pop
    Reference(-3.019, 0.519), // alternative
    Reference(-2.764, 0.683), // indie
    Reference(-1.292, 1.078), // electronic
    Reference(-3.158, 0.552), // female vocalists
    Reference(-3.714, 1.091), // dance
    Reference(-4.411, 0.323), // 00s
    Reference(-4.352, 0.721), // alternative rock
    Reference(-2.806, 1.051), // jazz
    Reference(-3.900, 0.580), // beautiful
    Reference(-4.647, 1.018), // metal
    Reference(-2.633, 0.780), // chillout
    Reference(-5.291, 0.558), // male vocalists
    Reference(-4.628, 1.061), // classic rock
    Reference(-4.670, 1.044), // soul
    Reference(-4.193, 0.757), // indie rock
    Reference(-4.256, 0.689), // Mellow
    Reference(-2.706, 0.900), // electronica
    Reference(-4.392, 0.894), // 80s
    Reference(-3.806, 1.131), // folk
    Reference(-4.404, 0.489), // 90s
    Reference(-4.045, 0.512), // chill
    Reference(-2.234, 0.754), // instrumental
    Reference(-5.219, 1.132), // punk
    Reference(-5.644, 1.512), // oldies
    Reference(-5.063, 1.335), // blues
    Reference(-5.362, 0.998), // hard rock
    Reference(-1.938, 0.931), // ambient
    Reference(-4.647, 1.068), // acoustic
    Reference(-2.677, 0.606), // experimental
    Reference(-5.351, 0.551), // female vocalist
    Reference(-4.520, 0.879), // guitar
    Reference(-5.034, 0.871), // Hip-Hop
    Reference(-5.311, 1.110), // 70s
    Reference(-5.792, 0.803), // party
    Reference(-5.892, 1.575), // country
    Reference(-4.801, 0.909), // easy listening
    Reference(-5.598, 0.489), // sexy
    Reference(-6.121, 0.427), // catchy
    Reference(-4.897, 0.912), // funk
    Reference(-3.831, 1.204), // electro
    Reference(-5.761, 1.106), // heavy metal
    Reference(-3.548, 0.794), // Progressive rock
    Reference(-5.679, 1.354), // 60s
    Reference(-5.980, 0.866), // rnb
    Reference(-4.782, 0.800), // indie pop
    Reference(-5.260, 0.770), // sad
    Reference(-4.504, 1.124), // House
    Reference(-6.318, 0.559), // happy
];

#[rustfmt::skip]
pub(super) const MTT: [Reference; TAGS_LEN] = [
    Reference(-2.632, 1.462), // guitar
    Reference(-3.497, 2.096), // classical
    Reference(-2.206, 1.461), // slow
    Reference(-2.192, 2.128), // techno
    Reference(-3.354, 1.787), // strings
    Reference(-2.200, 1.139), // drums
    Reference(-1.981, 1.334), // electronic
    Reference(-4.079, 1.320), // rock
    Reference(-2.693, 1.651), // fast
    Reference(-3.216, 1.348), // piano
    Reference(-2.731, 1.311), // ambient
    Reference(-2.624, 1.468), // beat
    Reference(-4.447, 2.286), // violin
    Reference(-4.053, 1.111), // vocal
    Reference(-2.271, 1.060), // synth
    Reference(-4.054, 1.036), // female
    Reference(-4.134, 1.324), // indian
    Reference(-6.224, 1.925), // opera
    Reference(-5.007, 1.230), // male
    Reference(-4.563, 1.187), // singing
    Reference(-4.320, 0.989), // vocals
    Reference(-2.780, 0.280), // no vocals
    Reference(-5.836, 1.846), // harpsichord
    Reference(-4.229, 1.281), // loud
    Reference(-3.692, 1.810), // quiet
    Reference(-4.665, 1.902), // flute
    Reference(-4.460, 1.070), // woman
    Reference(-5.036, 1.195), // male vocal
    Reference(-2.916, 0.283), // no vocal
    Reference(-4.186, 1.383), // pop
    Reference(-3.674, 1.501), // soft
    Reference(-5.284, 1.633), // sitar
    Reference(-5.031, 1.306), // solo
    Reference(-5.432, 1.313), // man
    Reference(-5.585, 1.855), // classic
    Reference(-6.416, 1.705), // choir
    Reference(-4.628, 0.894), // voice
    Reference(-3.636, 0.991), // new age
    Reference(-4.659, 1.997), // dance
    Reference(-5.314, 1.120), // male voice
    Reference(-4.766, 1.078), // female vocal
    Reference(-4.030, 1.470), // beats
    Reference(-5.686, 1.905), // harp
    Reference(-6.119, 2.040), // cello
    Reference(-3.532, 0.249), // no voice
    Reference(-3.784, 0.704), // weird
    Reference(-6.044, 1.706), // country
    Reference(-6.726, 1.359), // metal
    Reference(-5.090, 1.050), // female voice
    Reference(-6.753, 1.616), // choral
];

pub(super) const ENERGY: Reference = Reference(0.6202, 0.1863);
pub(super) const DANCEABILITY: Reference = Reference(1.1935, 0.3020);

pub(super) const AROUSAL: Spread = Spread(5.231);
pub(super) const VALENCE: Spread = Spread(4.217);
pub(super) const ACOUSTIC: Spread = Spread(10.477);
pub(super) const HAPPY: Spread = Spread(4.809);
pub(super) const SAD: Spread = Spread(6.116);
pub(super) const RELAXED: Spread = Spread(4.860);
pub(super) const AGGRESSIVE: Spread = Spread(5.445);
pub(super) const PARTY: Spread = Spread(7.660);
pub(super) const DREAMY: Spread = Spread(5.115);
