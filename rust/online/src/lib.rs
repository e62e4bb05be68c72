//! The only room that talks to a network; shut until something needs it.
