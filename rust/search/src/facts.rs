//! What is known of a track.

/// Tags of each network.
pub const TAGS: usize = 50;
/// Moods, in the order of [`Facts::moods`].
pub const MOODS: usize = 10;

/// What is known of a track: what the networks hear in it, what was measured, and what its tags say.
///
/// Numbers that are not known are no numbers (NaN), texts that are not known are empty.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Facts<'a> {
    /// Probabilities of the 50 tags of MusiCNN trained on the Million Song Dataset, in that network's order; empty where it has not heard
    /// the track.
    pub msd: &'a [f32],
    /// The same of the one trained on MagnaTagATune.
    pub mtt: &'a [f32],
    /// Arousal, valence, voice, acoustic, happy, sad, relaxed, aggressive, party, dreamy, 0..1: see `docs/moods.md`.
    pub moods: [f32; MOODS],
    /// Beats per minute.
    pub tempo: f32,
    /// How sure the tempo is, 0..1.
    pub tempo_confidence: f32,
    /// Tonic in semitones above C, 0..11; `None` without a key.
    pub tonic: Option<u8>,
    /// Whether the key is minor; `None` without a key.
    pub minor: Option<bool>,
    /// 0..1.
    pub energy: f32,
    /// 0..1.
    pub brightness: f32,
    /// By detrended fluctuation analysis, 0..~3.
    pub danceability: f32,
    /// Integrated loudness in LUFS.
    pub loudness: f32,
    /// Loudness range in LU.
    pub loudness_range: f32,
    /// Seconds.
    pub duration: f32,
    /// Year of release; 0: not known.
    pub year: i32,
    /// Genres.
    pub genres: &'a [String],
    /// Styles that a network of a person's own has heard, with their probabilities.
    pub styles: &'a [(String, f32)],
    /// Title.
    pub title: &'a str,
    /// Performing artist.
    pub artist: &'a str,
    /// Artist of the album.
    pub album_artist: &'a str,
    /// Album.
    pub album: &'a str,
}

impl Default for Facts<'_> {
    fn default() -> Self {
        Self {
            msd: &[],
            mtt: &[],
            moods: [f32::NAN; MOODS],
            tempo: f32::NAN,
            tempo_confidence: f32::NAN,
            tonic: None,
            minor: None,
            energy: f32::NAN,
            brightness: f32::NAN,
            danceability: f32::NAN,
            loudness: f32::NAN,
            loudness_range: f32::NAN,
            duration: f32::NAN,
            year: 0,
            genres: &[],
            styles: &[],
            title: "",
            artist: "",
            album_artist: "",
            album: "",
        }
    }
}
