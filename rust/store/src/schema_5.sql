-- Schema 5. Never edited after its release: changes are new migrations.

-- Words of titles, artists and albums. Its texts are those of `files`, by triggers.
CREATE VIRTUAL TABLE file_words USING fts5 (
    title, artist, album_artist, album,
    content = 'files', content_rowid = 'file_id',
    tokenize = 'unicode61 remove_diacritics 2', prefix = '2 3', columnsize = 0
);

CREATE TRIGGER file_words_new AFTER INSERT ON files BEGIN
    INSERT INTO file_words (rowid, title, artist, album_artist, album)
    VALUES (new.file_id, new.title, new.artist, new.album_artist, new.album);
END;

CREATE TRIGGER file_words_gone AFTER DELETE ON files BEGIN
    INSERT INTO file_words (file_words, rowid, title, artist, album_artist, album)
    VALUES ('delete', old.file_id, old.title, old.artist, old.album_artist, old.album);
END;

CREATE TRIGGER file_words_changed AFTER UPDATE OF title, artist, album_artist, album ON files
WHEN old.title <> new.title OR old.artist <> new.artist OR old.album_artist <> new.album_artist OR old.album <> new.album
BEGIN
    INSERT INTO file_words (file_words, rowid, title, artist, album_artist, album)
    VALUES ('delete', old.file_id, old.title, old.artist, old.album_artist, old.album);
    INSERT INTO file_words (rowid, title, artist, album_artist, album)
    VALUES (new.file_id, new.title, new.artist, new.album_artist, new.album);
END;

INSERT INTO file_words (file_words) VALUES ('rebuild');

-- The words that there are, to find the one that somebody meant.
CREATE VIRTUAL TABLE file_vocabulary USING fts5vocab ('file_words', 'row');

-- What was measured of films, so that a second question need not look again.
CREATE TABLE films (
    path        ANY NOT NULL PRIMARY KEY,        -- as in files
    size        INTEGER NOT NULL,
    modified_ns INTEGER NOT NULL,
    version     TEXT NOT NULL,                   -- of what measured it
    measures    TEXT NOT NULL,                   -- JSON
    measured_at INTEGER NOT NULL                 -- seconds since 1970
) STRICT, WITHOUT ROWID;

-- How often a service has been asked on a day, by what for.
CREATE TABLE service_calls (
    day     INTEGER NOT NULL,                    -- days since 1970
    service TEXT NOT NULL,
    calls   INTEGER NOT NULL,
    PRIMARY KEY (day, service)
) STRICT, WITHOUT ROWID;
