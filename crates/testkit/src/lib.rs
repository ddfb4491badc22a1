//! For tests only: fixtures, a private desktop, and the app's real window driven by WebDriver.
//!
//! Whatever a test starts here ends with it, also when it fails. Nothing touches the developer's own files, display,
//! clipboard or notifications. A failed expectation panics at the line of the test that stated it.

pub mod app;
pub mod desktop;
pub mod driver;
pub mod fixtures;
mod language;
pub mod page;
pub mod picture;
pub mod platforms;
mod process;
pub mod sales;
pub mod service;
mod wait;

pub use app::{App, Launch};
pub use desktop::{Desktop, Notice, Place};
pub use page::Page;
pub use picture::Picture;
pub use sales::Sale;
pub use service::{Samples, Service, Source, post};
pub use wait::until;
