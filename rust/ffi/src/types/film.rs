//! Music for films: what is asked, and what is answered.

use interoptopus::ffi;
use segue_engine as engine;

use super::requests::{NamingProvider, twins};
use super::{Neighbour, audience, given, size};

/// A wish for music that fits a film, but for what is allowed in it.
#[ffi]
#[derive(Debug, Clone, PartialEq)]
pub struct SoundtrackRequest {
    /// Empty: none.
    pub video: String,
    pub pictures: Vec<String>,
    pub facts: FilmFacts,
    pub length: u32,
    pub artist_cap: u32,
    pub service: Option<VisionService>,
    pub listener: String,
}

/// What a library says of a film.
#[ffi]
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct FilmFacts {
    pub title: String,
    pub series: String,
    pub overview: String,
    pub genres: Vec<String>,
    pub tags: Vec<String>,
    pub people: Vec<FilmPerson>,
    pub year: i32,
    pub rating: String,
    pub kind: FilmKind,
}

/// Somebody who took part in a film.
#[ffi]
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct FilmPerson {
    pub name: String,
    pub role: String,
}

/// What kind of thing is to have music.
#[ffi]
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum FilmKind {
    Film,
    Episode,
    HomeVideo,
    MusicVideo,
    Slideshow,
    Clip,
}

/// A service that looks at pictures.
#[ffi]
#[derive(Debug, Clone, PartialEq)]
pub struct VisionService {
    pub provider: NamingProvider,
    pub url: String,
    pub model: String,
    pub delay_s: f64,
    pub timeout_s: f64,
    pub frames: u32,
    pub daily_calls: u32,
    pub video: bool,
}

/// Music for a film, and why.
#[ffi]
pub struct Soundtrack {
    pub answer: FilmAnswer,
    pub answered_by: String,
    pub notice: String,
    pub measures: FilmMeasures,
    pub tracks: Vec<Neighbour>,
}

/// What a film is about and how it feels.
#[ffi]
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct FilmAnswer {
    pub description: String,
    pub music_recommendation: String,
    pub keywords: Vec<String>,
    pub mood: String,
    pub genre_suggestions: Vec<String>,
    pub tempo: String,
    pub energy_level: String,
}

/// What was measured of a film. What could not be measured is no number.
#[ffi]
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct FilmMeasures {
    pub duration_s: f64,
    pub frames: u32,
    pub shots_per_minute: f32,
    pub brightness: f32,
    pub contrast: f32,
    pub saturation: f32,
    pub warmth: f32,
    pub motion: f32,
    pub music_share: f32,
    pub speech_share: f32,
    pub loudness_lufs: f32,
    pub loudness_range_lu: f32,
    pub arousal: f32,
    pub valence: f32,
    pub bpm: f32,
}

/// What is being done for a soundtrack.
#[ffi]
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum FilmStep {
    Looking,
    Listening,
    Asking,
    Choosing,
}

/// Where the making of a soundtrack stands.
#[ffi]
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct FilmProgress {
    pub step: FilmStep,
    pub fraction: f32,
}

twins! {
    FilmKind { Film, Episode, HomeVideo, MusicVideo, Slideshow, Clip }
    FilmStep { Looking, Listening, Asking, Choosing }
}

impl SoundtrackRequest {
    pub(crate) fn among(self, allowed: Option<Vec<engine::ItemId>>) -> engine::SoundtrackRequest {
        engine::SoundtrackRequest {
            video: given(self.video),
            pictures: self.pictures.into_iter().map(Into::into).collect(),
            facts: self.facts.into(),
            length: size(self.length),
            artist_cap: size(self.artist_cap),
            service: self.service.map(Into::into),
            audience: audience(self.listener, allowed),
        }
    }
}

impl From<FilmFacts> for engine::FilmFacts {
    fn from(facts: FilmFacts) -> Self {
        Self {
            title: facts.title,
            series: facts.series,
            overview: facts.overview,
            genres: facts.genres,
            tags: facts.tags,
            people: facts.people.into_iter().map(|person| (person.name, person.role)).collect(),
            year: facts.year,
            rating: facts.rating,
            kind: facts.kind.into(),
        }
    }
}

impl From<VisionService> for engine::VisionService {
    fn from(service: VisionService) -> Self {
        Self {
            provider: service.provider.into(),
            url: service.url,
            model: service.model,
            delay_s: service.delay_s,
            timeout_s: service.timeout_s,
            frames: size(service.frames),
            daily_calls: service.daily_calls,
            video: service.video,
        }
    }
}

impl From<engine::Soundtrack> for Soundtrack {
    fn from(made: engine::Soundtrack) -> Self {
        Self {
            answer: made.answer.into(),
            answered_by: made.answered_by,
            notice: made.notice,
            measures: made.measures.into(),
            tracks: made.tracks.into_iter().map(Into::into).collect(),
        }
    }
}

impl From<engine::FilmAnswer> for FilmAnswer {
    fn from(answer: engine::FilmAnswer) -> Self {
        Self {
            description: answer.description,
            music_recommendation: answer.music_recommendation,
            keywords: answer.keywords,
            mood: answer.mood,
            genre_suggestions: answer.genre_suggestions,
            tempo: answer.tempo,
            energy_level: answer.energy_level,
        }
    }
}

impl From<engine::FilmMeasures> for FilmMeasures {
    fn from(measures: engine::FilmMeasures) -> Self {
        Self {
            duration_s: measures.duration_s,
            frames: measures.frames,
            shots_per_minute: measures.shots_per_minute,
            brightness: measures.brightness,
            contrast: measures.contrast,
            saturation: measures.saturation,
            warmth: measures.warmth,
            motion: measures.motion,
            music_share: measures.music_share,
            speech_share: measures.speech_share,
            loudness_lufs: measures.loudness_lufs,
            loudness_range_lu: measures.loudness_range_lu,
            arousal: measures.arousal,
            valence: measures.valence,
            bpm: measures.bpm,
        }
    }
}

impl From<&engine::FilmProgress> for FilmProgress {
    fn from(now: &engine::FilmProgress) -> Self {
        Self { step: now.step.into(), fraction: now.fraction }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_wish_for_a_soundtrack_arrives_with_all_that_is_in_it() {
        let wish = SoundtrackRequest {
            video: "/films/größer.mkv".into(),
            pictures: vec!["/a.jpg".into()],
            facts: FilmFacts {
                title: "title".into(),
                series: "series".into(),
                overview: "overview".into(),
                genres: vec!["genre".into()],
                tags: vec!["tag".into()],
                people: vec![FilmPerson { name: "Ann".into(), role: "composer".into() }],
                year: 1999,
                rating: "PG".into(),
                kind: FilmKind::HomeVideo,
            },
            length: 1,
            artist_cap: 2,
            service: Some(VisionService {
                provider: NamingProvider::Gemini,
                url: "http://nas".into(),
                model: "model".into(),
                delay_s: 3.5,
                timeout_s: 4.5,
                frames: 5,
                daily_calls: 6,
                video: true,
            }),
            listener: "ann".into(),
        };
        let expected = engine::SoundtrackRequest {
            video: Some("/films/größer.mkv".into()),
            pictures: vec!["/a.jpg".into()],
            facts: engine::FilmFacts {
                title: "title".into(),
                series: "series".into(),
                overview: "overview".into(),
                genres: vec!["genre".into()],
                tags: vec!["tag".into()],
                people: vec![("Ann".into(), "composer".into())],
                year: 1999,
                rating: "PG".into(),
                kind: engine::FilmKind::HomeVideo,
            },
            length: 1,
            artist_cap: 2,
            service: Some(engine::VisionService {
                provider: engine::NamingProvider::Gemini,
                url: "http://nas".into(),
                model: "model".into(),
                delay_s: 3.5,
                timeout_s: 4.5,
                frames: 5,
                daily_calls: 6,
                video: true,
            }),
            audience: engine::Audience { listener: "ann".into(), allowed: Some(vec![[7; 16]]) },
        };
        assert_eq!(wish.clone().among(Some(vec![[7; 16]])), expected);
        let without = SoundtrackRequest { video: String::new(), service: None, ..wish }.among(None);
        assert_eq!((without.video, without.service, without.audience.allowed), (None, None, None));
    }

    #[test]
    fn a_soundtrack_arrives_with_all_that_is_in_it() {
        let answer = engine::FilmAnswer {
            description: "description".into(),
            music_recommendation: "music".into(),
            keywords: vec!["keyword".into()],
            mood: "mood".into(),
            genre_suggestions: vec!["genre".into()],
            tempo: "Fast".into(),
            energy_level: "High".into(),
        };
        let measures = engine::FilmMeasures {
            duration_s: 1.0,
            frames: 2,
            shots_per_minute: 3.0,
            brightness: 4.0,
            contrast: 5.0,
            saturation: 6.0,
            warmth: 7.0,
            motion: 8.0,
            music_share: 9.0,
            speech_share: 10.0,
            loudness_lufs: 11.0,
            loudness_range_lu: 12.0,
            arousal: 13.0,
            valence: 14.0,
            bpm: f32::NAN,
        };
        let made: Soundtrack = engine::Soundtrack {
            answer,
            answered_by: "offline".into(),
            notice: "notice".into(),
            measures,
            tracks: vec![engine::Neighbour { reason: "calm".into(), ..engine::Neighbour::default() }],
        }
        .into();
        let expected = FilmAnswer {
            description: "description".into(),
            music_recommendation: "music".into(),
            keywords: vec!["keyword".into()],
            mood: "mood".into(),
            genre_suggestions: vec!["genre".into()],
            tempo: "Fast".into(),
            energy_level: "High".into(),
        };
        assert_eq!((made.answer, made.answered_by.as_str(), made.notice.as_str()), (expected, "offline", "notice"));
        assert_eq!(made.tracks[0].reason, "calm");
        let FilmMeasures {
            duration_s,
            frames,
            shots_per_minute,
            brightness,
            contrast,
            saturation,
            warmth,
            motion,
            music_share,
            speech_share,
            loudness_lufs,
            loudness_range_lu,
            arousal,
            valence,
            bpm,
        } = made.measures;
        assert_eq!((duration_s, frames, bpm.is_nan()), (1.0, 2, true));
        assert_eq!(
            [shots_per_minute, brightness, contrast, saturation, warmth, motion],
            [3.0, 4.0, 5.0, 6.0, 7.0, 8.0]
        );
        let sound = [music_share, speech_share, loudness_lufs, loudness_range_lu, arousal, valence];
        assert_eq!(sound, [9.0, 10.0, 11.0, 12.0, 13.0, 14.0]);
        let now = engine::FilmProgress { step: engine::FilmStep::Asking, fraction: 0.5 };
        assert_eq!(FilmProgress::from(&now), FilmProgress { step: FilmStep::Asking, fraction: 0.5 });
    }
}
