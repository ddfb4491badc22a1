//! Bytes in, events out: one file a platform behind one trait.
