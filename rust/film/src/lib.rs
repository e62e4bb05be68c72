//! Pictures and words of a film in, how it feels and what music fits it out.
