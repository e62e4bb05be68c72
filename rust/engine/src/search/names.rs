//! What the library calls its things, as far as an audience may know.

use segue_search::Names;
use segue_store::Reference;

use super::lookup::Lookup;
use crate::engine::State;
use crate::hear::audience::Sight;
use crate::hear::shelves::Volume;
use crate::index::{Index, format_item};

/// Names within what may be seen. That of a thing of which nothing may be seen is not known.
pub(crate) struct Library<'a> {
    pub(crate) lookup: &'a Lookup,
    pub(crate) state: &'a State,
    pub(crate) index: &'a Index,
    pub(crate) sight: &'a Sight<'a>,
}

impl Library<'_> {
    fn sees(&self, volume: &Volume) -> bool {
        self.index.by_song.get(&volume.song).is_some_and(|row| self.sight.sees(*row, volume.item))
    }

    fn first_seen(&self, volumes: &[u32]) -> Option<Volume> {
        self.lookup.shelves.volumes(volumes).find(|volume| self.sees(volume)).copied()
    }
}

impl Names for Library<'_> {
    fn genre(&self, words: &str) -> Option<String> {
        let called = self.lookup.shelves.names().genre(words)?;
        self.first_seen(&called.volumes).map(|_| called.name.clone())
    }

    fn artist(&self, words: &str) -> Option<String> {
        let called = self.lookup.shelves.names().artist(words)?;
        self.first_seen(&called.volumes).map(|_| called.name.clone())
    }

    fn title(&self, words: &str) -> Option<String> {
        let volumes = self.lookup.shelves.names().titled(words);
        let volume = self.first_seen(&volumes)?;
        let (item, song) = (volume.item.map(|item| format_item(&item)), format_item(&volume.song));
        let reference = item.as_deref().map_or(Reference::Song(&song), Reference::Item);
        // A store that fails now fails again where its error is heard.
        let called = self.state.store.called(&[reference]).ok()?.pop().flatten()?;
        (segue_search::fold(&called.title) == words).then_some(called.title)
    }

    fn style(&self, words: &str) -> Option<String> {
        let style = self.lookup.known.style(words)?;
        let tracks = self.state.search.tracks(&self.lookup.known, self.index);
        let seen = |row: u32| tracks.get(row as usize).is_some_and(|track| self.sight.admits(*track));
        style.rows.iter().any(|(row, _)| seen(*row)).then(|| style.name.clone())
    }
}
