//! The vectors of one network, of all songs: for comparing words with sound.

use crate::error::Result;
use crate::files::valid_id;
use crate::records::Stage;
use crate::songs::floats;
use crate::store::Store;

impl Store {
    /// The mean embeddings of the network `model` of all songs that this stage, in this version, has heard, whether a file of
    /// theirs is there or not. No order.
    ///
    /// # Errors
    ///
    /// `Locked`, `Damaged`.
    pub fn for_each_mean(&self, model: &str, stage: &Stage, mut each: impl FnMut(&str, Vec<f32>)) -> Result<()> {
        self.read(|db| {
            let mut statement = db.prepare_cached(
                "SELECT e.song_id, e.mean FROM song_embeddings e \
                 JOIN song_stages s ON s.song_id = e.song_id AND s.stage = ?2 AND s.version = ?3 WHERE e.model = ?1",
            )?;
            let mut rows = statement.query([model, stage.name.as_str(), stage.version.as_str()])?;
            while let Some(row) = rows.next()? {
                let mean = floats(row, 1, "song_embeddings.mean")?;
                each(row.get_ref(0)?.as_str().map_err(rusqlite::Error::from)?, mean);
            }
            Ok(())
        })
    }

    /// The same of one song; `None` where there is none.
    ///
    /// # Errors
    ///
    /// [`Error::Invalid`](crate::Error::Invalid) for a malformed key; `Locked`, `Damaged`.
    pub fn mean(&self, song_id: &str, model: &str, stage: &Stage) -> Result<Option<Vec<f32>>> {
        let song_id = valid_id(song_id, "a content key")?;
        self.read(|db| {
            let mut statement = db.prepare_cached(
                "SELECT e.mean FROM song_embeddings e \
                 JOIN song_stages s ON s.song_id = e.song_id AND s.stage = ?3 AND s.version = ?4 \
                 WHERE e.song_id = ?1 AND e.model = ?2",
            )?;
            let parameters = [song_id.as_str(), model, stage.name.as_str(), stage.version.as_str()];
            let mut rows = statement.query(parameters)?;
            rows.next()?.map(|row| floats(row, 0, "song_embeddings.mean")).transpose()
        })
    }
}
