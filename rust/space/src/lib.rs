//! What is near what: blocks, neighbours, mixes.
