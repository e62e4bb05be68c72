//! Which tracks are one recording.

use std::collections::HashMap;
use std::path::PathBuf;

use segue_features::Fingerprint;
use segue_space::{DuplicateFinder, DuplicateGroup, TrackId};

use crate::engine::State;
use crate::{Engine, Result};

/// Files that hold one recording: copies, other bitrates, other albums.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Duplicates {
    /// The files, two or more, in the order of their paths.
    pub files: Vec<DuplicateFile>,
    /// The least part of two fingerprints' bits that was found equal: 1 where the audio is the same to the bit.
    pub similarity: f32,
}

/// One of several files with the same recording.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct DuplicateFile {
    /// Content key: files with the same one hold the same audio to the bit.
    pub song_id: String,
    /// Where it lies.
    pub path: PathBuf,
    /// Length in seconds.
    pub duration_s: f64,
    /// Codec, in symphonia's short names.
    pub codec: String,
    /// Size in bytes.
    pub size: u64,
}

impl Engine {
    /// Groups the files that hold one recording, by the fingerprints of what was heard, in the order of their paths.
    /// `progress` hears how many songs of how many are done and stops the search by `false`: the answer is then empty. What is
    /// found is kept: no mix holds one recording twice.
    ///
    /// # Errors
    /// When the store fails or the engine is closed.
    pub fn duplicates(&self, progress: &mut dyn FnMut(usize, usize) -> bool) -> Result<Vec<Duplicates>> {
        self.with(|state| {
            let Some(found) = self.recording_groups(state, progress)? else { return Ok(Vec::new()) };
            state.keep_recordings(&found)?;

            // By song: the group it belongs to, with how alike its least alike pair is.
            let mut group_of: HashMap<&str, usize> = HashMap::new();
            let mut similarities = Vec::new();
            for group in &found {
                for song_id in &group.songs {
                    group_of.insert(song_id, similarities.len());
                }
                similarities.push(group.similarity);
            }
            let mut groups: HashMap<usize, Vec<DuplicateFile>> = HashMap::new();
            let mut copies: HashMap<String, Vec<DuplicateFile>> = HashMap::new();
            state.store.for_each_present_file(|file| {
                let group = group_of.get(file.song_id.as_str()).copied();
                let file = DuplicateFile {
                    song_id: file.song_id,
                    path: file.path,
                    duration_s: file.duration_s,
                    codec: file.codec,
                    size: file.size,
                };
                match group {
                    Some(group) => groups.entry(group).or_default().push(file),
                    None => copies.entry(file.song_id.clone()).or_default().push(file),
                }
            })?;
            let alike =
                groups.into_iter().map(|(group, files)| (files, similarities.get(group).copied().unwrap_or(1.0)));
            let exact = copies.into_values().map(|files| (files, 1.0));
            let mut duplicates: Vec<Duplicates> = alike
                .chain(exact)
                .filter(|(files, _)| files.len() > 1)
                .map(|(files, similarity)| Duplicates { files, similarity })
                .collect();
            duplicates
                .sort_by(|a, b| a.files.first().map(|file| &file.path).cmp(&b.files.first().map(|file| &file.path)));
            Ok(duplicates)
        })
    }
    /// The songs that are one recording by their fingerprints. `None` where `progress` stopped the search, or the engine is
    /// closing.
    ///
    /// # Errors
    /// When the store fails.
    pub(crate) fn recording_groups(
        &self,
        state: &State,
        progress: &mut dyn FnMut(usize, usize) -> bool,
    ) -> Result<Option<Vec<RecordingGroup>>> {
        let (mut finder, mut songs) = (DuplicateFinder::new(), Vec::new());
        state.store.for_each_fingerprint(|song_id, duration_s, bytes| {
            let Ok(id) = TrackId::try_from(songs.len()) else { return };
            songs.push(song_id.to_owned());
            match Fingerprint::from_bytes(bytes) {
                Ok(fingerprint) => finder.add(id, &fingerprint.items, duration_s as f32),
                Err(error) => tracing::warn!(song_id, %error, "left out of the search for duplicates"),
            }
        })?;
        let mut failed = None;
        let mut load = |id: TrackId| {
            let song_id = songs.get(id as usize)?;
            let bytes = state.store.fingerprint(song_id).map_err(|error| failed.get_or_insert(error).to_string());
            Some(Fingerprint::from_bytes(&bytes.ok()??).ok()?.items)
        };
        let found = finder.find(&mut load, &mut |done, total| !self.is_closing() && progress(done, total));
        if let Some(error) = failed {
            return Err(error.into());
        }
        let group = |group: DuplicateGroup| RecordingGroup {
            songs: group.ids.iter().filter_map(|id| songs.get(*id as usize).cloned()).collect(),
            similarity: group.pairs.iter().map(|pair| pair.similarity).fold(1.0, f32::min),
        };
        Ok(found.map(|found| found.into_iter().map(group).collect()))
    }
}

/// Songs that are one recording.
pub(crate) struct RecordingGroup {
    /// Content keys, two or more.
    pub(crate) songs: Vec<String>,
    /// How alike the least alike of those are that were found equal.
    pub(crate) similarity: f32,
}
