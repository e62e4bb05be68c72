-- Schema 4. Never edited after its release: changes are new migrations.

-- What a listener of the media server thinks of songs: one row per song that they have an opinion of or have played.
CREATE TABLE listener_songs (
    listener    TEXT NOT NULL,                   -- the server's id of the user, 32 lower-case hexadecimal digits
    song_id     TEXT NOT NULL REFERENCES songs (song_id),
    plays       INTEGER NOT NULL,
    favourite   INTEGER NOT NULL,
    disliked    INTEGER NOT NULL,
    last_played INTEGER NOT NULL,                -- seconds since 1970, 0: never
    PRIMARY KEY (listener, song_id)
) STRICT, WITHOUT ROWID;

-- What was played, by whom, and how it ended. Private, kept for as long as the owner of the server says.
CREATE TABLE play_log (
    listener TEXT NOT NULL,
    at       INTEGER NOT NULL,                   -- seconds since 1970, when it ended
    song_id  TEXT NOT NULL REFERENCES songs (song_id),
    played_s REAL NOT NULL,
    skipped  INTEGER NOT NULL,
    PRIMARY KEY (listener, at, song_id)
) STRICT, WITHOUT ROWID;
CREATE INDEX play_log_by_age ON play_log (at);

-- Lists made for one listener, which keep their key while their songs move on.
CREATE TABLE personal_lists (
    list_key    TEXT NOT NULL PRIMARY KEY,
    listener    TEXT NOT NULL,
    kind        TEXT NOT NULL,
    slot        INTEGER NOT NULL,                -- which of several of a kind
    name        TEXT NOT NULL,
    description TEXT NOT NULL,
    made_at     INTEGER NOT NULL,
    UNIQUE (listener, kind, slot)
) STRICT;

CREATE TABLE personal_songs (
    list_key TEXT NOT NULL REFERENCES personal_lists (list_key) ON DELETE CASCADE,
    position INTEGER NOT NULL,
    song_id  TEXT NOT NULL REFERENCES songs (song_id),
    reason   TEXT NOT NULL,
    PRIMARY KEY (list_key, position)
) STRICT, WITHOUT ROWID;

-- Where each song lies on the map.
CREATE TABLE map_points (
    song_id TEXT NOT NULL PRIMARY KEY REFERENCES songs (song_id),
    x       REAL NOT NULL,
    y       REAL NOT NULL,
    region  INTEGER                              -- NULL: in none
) STRICT, WITHOUT ROWID;

-- What is heard in the regions of the map.
CREATE TABLE map_regions (
    region INTEGER PRIMARY KEY,
    name   TEXT NOT NULL
) STRICT;

-- Songs that are one recording by their fingerprints share a number. A song that no other is like has no row.
CREATE TABLE song_recordings (
    song_id   TEXT NOT NULL PRIMARY KEY REFERENCES songs (song_id),
    recording INTEGER NOT NULL
) STRICT, WITHOUT ROWID;

-- Songs whose fingerprint the numbers do not know yet.
CREATE TABLE fingerprints_changed (
    song_id TEXT NOT NULL PRIMARY KEY
) STRICT, WITHOUT ROWID;
INSERT INTO fingerprints_changed (song_id) SELECT song_id FROM song_fingerprints;

CREATE TRIGGER fingerprint_came AFTER INSERT ON song_fingerprints
BEGIN
    INSERT OR IGNORE INTO fingerprints_changed (song_id) VALUES (new.song_id);
END;
CREATE TRIGGER fingerprint_changed AFTER UPDATE OF fingerprint ON song_fingerprints WHEN old.fingerprint <> new.fingerprint
BEGIN
    INSERT OR IGNORE INTO fingerprints_changed (song_id) VALUES (new.song_id);
END;

-- The space of songs as it was last in memory, to be there at once at the next start. A cache: whoever cannot read it makes it anew.
CREATE TABLE space_head (
    only_row INTEGER PRIMARY KEY CHECK (only_row = 1),
    stamp    INTEGER NOT NULL,                   -- another one with every writing
    made_of  TEXT NOT NULL,                      -- the embeddings
    pieces   INTEGER NOT NULL,
    head     BLOB NOT NULL
) STRICT;

CREATE TABLE space_pieces (
    piece INTEGER PRIMARY KEY,
    tracks BLOB NOT NULL,                        -- as the space writes them
    songs  BLOB NOT NULL                         -- their content keys and items, in the same order
) STRICT;

-- The songs that may not be in the space as they are now. Noted by triggers, as in artists_changed; a song that changes again gets
-- a new number.
CREATE TABLE space_changed (
    change  INTEGER PRIMARY KEY AUTOINCREMENT,
    song_id TEXT NOT NULL UNIQUE
) STRICT;

CREATE TRIGGER space_of_embedding_came AFTER INSERT ON song_embeddings
BEGIN
    DELETE FROM space_changed WHERE song_id IN (new.song_id);
    INSERT INTO space_changed (song_id) SELECT song_id FROM songs WHERE song_id IN (new.song_id);
END;

CREATE TRIGGER space_of_embedding_changed AFTER UPDATE OF mean, deviation ON song_embeddings
WHEN old.mean IS NOT new.mean OR old.deviation IS NOT new.deviation
BEGIN
    DELETE FROM space_changed WHERE song_id IN (new.song_id);
    INSERT INTO space_changed (song_id) SELECT song_id FROM songs WHERE song_id IN (new.song_id);
END;

CREATE TRIGGER space_of_edges_came AFTER INSERT ON song_edges
BEGIN
    DELETE FROM space_changed WHERE song_id IN (new.song_id);
    INSERT INTO space_changed (song_id) SELECT song_id FROM songs WHERE song_id IN (new.song_id);
END;

CREATE TRIGGER space_of_song_changed AFTER UPDATE OF duration_s, bpm, key, scale, energy ON songs
WHEN old.duration_s IS NOT new.duration_s OR old.bpm IS NOT new.bpm OR old.key IS NOT new.key
    OR old.scale IS NOT new.scale OR old.energy IS NOT new.energy
BEGIN
    DELETE FROM space_changed WHERE song_id IN (new.song_id);
    INSERT INTO space_changed (song_id) SELECT song_id FROM songs WHERE song_id IN (new.song_id);
END;

CREATE TRIGGER space_of_file_changed
AFTER UPDATE OF path, title, artist, album_artist, album, in_library, in_folder, song_id ON files
WHEN old.song_id IS NOT new.song_id OR (new.song_id IS NOT NULL AND (
    old.path <> new.path OR old.title <> new.title OR old.artist <> new.artist OR old.album_artist <> new.album_artist
    OR old.album <> new.album OR (old.in_library OR old.in_folder) <> (new.in_library OR new.in_folder)))
BEGIN
    DELETE FROM space_changed WHERE song_id IN (old.song_id, new.song_id);
    INSERT INTO space_changed (song_id) SELECT song_id FROM songs WHERE song_id IN (old.song_id, new.song_id);
END;

CREATE TRIGGER space_of_item_came AFTER INSERT ON items
BEGIN
    DELETE FROM space_changed WHERE song_id IN ((SELECT song_id FROM files WHERE file_id = new.file_id));
    INSERT INTO space_changed (song_id) SELECT song_id FROM songs WHERE song_id IN ((SELECT song_id FROM files WHERE file_id = new.file_id));
END;

CREATE TRIGGER space_of_item_moved AFTER UPDATE OF file_id ON items WHEN old.file_id <> new.file_id
BEGIN
    DELETE FROM space_changed WHERE song_id IN ((SELECT song_id FROM files WHERE file_id = old.file_id), (SELECT song_id FROM files WHERE file_id = new.file_id));
    INSERT INTO space_changed (song_id) SELECT song_id FROM songs WHERE song_id IN ((SELECT song_id FROM files WHERE file_id = old.file_id), (SELECT song_id FROM files WHERE file_id = new.file_id));
END;

CREATE TRIGGER space_of_item_went AFTER DELETE ON items
BEGIN
    DELETE FROM space_changed WHERE song_id IN ((SELECT song_id FROM files WHERE file_id = old.file_id));
    INSERT INTO space_changed (song_id) SELECT song_id FROM songs WHERE song_id IN ((SELECT song_id FROM files WHERE file_id = old.file_id));
END;
