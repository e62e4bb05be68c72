//! What is asked for a film, and the answer.

use std::path::PathBuf;

use crate::api::Neighbour;
use crate::hear::types::Audience;

/// A wish for music that fits a film, a clip or pictures.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct SoundtrackRequest {
    /// The video file; `None` where there is none, or none that may be opened.
    pub video: Option<PathBuf>,
    /// Pictures of a slideshow, in order, in place of a video.
    pub pictures: Vec<PathBuf>,
    /// What the library says of it.
    pub facts: FilmFacts,
    /// Tracks wanted, at most 1,000. 0: 20.
    pub length: usize,
    /// Most tracks of one artist. 0: 3.
    pub artist_cap: usize,
    /// A service that looks at it; `None`: everything stays on this machine.
    pub service: Option<VisionService>,
    /// For whom.
    pub audience: Audience,
}

/// What a library says of a film. Empty where nothing is known.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct FilmFacts {
    /// Title.
    pub title: String,
    /// Of an episode: the series.
    pub series: String,
    /// What it is about.
    pub overview: String,
    /// Genres.
    pub genres: Vec<String>,
    /// Tags and keywords.
    pub tags: Vec<String>,
    /// Directors, actors, composers: name and role in a word, such as `composer`.
    pub people: Vec<(String, String)>,
    /// Year; 0: not known.
    pub year: i32,
    /// Age rating, such as `PG-13`.
    pub rating: String,
    /// What it is.
    pub kind: FilmKind,
}

/// What kind of thing is to have music.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum FilmKind {
    /// A film.
    #[default]
    Film,
    /// An episode of a series.
    Episode,
    /// Somebody's own video.
    HomeVideo,
    /// A music video.
    MusicVideo,
    /// Pictures one after the other.
    Slideshow,
    /// A file of which nothing more is known.
    Clip,
}

/// A service that looks at pictures. Its key, if it needs one, is [`Engine::set_key`](crate::Engine::set_key)'s.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct VisionService {
    /// What it speaks.
    pub provider: crate::NamingProvider,
    /// Where it is; empty: the provider's own address.
    pub url: String,
    /// The model; empty: the provider's usual one.
    pub model: String,
    /// Seconds between two calls.
    pub delay_s: f64,
    /// Seconds for one answer. 0: 60.
    pub timeout_s: f64,
    /// Pictures that are sent, at most 32. 0: 8.
    pub frames: usize,
    /// Questions that it may be asked in one day, by everything here together. 0: 100.
    pub daily_calls: u32,
    /// Whether a short clip may be sent as a video where the provider takes one.
    pub video: bool,
}

/// Music for a film, and why.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Soundtrack {
    /// What it is about and how it feels.
    pub answer: FilmAnswer,
    /// Who says so: `offline`, or the service's name.
    pub answered_by: String,
    /// What a person should know, such as why the service did not answer; empty when nothing.
    pub notice: String,
    /// What was measured.
    pub measures: FilmMeasures,
    /// The music, in order, each track with its reason.
    pub tracks: Vec<Neighbour>,
}

/// What a film is about and how it feels.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct FilmAnswer {
    /// What it is about and how it looks and sounds.
    pub description: String,
    /// Music that would fit, in a sentence that text search understands.
    pub music_recommendation: String,
    /// Keywords.
    pub keywords: Vec<String>,
    /// Its mood in a word.
    pub mood: String,
    /// Genres of music that would fit.
    pub genre_suggestions: Vec<String>,
    /// `Slow`, `Medium` or `Fast`.
    pub tempo: String,
    /// `Low`, `Medium` or `High`.
    pub energy_level: String,
}

/// What was measured of a film. What could not be measured is no number.
#[derive(Debug, Clone, PartialEq)]
pub struct FilmMeasures {
    /// Length in seconds.
    pub duration_s: f64,
    /// Frames that were looked at.
    pub frames: u32,
    /// Changes of shot a minute.
    pub shots_per_minute: f32,
    /// Mean luma, 0..1.
    pub brightness: f32,
    /// Deviation of luma within a frame, 0..1.
    pub contrast: f32,
    /// Mean saturation, 0..1.
    pub saturation: f32,
    /// From −1, all blue, to 1, all red and yellow.
    pub warmth: f32,
    /// Mean change between frames that lie a moment apart, within a shot, 0..1.
    pub motion: f32,
    /// Share of the sound that is music, 0..1.
    pub music_share: f32,
    /// Share of the sound that is speech, 0..1.
    pub speech_share: f32,
    /// Integrated loudness in LUFS.
    pub loudness_lufs: f32,
    /// Loudness range in LU.
    pub loudness_range_lu: f32,
    /// How much is going on in its sound, 0..1.
    pub arousal: f32,
    /// How pleasant its sound is, 0..1.
    pub valence: f32,
    /// Tempo of its music in beats per minute.
    pub bpm: f32,
}

impl Default for FilmMeasures {
    fn default() -> Self {
        const UNKNOWN: f32 = f32::NAN;
        Self {
            duration_s: f64::NAN,
            frames: 0,
            shots_per_minute: UNKNOWN,
            brightness: UNKNOWN,
            contrast: UNKNOWN,
            saturation: UNKNOWN,
            warmth: UNKNOWN,
            motion: UNKNOWN,
            music_share: UNKNOWN,
            speech_share: UNKNOWN,
            loudness_lufs: UNKNOWN,
            loudness_range_lu: UNKNOWN,
            arousal: UNKNOWN,
            valence: UNKNOWN,
            bpm: UNKNOWN,
        }
    }
}

/// Where the making of a soundtrack stands.
#[derive(Debug, Clone, Copy, PartialEq, Default)]
pub struct FilmProgress {
    /// What is being done.
    pub step: FilmStep,
    /// How much of all of it is done, 0..1.
    pub fraction: f32,
}

/// What is being done for a soundtrack.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum FilmStep {
    /// Looking at pictures.
    #[default]
    Looking,
    /// Listening.
    Listening,
    /// Waiting for a service.
    Asking,
    /// Choosing music.
    Choosing,
}
