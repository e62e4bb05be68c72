//! Music for a film: what it is about and how it feels, and what of the library fits.
//!
//! The pictures ([`look`]) and the sound ([`hear`]) are measured in short pieces, once for each file ([`keep`]); the room `film` puts that
//! together with what the library says of the film; [`ask`] shows it to a service where a person wants that; [`choose`] finds the music.

mod ask;
mod choose;
mod desk;
mod hear;
mod keep;
mod look;
pub(crate) mod types;

use segue_film::{Measured, PictureMeasures, Said, target};
use segue_media::OpenOptions;

use self::ask::Asked;
use self::desk::Desk;
use self::types::{FilmAnswer, FilmFacts, FilmMeasures, FilmProgress, FilmStep, Soundtrack, SoundtrackRequest};
use crate::analyse::pool;
use crate::engine::State;
use crate::hear::seeds::listener;
use crate::stamp::stamp;
use crate::{Engine, Error, Result};

/// Who says so where nobody was asked.
const OFFLINE: &str = "offline";

impl Engine {
    /// Music of the library that fits a film, a clip or pictures, and why: from what is said of it, from its pictures and from its sound.
    /// Whatever cannot be looked at or heard is left out, and [`Soundtrack::notice`] says why. What was measured of a video is kept, so
    /// that a second question need not look again.
    ///
    /// The work is done on the engine's own threads. `watch` is told on this thread where it stands, at least four times a second, and
    /// answers whether to go on; that is honoured within half a second. With a service in the request, pictures and facts of the film are
    /// sent to it; whatever goes wrong there, the answer of this machine stands.
    ///
    /// # Errors
    /// [`Error::InvalidArgument`] when nothing is known of the film, neither words nor pictures nor sound, and for a listener that is
    /// none; [`Error::Cancelled`] when `watch` answers `false`; when the store fails or the engine is closed.
    pub fn soundtrack(
        &self,
        request: &SoundtrackRequest,
        watch: &mut dyn FnMut(&FilmProgress) -> bool,
    ) -> Result<Soundtrack> {
        listener(&request.audience)?;
        if request.video.is_none() && request.pictures.is_empty() && is_silent(&request.facts) {
            return Err(Error::InvalidArgument(
                "nothing is known of the film: give a video, pictures, or words such as its overview or genres"
                    .to_owned(),
            ));
        }
        self.with(|state| {
            let pool = pool(&self.plan)?;
            desk::work(&pool, watch, &|| self.is_closing(), |desk| self.make(state, request, desk))
        })
    }

    fn make(&self, state: &State, request: &SoundtrackRequest, desk: &Desk) -> Result<Soundtrack> {
        let open = OpenOptions { cancel: Some(desk.flag()), ..self.plan.open.clone() };
        let mut notices = Vec::new();
        let measures = self.measure(state, request, &open, desk, &mut notices)?;
        let FilmFacts { title, series, overview, genres, tags, rating, .. } = &request.facts;
        let target = target(Said { title, series, overview, genres, tags, rating }, &measured(&measures));
        if target.arousal.is_none() && target.valence.is_none() {
            if is_silent(&request.facts) {
                return Err(Error::InvalidArgument(match notices.first() {
                    Some(notice) => format!("nothing is known of the film. {notice}"),
                    None => "nothing is known of the film: it has neither pictures nor sound".to_owned(),
                }));
            }
            notices.push("Nothing that is known of it says what music would fit.".to_owned());
        }
        let mut answer = FilmAnswer::from(target.answer.clone());
        let mut answered_by = OFFLINE.to_owned();
        let mut asked = None;
        if let Some(service) = &request.service {
            match ask::ask(state, service, request, measures.duration_s, &open, desk)? {
                Asked::Answer(theirs, name) => {
                    name.clone_into(&mut answered_by);
                    answer = theirs.clone();
                    asked = Some(theirs);
                }
                Asked::Nothing(why) => notices.push(why),
            }
        }
        desk.check()?;
        desk.tell(FilmStep::Choosing, 0.0);
        let tracks = choose::choose(state, request, &target, asked.as_ref())?;
        desk.check()?;
        desk.tell(FilmStep::Choosing, 1.0);
        Ok(Soundtrack { answer, answered_by, notice: notices.join(" "), measures, tracks })
    }

    /// Looks and listens, unless that was done before.
    fn measure(
        &self,
        state: &State,
        request: &SoundtrackRequest,
        open: &OpenOptions,
        desk: &Desk,
        notices: &mut Vec<String>,
    ) -> Result<FilmMeasures> {
        let Some(video) = request.video.as_deref() else {
            let mut measures = FilmMeasures::default();
            if !request.pictures.is_empty() {
                let seen = look::slideshow(&request.pictures, open, desk)?;
                put(&mut measures, &seen.measures);
                notices.extend(
                    seen.problem.map(|problem| format!("The pictures were not looked at: {}.", said(&problem))),
                );
            }
            return Ok(measures);
        };
        let (size, modified_ns) = match stamp(video) {
            Ok(stamp) => stamp,
            Err(error) => {
                notices.push(format!("{} cannot be opened: {error}.", video.display()));
                return Ok(FilmMeasures::default());
            }
        };
        let version = keep::version();
        let kept = state.store.film_measures(video, size, modified_ns, &version)?;
        if let Some(measures) = kept.as_deref().and_then(keep::read) {
            return Ok(measures);
        }
        let seen = look::video(video, open, desk)?;
        let mut measures = FilmMeasures { duration_s: seen.duration_s, ..FilmMeasures::default() };
        put(&mut measures, &seen.measures);
        let (mut whole, mut hopeless) = (true, false);
        if let Some(problem) = seen.problem {
            whole = false;
            notices.push(format!("Its pictures were not looked at: {}.", said(&problem)));
            // Who cannot read its pictures in time will not read its sound; who finds no pictures may find some.
            hopeless = !matches!(problem, segue_media::Error::Unsupported { .. });
        }
        if open.ffmpeg.is_some() && !hopeless {
            let mut deaf = None;
            let mut ears = || match self.networks().and_then(|networks| networks.ears(self.plan.precision, &[])) {
                Ok(ears) => ears.musicnn,
                Err(error) => {
                    deaf = Some(error);
                    Vec::new()
                }
            };
            hear::film(video, &mut ears, open, desk, &mut measures)?;
            if let Some(error) = deaf {
                whole = false;
                notices.push(format!("The music in it was not judged: {error}."));
            }
        }
        desk.check()?;
        // What was hindered may go better next time.
        if whole {
            state.store.keep_film_measures(video, size, modified_ns, &version, &keep::written(&measures))?;
        }
        Ok(measures)
    }
}

/// What is wrong with pictures; the words of the error speak of audio.
fn said(problem: &segue_media::Error) -> String {
    match problem {
        segue_media::Error::Damaged { what } => format!("the file is damaged: {what}"),
        segue_media::Error::Empty => "the file is empty".to_owned(),
        problem => problem.to_string(),
    }
}

/// Whether the library says nothing of it.
fn is_silent(facts: &FilmFacts) -> bool {
    let FilmFacts { title, series, overview, genres, tags, people, .. } = facts;
    [title, series, overview].iter().all(|text| text.trim().is_empty())
        && genres.is_empty()
        && tags.is_empty()
        && people.is_empty()
}

fn put(measures: &mut FilmMeasures, seen: &PictureMeasures) {
    measures.frames = seen.frames;
    measures.shots_per_minute = seen.shots_per_minute;
    measures.brightness = seen.brightness;
    measures.contrast = seen.contrast;
    measures.saturation = seen.saturation;
    measures.warmth = seen.warmth;
    measures.motion = seen.motion;
}

fn measured(measures: &FilmMeasures) -> Measured {
    Measured {
        shots_per_minute: measures.shots_per_minute,
        brightness: measures.brightness,
        saturation: measures.saturation,
        warmth: measures.warmth,
        motion: measures.motion,
        music_share: measures.music_share,
        speech_share: measures.speech_share,
        loudness_range_lu: measures.loudness_range_lu,
        arousal: measures.arousal,
        valence: measures.valence,
        bpm: measures.bpm,
    }
}

impl From<segue_film::Answer> for FilmAnswer {
    fn from(answer: segue_film::Answer) -> Self {
        let segue_film::Answer {
            description,
            music_recommendation,
            keywords,
            mood,
            genre_suggestions,
            tempo,
            energy_level,
        } = answer;
        Self { description, music_recommendation, keywords, mood, genre_suggestions, tempo, energy_level }
    }
}
