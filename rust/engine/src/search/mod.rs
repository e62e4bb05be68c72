//! Music by words.

pub(crate) mod types;
