-- Schema 2. Never edited after its release: changes are new migrations.

ALTER TABLE songs ADD COLUMN tempo_stability REAL;
ALTER TABLE songs ADD COLUMN second_key TEXT;
ALTER TABLE songs ADD COLUMN second_scale TEXT;
ALTER TABLE songs ADD COLUMN second_key_strength REAL;
ALTER TABLE songs ADD COLUMN tuning_cents REAL;
ALTER TABLE songs ADD COLUMN brightness REAL;

-- How much of the song each patch stands for, f32, little-endian; NULL: all alike.
ALTER TABLE song_patches ADD COLUMN weights BLOB;

-- What is asked of one song at a time: apart, so that a walk over all songs does not read it.
CREATE TABLE song_beats (
    song_id TEXT NOT NULL PRIMARY KEY REFERENCES songs (song_id),
    beats   BLOB NOT NULL                        -- see encode_beats
) STRICT;

-- The first and the last seconds of sound.
CREATE TABLE song_edges (
    song_id TEXT NOT NULL PRIMARY KEY REFERENCES songs (song_id),
    intro   BLOB NOT NULL,                       -- f32, little-endian
    outro   BLOB NOT NULL
) STRICT;

CREATE TABLE song_fingerprints (
    song_id     TEXT NOT NULL PRIMARY KEY REFERENCES songs (song_id),
    fingerprint BLOB NOT NULL                    -- as its maker wrote it
) STRICT;

-- The names of a classifier's answers, once for all songs.
CREATE TABLE label_sets (
    label_set INTEGER PRIMARY KEY,
    classes   TEXT NOT NULL UNIQUE               -- one per line, in order
) STRICT;

CREATE TABLE song_labels (
    song_id   TEXT NOT NULL REFERENCES songs (song_id),
    source    TEXT NOT NULL,                     -- the classifier
    stage     TEXT NOT NULL,                     -- that ran it
    label_set INTEGER NOT NULL REFERENCES label_sets (label_set),
    label_values BLOB NOT NULL,                  -- f32, little-endian, one per class
    PRIMARY KEY (song_id, source)
) STRICT, WITHOUT ROWID;
