//! Measures Balcão, and breaks it on purpose.
//!
//! Everything here drives the real programs from outside: requests over TCP, the service as a process of its own, the
//! desktop's core as a process that can be killed. Nothing here ships.

/// The app's, since what is measured here stands for it.
#[global_allocator]
static ALLOCATOR: mimalloc::MiMalloc = mimalloc::MiMalloc;

pub mod caching;
pub mod calibrate;
pub mod checker;
pub mod gestures;
pub mod history;
pub mod load;
pub mod memory;
pub mod mix;
pub mod overload;
pub mod power;
pub mod report;
pub mod sales;
pub mod service;
pub mod serving;
pub mod storm;
pub mod timing;
pub mod torture;
pub mod window;
