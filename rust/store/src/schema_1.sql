-- Schema 1. Never edited after its release: changes are new migrations.

-- One row per piece of audio, by content: names, places and library items come and go, this stays.
CREATE TABLE songs (
    song_id           TEXT NOT NULL PRIMARY KEY, -- content key, 32 lower-case hexadecimal digits
    artist_id         TEXT,                      -- artist_name in lower case
    feature_vector    BLOB,                      -- f32, little-endian
    song_name         TEXT,
    artist_name       TEXT,
    album_name        TEXT,
    duration_s        REAL,
    sample_rate       INTEGER,
    channels          INTEGER,
    codec             TEXT,
    decoder           TEXT,
    damage            INTEGER,
    bpm               REAL,
    bpm_confidence    REAL,
    key               TEXT,
    scale             TEXT,
    key_strength      REAL,
    loudness_lufs     REAL,
    loudness_range_lu REAL,
    true_peak_dbtp    REAL,
    energy            REAL,
    danceability      REAL,
    analysed_at       INTEGER NOT NULL           -- seconds since 1970
) STRICT;
CREATE INDEX songs_by_artist ON songs (artist_id);

-- What each network says of a song. The patches have a table of their own: loading all means must not read them.
CREATE TABLE song_embeddings (
    song_id     TEXT NOT NULL REFERENCES songs (song_id),
    model       TEXT NOT NULL,
    mean        BLOB NOT NULL,                   -- f32, little-endian
    deviation   BLOB NOT NULL,
    tags        BLOB NOT NULL,
    patch_count INTEGER NOT NULL,
    PRIMARY KEY (song_id, model)
) STRICT;

CREATE TABLE song_patches (
    song_id TEXT NOT NULL,
    model   TEXT NOT NULL,
    patches BLOB NOT NULL,                       -- see encode_patches
    PRIMARY KEY (song_id, model),
    FOREIGN KEY (song_id, model) REFERENCES song_embeddings (song_id, model)
) STRICT;

CREATE TABLE song_stages (
    song_id TEXT NOT NULL REFERENCES songs (song_id),
    stage   TEXT NOT NULL,
    version TEXT NOT NULL,
    PRIMARY KEY (song_id, stage)
) STRICT, WITHOUT ROWID;

-- path is TEXT, or a BLOB of the raw name where that is no Unicode.
CREATE TABLE files (
    file_id      INTEGER PRIMARY KEY,
    path         ANY NOT NULL UNIQUE,
    size         INTEGER NOT NULL,
    modified_ns  INTEGER NOT NULL,
    song_id      TEXT REFERENCES songs (song_id),
    title        TEXT NOT NULL,
    artist       TEXT NOT NULL,
    album_artist TEXT NOT NULL,
    album        TEXT NOT NULL,
    track        INTEGER NOT NULL,
    year         INTEGER NOT NULL,
    mb_recording TEXT NOT NULL,
    mb_release   TEXT NOT NULL,
    mb_artist    TEXT NOT NULL,
    in_library   INTEGER NOT NULL,               -- a library item has it
    in_folder    INTEGER NOT NULL,               -- the last scan of its folder saw it
    present      INTEGER NOT NULL GENERATED ALWAYS AS (in_library OR in_folder) VIRTUAL,
    generation   INTEGER NOT NULL                -- of the last scan or sync that saw it
) STRICT;
CREATE INDEX files_by_song ON files (song_id, path);

CREATE TABLE items (
    item_id    TEXT NOT NULL PRIMARY KEY,        -- 32 lower-case hexadecimal digits
    file_id    INTEGER NOT NULL REFERENCES files (file_id),
    generation INTEGER NOT NULL
) STRICT, WITHOUT ROWID;
CREATE INDEX items_by_file ON items (file_id);

-- One row per scan or sync: its number is the generation.
CREATE TABLE syncs (
    generation  INTEGER PRIMARY KEY AUTOINCREMENT,
    kind        TEXT NOT NULL,
    began_at    INTEGER NOT NULL,
    finished_at INTEGER
) STRICT;

CREATE TABLE failures (
    file_id     INTEGER PRIMARY KEY REFERENCES files (file_id),
    size        INTEGER NOT NULL,
    modified_ns INTEGER NOT NULL,
    reason      TEXT NOT NULL,
    detail      TEXT NOT NULL,
    tries       INTEGER NOT NULL,
    stages      TEXT NOT NULL,                   -- name=version lines, sorted
    last_at     INTEGER NOT NULL
) STRICT;

CREATE TABLE settings (
    key   TEXT NOT NULL PRIMARY KEY,
    value TEXT NOT NULL
) STRICT, WITHOUT ROWID;

CREATE TABLE artists_vector (
    artist_id      TEXT NOT NULL PRIMARY KEY,
    feature_vector BLOB NOT NULL,                -- f32, little-endian
    song_count     INTEGER NOT NULL
) STRICT;

-- Columns, check and keys are those other tools know; do not touch.
CREATE TABLE song_clusters (
    song_id TEXT NOT NULL,
    algorithm TEXT CHECK(algorithm IN ('kmeans', 'gmm', 'hierarchical', 'dbscan')),
    kmeans_cluster_id INT,
    kmeans_distance REAL,
    gmm_cluster_id INT,
    gmm_probabilities TEXT,
    hier_level1_id INT,
    hier_level2_id INT,
    dbscan_cluster_id INT,
    confidence REAL,
    created_at TEXT DEFAULT CURRENT_TIMESTAMP,
    PRIMARY KEY (song_id, algorithm),
    FOREIGN KEY (song_id) REFERENCES songs(song_id)
);

CREATE TABLE playlists (
    playlist_key TEXT NOT NULL PRIMARY KEY,
    name         TEXT NOT NULL,
    description  TEXT NOT NULL,
    external_id  TEXT,
    created_at   INTEGER NOT NULL,
    updated_at   INTEGER NOT NULL
) STRICT;

CREATE TABLE playlist_songs (
    playlist_key TEXT NOT NULL REFERENCES playlists (playlist_key) ON DELETE CASCADE,
    position     INTEGER NOT NULL,
    song_id      TEXT NOT NULL REFERENCES songs (song_id),
    PRIMARY KEY (playlist_key, position)
) STRICT, WITHOUT ROWID;
