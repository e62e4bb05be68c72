//! Names for the playlists of a run: the rule's, or a service's where a person switched one on.

use std::collections::HashSet;
use std::time::Duration;

use segue_cluster::{Name, NameStyle, Naming};
use segue_online::{Policy, Provider, Secrets, Traits};
use segue_store::{NamedBy, PlaylistRecord};

use super::desk::Desk;
use super::gather::Library;
use super::types::{NamingProvider, NamingService, PlaylistRequest};
use crate::engine::State;
use crate::{Engine, Error, Result};

/// Songs of a playlist that a naming service is told of.
const TOLD_SONGS: usize = 20;
/// Playlists in a row that a naming service may fail at before it is left alone: each costs its patience.
const MOST_FAILURES: u32 = 2;

impl Engine {
    /// Keeps, or with `None` forgets, the key of a naming service. It lies in a file of its own beside the store, which only
    /// the owner may read; nothing ever shows it.
    ///
    /// # Errors
    /// [`Error::InvalidArgument`] for what cannot be a key; when the file cannot be written or the engine is closed.
    pub fn set_key(&self, provider: NamingProvider, key: Option<&str>) -> Result<()> {
        self.with(|state| {
            let (secrets, name) = (secrets(state), provider_of(provider).id());
            match key {
                Some(key) => {
                    let key = segue_online::Key::new(key)
                        .map_err(|reason| Error::InvalidArgument(format!("this is no key: {reason}")))?;
                    Ok(secrets.set(name, &key)?)
                }
                None => Ok(secrets.remove(name)?),
            }
        })
    }

    /// Whether there is a key for a naming service.
    ///
    /// # Errors
    /// When the file cannot be read or the engine is closed.
    pub fn has_key(&self, provider: NamingProvider) -> Result<bool> {
        self.with(|state| Ok(secrets(state).has(provider_of(provider).id())?))
    }
}

/// The keys lie beside the store.
pub(crate) fn secrets(state: &State) -> Secrets {
    Secrets::new(state.store.path().parent().unwrap_or(std::path::Path::new(".")))
}

pub(crate) fn provider_of(provider: NamingProvider) -> Provider {
    match provider {
        NamingProvider::Ollama => Provider::Ollama,
        NamingProvider::Gemini => Provider::Gemini,
        NamingProvider::OpenAi => Provider::OpenAi,
    }
}

/// How the rule names.
pub(crate) fn name_style(request: &PlaylistRequest) -> NameStyle {
    NameStyle { language: request.language.clone(), automatic: request.automatic_names, moods: request.name_moods }
}

/// The same in one line, to see whether it has changed since the last run.
pub(crate) fn style(request: &PlaylistRequest) -> String {
    format!("{} automatic={} moods={}", request.language, request.automatic_names, request.name_moods)
}

/// What a playlist is called from now on.
pub(crate) struct Named {
    /// Its new name and who gave it; `None`: it keeps the one it has.
    pub(crate) name: Option<(String, NamedBy)>,
    /// Why its songs belong together.
    pub(crate) description: String,
    /// What it is strong in.
    pub(crate) words: Vec<String>,
}

/// Gives names, none twice.
pub(crate) struct Names<'a> {
    taken: HashSet<String>,
    language: String,
    service: Option<segue_online::NamingService>,
    failures: u32,
    desk: &'a Desk,
    /// Names that the service gave.
    pub(crate) from_service: u64,
    /// What a person should know.
    pub(crate) notes: Vec<String>,
}

impl<'a> Names<'a> {
    pub(crate) fn new(
        state: &State,
        request: &PlaylistRequest,
        taken: HashSet<String>,
        desk: &'a Desk,
    ) -> Result<Self> {
        let mut notes = Vec::new();
        let service = match &request.naming {
            None => None,
            Some(wanted) => match secrets(state).get(provider_of(wanted.provider).id()) {
                Ok(key) => Some(service(wanted, key)),
                Err(error) => {
                    notes.push(format!("No names were asked for: {error}."));
                    None
                }
            },
        };
        let language = request.language.clone();
        Ok(Self { taken, language, service, failures: 0, desk, from_service: 0, notes })
    }

    /// A name for a list of the library's rows. A playlist keeps the name that people know, but for a rule's name once
    /// the way of naming has changed (`renamed`) or a service can give a better one.
    pub(crate) fn name(
        &mut self,
        naming: &Naming,
        library: &Library,
        rows: &[usize],
        record: &PlaylistRecord,
        renamed: bool,
    ) -> Named {
        let new = record.name.is_empty();
        let by_rule = record.named_by == NamedBy::Rule;
        let given = new || by_rule && (renamed || self.service.is_some() && !record.excluded);
        if given {
            self.taken.remove(&record.name);
        }
        let found = naming.name(rows, &|text| self.taken.contains(text));
        let mut name = None;
        if given {
            let asked = if record.excluded { None } else { self.ask(&found, library, rows) };
            name = match asked {
                Some(text) => Some((text, NamedBy::Service)),
                None if new || renamed => Some((found.text, NamedBy::Rule)),
                None => None,
            };
            self.taken.insert(name.as_ref().map_or_else(|| record.name.clone(), |(text, _)| text.clone()));
        }
        Named { name, description: found.description, words: found.words }
    }

    /// Asks the service, if there is one. Whatever goes wrong, the rule's name stands.
    fn ask(&mut self, found: &Name, library: &Library, rows: &[usize]) -> Option<String> {
        let service = self.service.as_ref()?;
        if self.failures >= MOST_FAILURES {
            return None;
        }
        let text = |column: &[String], row: usize| column.get(row).cloned().unwrap_or_default();
        let songs = rows.iter().take(TOLD_SONGS);
        let traits = Traits {
            words: found.traits.words.clone(),
            tempo: found.traits.tempo.clone(),
            energy: found.traits.energy.clone(),
            era: found.traits.era.clone(),
            language: self.language.clone(),
            songs: songs.map(|&row| (text(&library.titles, row), text(&library.artist_names, row))).collect(),
        };
        // The request names a service only where a person switched it on.
        let answer =
            service.suggest(Policy::Allowed, &traits, &|text| self.taken.contains(text), &|| self.desk.stopped());
        match answer {
            Ok(name) => {
                self.failures = 0;
                self.from_service += 1;
                Some(name)
            }
            Err(segue_online::Error::Cancelled) => None,
            Err(error) => {
                // What lasts would only cost its patience again with the next playlist.
                self.failures = if error.lasts() { MOST_FAILURES } else { self.failures + 1 };
                tracing::warn!(%error, "the rule's name stands");
                if self.failures >= MOST_FAILURES {
                    self.notes.push(format!("The naming service was left alone, the rule's names stand: {error}."));
                }
                None
            }
        }
    }
}

fn service(wanted: &NamingService, key: Option<segue_online::Key>) -> segue_online::NamingService {
    let mut service = segue_online::NamingService::new(provider_of(wanted.provider));
    if !wanted.url.trim().is_empty() {
        wanted.url.trim().clone_into(&mut service.url);
    }
    if !wanted.model.trim().is_empty() {
        wanted.model.trim().clone_into(&mut service.model);
    }
    if wanted.delay_s.is_finite() && wanted.delay_s >= 0.0 {
        service.delay = Duration::from_secs_f64(wanted.delay_s.min(3600.0));
    }
    service.key = key;
    service
}
