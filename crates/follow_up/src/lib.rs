//! Commerce variables and the templates filled from them.
