//! The whole, for callers: open a store, sync a library, analyse, ask.
