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
