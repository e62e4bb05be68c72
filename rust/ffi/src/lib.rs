//! The C ABI of Segue: every export guarded, nothing else.
