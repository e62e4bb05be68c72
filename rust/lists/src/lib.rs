//! Playlists as people write them: definitions by descriptors, playlist files read and written, and entries matched to a library.
