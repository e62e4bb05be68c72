//! SQLite: the only room that knows SQL.
