//! A service that looks at a film, where a person switched one on.

use std::io::Read;
use std::path::Path;
use std::time::{Duration, SystemTime, UNIX_EPOCH};

use segue_media::OpenOptions;
use segue_online::{Policy, VisionAnswer};
use serde_json::json;

use super::desk::Desk;
use super::look;
use super::types::{FilmAnswer, FilmFacts, FilmKind, FilmStep, SoundtrackRequest, VisionService};
use crate::curate::names::{provider_of, secrets};
use crate::engine::State;
use crate::{Error, Result};

/// Pictures that are sent, where nothing is said, and at most.
const PICTURES: usize = 8;
const MOST_PICTURES: usize = 32;
/// Questions in one day, where nothing is said.
const DAILY_CALLS: u32 = 100;
/// Calls for one film.
const TRIES: u32 = 3;
/// The largest clip that is sent as it is, in bytes.
const LARGEST_CLIP: u64 = 8 << 20;
/// Letters of a text that are told, and entries of a list.
const TOLD: usize = 4_000;
const TOLD_ENTRIES: usize = 30;

/// What came of asking.
pub(super) enum Asked {
    /// An answer, and who gave it.
    Answer(FilmAnswer, &'static str),
    /// None, and why: a sentence for people.
    Nothing(String),
}

/// Shows the film to the service.
///
/// # Errors
/// [`Error::Cancelled`]; when the store fails. All else is no answer.
pub(super) fn ask(
    state: &State,
    wanted: &VisionService,
    request: &SoundtrackRequest,
    duration_s: f64,
    open: &OpenOptions,
    desk: &Desk,
) -> Result<Asked> {
    let provider = provider_of(wanted.provider);
    let key = match secrets(state).get(provider.id()) {
        Ok(key) => key,
        Err(error) => return Ok(Asked::Nothing(format!("Nobody was asked: {error}."))),
    };
    let day = SystemTime::now().duration_since(UNIX_EPOCH).map_or(0, |since| since.as_secs() / 86_400);
    let day = i64::try_from(day).unwrap_or_default();
    let counter = format!("vision {}", provider.id());
    let most = if wanted.daily_calls == 0 { DAILY_CALLS } else { wanted.daily_calls };
    // Counted before they are made, each try by itself: none is made that is not paid for. Those that were not needed are taken back.
    let mut tries = 0;
    while tries < TRIES && state.store.count_service_call(day, &counter, most)? {
        tries += 1;
    }
    if tries == 0 {
        return Ok(Asked::Nothing(format!("{} was not asked: all {most} calls of today are spent.", provider.name())));
    }

    let mut service = segue_online::VisionService::new(provider);
    service.key = key;
    service.tries = tries;
    if !wanted.url.trim().is_empty() {
        wanted.url.trim().clone_into(&mut service.url);
    }
    if !wanted.model.trim().is_empty() {
        wanted.model.trim().clone_into(&mut service.model);
    }
    if wanted.delay_s.is_finite() && wanted.delay_s > 0.0 {
        service.delay = Duration::from_secs_f64(wanted.delay_s.min(3600.0));
    }
    if wanted.timeout_s.is_finite() && wanted.timeout_s > 0.0 {
        service.timeout = Duration::from_secs_f64(wanted.timeout_s.min(600.0));
    }

    desk.tell(FilmStep::Asking, 0.0);
    let facts = told(&request.facts);
    let clip = request.video.as_deref().filter(|_| wanted.video && provider.takes_video()).and_then(clip);
    let stopped = || desk.stopped();
    let answer = if let Some(clip) = clip {
        service.watch(Policy::Allowed, &facts, &clip, &stopped)
    } else {
        let count = if wanted.frames == 0 { PICTURES } else { wanted.frames.min(MOST_PICTURES) };
        let pictures = look::shown(request.video.as_deref(), &request.pictures, duration_s, count, open, desk)?;
        desk.tell(FilmStep::Asking, 0.3);
        service.look(Policy::Allowed, &facts, &pictures, &stopped)
    };
    state.store.uncount_service_calls(day, &counter, tries.saturating_sub(service.calls()))?;
    desk.check()?;
    Ok(match answer {
        Ok(answer) => Asked::Answer(answer.into(), provider.name()),
        Err(segue_online::Error::Cancelled) => return Err(Error::Cancelled),
        Err(error) => {
            Asked::Nothing(format!("{} gave no answer, so this is what Segue itself finds: {error}.", provider.name()))
        }
    })
}

impl From<VisionAnswer> for FilmAnswer {
    fn from(answer: VisionAnswer) -> Self {
        let VisionAnswer { description, music_recommendation, keywords, mood, genre_suggestions, tempo, energy_level } =
            answer;
        Self { description, music_recommendation, keywords, mood, genre_suggestions, tempo, energy_level }
    }
}

/// What the library says of it, as data: quotes and commands in it are letters of strings.
fn told(facts: &FilmFacts) -> String {
    let text = |text: &str| text.chars().take(TOLD).collect::<String>();
    let list = |list: &[String]| list.iter().take(TOLD_ENTRIES).map(|entry| text(entry)).collect::<Vec<_>>();
    let people = facts.people.iter().take(TOLD_ENTRIES);
    let kind = match facts.kind {
        FilmKind::Film => "film",
        FilmKind::Episode => "episode",
        FilmKind::HomeVideo => "home video",
        FilmKind::MusicVideo => "music video",
        FilmKind::Slideshow => "slideshow",
        FilmKind::Clip => "clip",
    };
    json!({
        "kind": kind,
        "title": text(&facts.title),
        "series": text(&facts.series),
        "year": facts.year,
        "genres": list(&facts.genres),
        "tags": list(&facts.tags),
        "rating": text(&facts.rating),
        "people": people.map(|(name, role)| json!({ "name": text(name), "role": text(role) })).collect::<Vec<_>>(),
        "overview": text(&facts.overview),
    })
    .to_string()
}

/// The bytes of a short clip; `None` for a longer one, and for one that cannot be read.
fn clip(path: &Path) -> Option<Vec<u8>> {
    let mut bytes = Vec::new();
    let file = std::fs::File::open(path).ok().filter(|_| path.is_file())?;
    file.take(LARGEST_CLIP + 1).read_to_end(&mut bytes).ok()?;
    (bytes.len() as u64 <= LARGEST_CLIP && bytes.get(4..8) == Some(b"ftyp")).then_some(bytes)
}
