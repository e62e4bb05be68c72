//! Groups of tracks and the playlists made from them.
