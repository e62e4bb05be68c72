//! Samples in, musical numbers out: tempo, key, loudness, danceability, energy.
