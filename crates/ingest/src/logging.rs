//! Log lines: for people on a terminal, JSON elsewhere. What goes into them is decided where they are written: ids, codes and
//! numbers, never what a customer, a platform or a caller sent.

use std::io::IsTerminal;

use tracing_subscriber::EnvFilter;
use tracing_subscriber::fmt::MakeWriter;
use tracing_subscriber::util::SubscriberInitExt;

use crate::config::{Config, LogFormat};

/// Tells that the log cannot be set up.
#[derive(Debug, thiserror::Error)]
pub enum LogError {
    /// The filter cannot be read.
    #[error("log: not a filter: {0}")]
    Filter(#[from] tracing_subscriber::filter::ParseError),
    /// A log was set up before.
    #[error("the log was set up before")]
    Taken(#[from] tracing_subscriber::util::TryInitError),
}

/// Sends the process's log to standard error, panics included.
///
/// # Errors
/// When the filter cannot be read, or a log was set up before.
pub fn start(config: &Config) -> Result<(), LogError> {
    let json = match config.log_format {
        LogFormat::Auto => !std::io::stderr().is_terminal(),
        LogFormat::Json => true,
        LogFormat::Text => false,
    };
    subscriber(&config.log, json, std::io::stderr)?.try_init()?;
    std::panic::set_hook(Box::new(|panic| {
        // The message of a panic may repeat what was being worked on; where it happened does not.
        let place = panic
            .location()
            .map_or_else(String::new, ToString::to_string);
        tracing::error!(place, "the program broke at {place}");
    }));
    Ok(())
}

/// Makes what [`start`] sets up, with another place to write to.
///
/// # Errors
/// When the filter cannot be read.
pub fn subscriber<W>(
    filter: &str,
    json: bool,
    writer: W,
) -> Result<Box<dyn tracing::Subscriber + Send + Sync>, LogError>
where
    W: for<'a> MakeWriter<'a> + Send + Sync + 'static,
{
    let lines = tracing_subscriber::fmt()
        .with_env_filter(EnvFilter::try_new(filter)?)
        .with_writer(writer);
    Ok(if json {
        Box::new(
            lines
                .json()
                .flatten_event(true)
                .with_current_span(false)
                .finish(),
        )
    } else {
        Box::new(lines.finish())
    })
}
