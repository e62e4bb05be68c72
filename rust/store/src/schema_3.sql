-- Schema 3. Never edited after its release: changes are new migrations.

-- One genre per line; NULL: the file's tags have not been read since genres are kept.
ALTER TABLE files ADD COLUMN genres TEXT;

ALTER TABLE playlists ADD COLUMN kind TEXT NOT NULL DEFAULT 'cluster' CHECK (kind IN ('cluster', 'definition'));
ALTER TABLE playlists ADD COLUMN definition TEXT;
ALTER TABLE playlists ADD COLUMN named_by TEXT NOT NULL DEFAULT 'rule' CHECK (named_by IN ('rule', 'service', 'person'));
ALTER TABLE playlists ADD COLUMN words TEXT NOT NULL DEFAULT '';       -- one per line, the strongest first
ALTER TABLE playlists ADD COLUMN pinned INTEGER NOT NULL DEFAULT 0;    -- a person wants its songs as they are
ALTER TABLE playlists ADD COLUMN excluded INTEGER NOT NULL DEFAULT 0;  -- a person does not want it
ALTER TABLE playlists ADD COLUMN faded INTEGER NOT NULL DEFAULT 0;     -- runs since it lost its group
ALTER TABLE playlists ADD COLUMN position INTEGER NOT NULL DEFAULT 0;  -- in the order to show

-- What was made when, and what came of it.
CREATE TABLE runs (
    run_id      INTEGER PRIMARY KEY AUTOINCREMENT,
    kind        TEXT NOT NULL,
    began_at    INTEGER NOT NULL,                -- seconds since 1970
    finished_at INTEGER,
    outcome     TEXT,
    report      TEXT                             -- JSON of whoever ran it
) STRICT;
CREATE INDEX runs_by_kind ON runs (kind, run_id);

-- The groups of each algorithm's last grouping; their songs are in song_clusters.
CREATE TABLE clusters (
    algorithm  TEXT NOT NULL,
    cluster_id INTEGER NOT NULL,
    size       INTEGER NOT NULL,
    name       TEXT NOT NULL,
    centroid   BLOB NOT NULL,                    -- f32, little-endian
    PRIMARY KEY (algorithm, cluster_id)
) STRICT;

-- What a long piece of work has reached, to be taken up again. Not settings: these may be large.
CREATE TABLE states (
    state_key TEXT NOT NULL PRIMARY KEY,
    value     TEXT NOT NULL
) STRICT;

-- The artists whose songs have changed since artists_vector was last computed. Noted by triggers, so that no way of
-- changing a song can forget it.
CREATE TABLE artists_changed (
    artist_id TEXT NOT NULL PRIMARY KEY
) STRICT, WITHOUT ROWID;

CREATE TRIGGER artist_of_song_changed AFTER UPDATE OF artist_id, feature_vector ON songs
WHEN old.artist_id IS NOT new.artist_id OR old.feature_vector IS NOT new.feature_vector
BEGIN
    INSERT INTO artists_changed (artist_id) SELECT old.artist_id
    WHERE old.artist_id IS NOT NULL AND NOT EXISTS (SELECT 1 FROM artists_changed WHERE artist_id = old.artist_id);
    INSERT INTO artists_changed (artist_id) SELECT new.artist_id
    WHERE new.artist_id IS NOT NULL AND NOT EXISTS (SELECT 1 FROM artists_changed WHERE artist_id = new.artist_id);
END;

CREATE TRIGGER embedding_came AFTER INSERT ON song_embeddings
BEGIN
    INSERT INTO artists_changed (artist_id) SELECT s.artist_id FROM songs s
    WHERE s.song_id = new.song_id AND s.artist_id IS NOT NULL
    AND NOT EXISTS (SELECT 1 FROM artists_changed a WHERE a.artist_id = s.artist_id);
END;

CREATE TRIGGER embedding_changed AFTER UPDATE OF mean ON song_embeddings
WHEN old.mean IS NOT new.mean
BEGIN
    INSERT INTO artists_changed (artist_id) SELECT s.artist_id FROM songs s
    WHERE s.song_id = new.song_id AND s.artist_id IS NOT NULL
    AND NOT EXISTS (SELECT 1 FROM artists_changed a WHERE a.artist_id = s.artist_id);
END;

CREATE TRIGGER file_came_or_went AFTER UPDATE OF in_library, in_folder, song_id ON files
WHEN old.song_id IS NOT new.song_id
    OR (new.song_id IS NOT NULL AND (old.in_library OR old.in_folder) <> (new.in_library OR new.in_folder))
BEGIN
    INSERT INTO artists_changed (artist_id) SELECT DISTINCT s.artist_id FROM songs s
    WHERE s.song_id IN (old.song_id, new.song_id) AND s.artist_id IS NOT NULL
    AND NOT EXISTS (SELECT 1 FROM artists_changed a WHERE a.artist_id = s.artist_id);
END;
