//! Log lines: to standard error from the start, and to a file in the app's log folder once that is known.
//!
//! The files are one a day and few; they tell of faults, never of customers.

use std::{io, path::Path, sync::OnceLock};

use tracing_appender::rolling::{RollingFileAppender, Rotation};
use tracing_subscriber::{
    EnvFilter,
    fmt::{self, MakeWriter},
    layer::SubscriberExt,
    util::SubscriberInitExt,
};

/// What is logged when `BALCAO_LOG` says nothing: the app's own milestones, and what goes wrong elsewhere.
const USUAL: &str = "warn,balcao_app=info";

/// How many days are kept.
const DAYS: usize = 7;

static FILE: OnceLock<RollingFileAppender> = OnceLock::new();

/// Starts logging; `BALCAO_LOG` takes the usual filter.
pub(crate) fn start() {
    let filter = EnvFilter::try_from_env("BALCAO_LOG").unwrap_or_else(|_| EnvFilter::new(USUAL));
    let file = fmt::layer().json().with_writer(LateFile);
    tracing_subscriber::registry()
        .with(filter)
        .with(fmt::layer().with_writer(io::stderr))
        .with(file)
        .init();
}

/// Writes to `folder` too from now on.
pub(crate) fn write_to(folder: &Path) {
    // The appender looks for old files at once and would complain about a missing folder on standard error.
    let _ = std::fs::create_dir_all(folder);
    let appender = RollingFileAppender::builder()
        .rotation(Rotation::DAILY)
        .filename_prefix("balcao")
        .filename_suffix("log")
        .max_log_files(DAYS)
        .build(folder);
    match appender {
        Ok(appender) => {
            let _ = FILE.set(appender);
        }
        Err(error) => tracing::warn!(error = %error, "there is no log file"),
    }
}

/// The log file, or nowhere while it is not open.
struct LateFile;

impl<'a> MakeWriter<'a> for LateFile {
    type Writer = Box<dyn io::Write + 'a>;

    fn make_writer(&'a self) -> Self::Writer {
        match FILE.get() {
            Some(file) => Box::new(file.make_writer()),
            None => Box::new(io::sink()),
        }
    }
}
