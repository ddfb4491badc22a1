//! The desk against a service: a scripted one that misbehaves on purpose, and the real one.

mod actions;
mod clock;
mod desk;
mod erasing;
mod faults;
mod first;
mod kills;
mod news;
mod offline;
mod people;
mod presence;
mod proxy;
mod real;
mod saved;
mod sequences;
mod service;
mod shared;
mod silence;
mod sources;
mod tape;
mod templates;
mod undoing;
