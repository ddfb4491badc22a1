//! The desk against a service: a scripted one that misbehaves on purpose, and the real one.

mod actions;
mod desk;
mod faults;
mod first;
mod kills;
mod news;
mod proxy;
mod real;
mod service;
mod silence;
mod sources;
mod tape;
