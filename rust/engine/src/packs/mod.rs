//! Models that do not ship: looked at, installed, removed.

mod install;
mod look;
mod manifest;
pub(crate) mod types;

#[cfg(test)]
mod tests;

use std::path::{Path, PathBuf};
use std::sync::{Mutex, TryLockError};
use std::time::{Duration, Instant};

use segue_models::{Catalogue, ListedPack};
use segue_store::ModelCount;

use self::install::{FirstFetched, Means};
use self::look::{Folders, Seen};
use self::types::{Pack, PackProgress, PackStep};
use crate::engine::State;
use crate::networks::ADDED;
use crate::{Engine, Error, Result, locate};

/// The setting that remembers the digests of what was fetched first, by address.
const FIRST_FETCHED: &str = "first_fetched";
/// How often a caller hears of progress at most.
const TOLD_EVERY: Duration = Duration::from_millis(50);

/// What the engine keeps for packs.
#[derive(Debug, Default)]
pub(crate) struct Packs {
    /// Held by the one installation, or removal, that may run.
    changing: Mutex<()>,
    /// Digests of files that were read.
    seen: Seen,
}

impl Engine {
    /// The models that a person may add, and how each stands. Files whose digest is known and that Segue did not put there itself are
    /// read, once as long as they look the same.
    ///
    /// # Errors
    /// When the list of models cannot be read, the store fails or the engine is closed.
    pub fn packs(&self) -> Result<Vec<Pack>> {
        self.with(|state| {
            let catalogue = self.listed_packs()?;
            let heard = state.store.vector_counts(&|_| None)?.0;
            catalogue.packs().iter().map(|listed| self.look(listed, &heard)).collect()
        })
    }

    /// Fetches a pack, verifies it and puts it in its place, in the folder `models` beside the database; goes on where an earlier call was
    /// interrupted. It is the only call that fetches a model, and `accept` has to be the pack's licence as it was shown. Files that are
    /// there already, from a person, are taken. `watch` is called at least four times a second and says whether to go on.
    ///
    /// The next analysis hears with it, and with it alone what is known otherwise.
    ///
    /// # Errors
    /// [`Error::InvalidArgument`] for an unknown pack, a licence that was not accepted, and one that Segue cannot fetch;
    /// [`Error::NoRoom`]; [`Error::Busy`] while another is installed; [`Error::Cancelled`], after which the next call goes on;
    /// what the network or the disk says. In every case a pack that was installed before stays as it was.
    pub fn install_pack(&self, name: &str, accept: &str, watch: &mut dyn FnMut(&PackProgress) -> bool) -> Result<Pack> {
        let _only = self.changing()?;
        self.with(|state| {
            let catalogue = self.listed_packs()?;
            let listed = find(&catalogue, name)?;
            accepted(listed, accept)?;
            let mut first: FirstFetched = remembered(state)?;
            let before = first.clone();
            let room = |folder: &Path, needed: u64| segue_online::room_for(folder, needed).map_err(Error::from);
            let means = Means { room: &room, patience: Duration::from_secs(30), pause: Duration::from_secs(2) };
            let mut told: Option<(Instant, PackStep)> = None;
            let mut heed = |progress: &PackProgress| {
                if self.is_closing() {
                    return false;
                }
                let due = told.is_none_or(|(at, step)| at.elapsed() >= TOLD_EVERY || step != progress.step);
                if !due {
                    return true;
                }
                told = Some((Instant::now(), progress.step));
                watch(progress)
            };
            let done = install::install(listed, &self.packs_folder(), &means, &mut first, &self.packs.seen, &mut heed);
            if first != before {
                // What came first counts also when the rest did not come.
                let text = serde_json::to_string(&first).map_err(|source| Error::Json { what: "digests", source })?;
                state.store.set_setting(FIRST_FETCHED, Some(&text))?;
            }
            done?;
            self.look(listed, &state.store.vector_counts(&|_| None)?.0)
        })
    }

    /// Removes what Segue put there of a pack, and what is half fetched of it. What a person put there stays, and so does what was heard
    /// with it: it is not used until the pack is back.
    ///
    /// # Errors
    /// [`Error::InvalidArgument`] for an unknown pack, [`Error::Busy`] while one is installed, and when files cannot be removed.
    pub fn remove_pack(&self, name: &str) -> Result<Pack> {
        let _only = self.changing()?;
        self.with(|state| {
            let catalogue = self.listed_packs()?;
            let listed = find(&catalogue, name)?;
            install::uninstall(listed, &self.packs_folder())?;
            self.look(listed, &state.store.vector_counts(&|_| None)?.0)
        })
    }

    fn changing(&self) -> Result<std::sync::MutexGuard<'_, ()>> {
        match self.packs.changing.try_lock() {
            Ok(guard) => Ok(guard),
            Err(TryLockError::Poisoned(poisoned)) => Ok(poisoned.into_inner()),
            Err(TryLockError::WouldBlock) => Err(Error::Busy),
        }
    }

    fn look(&self, listed: &ListedPack, heard: &[ModelCount]) -> Result<Pack> {
        let root = self.packs_folder();
        // An exchange that is under way is not interrupted.
        if self.packs.changing.try_lock().is_ok() {
            look::recover(&Folders::of(&root, &listed.name));
        }
        let of_it = heard.iter().find(|count| !listed.hears.is_empty() && count.model == listed.hears);
        let songs = of_it.map_or(0, |count| count.vectors);
        look::look(listed, &root, songs, &self.packs.seen, &mut |_| !self.is_closing())
    }

    fn listed_packs(&self) -> Result<Catalogue> {
        Ok(Catalogue::open(&locate::models_folder(self.options())?)?)
    }

    /// `models` beside the database.
    fn packs_folder(&self) -> PathBuf {
        self.options().store.parent().unwrap_or(Path::new("")).join(ADDED)
    }
}

fn find<'a>(catalogue: &'a Catalogue, name: &str) -> Result<&'a ListedPack> {
    catalogue.packs().iter().find(|listed| listed.name == name).ok_or_else(|| {
        let names: Vec<&str> = catalogue.packs().iter().map(|listed| listed.name.as_str()).collect();
        let short: String = name.chars().take(60).collect();
        Error::InvalidArgument(format!("there is no pack {short:?}; there are {}", names.join(", ")))
    })
}

/// Whether a person has accepted the licence.
fn accepted(listed: &ListedPack, accept: &str) -> Result<()> {
    if accept.trim() == listed.licence {
        return Ok(());
    }
    let place = if listed.licence_url.is_empty() { String::new() } else { format!(" ({})", listed.licence_url) };
    Err(Error::InvalidArgument(format!(
        "{} is under {}{place}: {} To install it, accept {:?}",
        listed.title, listed.licence, listed.terms, listed.licence
    )))
}

/// The digests of what was fetched first; what cannot be understood counts as nothing.
fn remembered(state: &State) -> Result<FirstFetched> {
    let text = state.store.setting(FIRST_FETCHED)?.unwrap_or_default();
    Ok(serde_json::from_str(&text).unwrap_or_default())
}
