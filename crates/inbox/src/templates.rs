//! The team's templates at the service: saved, taken away, and their versions. It knows HTTP and nothing of the cache.

use follow_up::shared::TemplateHistory;
use follow_up::{Locale, SharedTemplate};
use reqwest::Method;
use serde::Deserialize;

use crate::error::Refusal;
use crate::feed::Line;
use crate::sources::answer;
use crate::team::{WAIT, ask};

/// The service's answer to a saving.
#[derive(Deserialize)]
struct Saved {
    version: u32,
}

/// Saves a template on top of the version it names; returns the version that makes.
///
/// # Errors
/// `VersionConflict`, `Forbidden`, `Invalid`, `Offline`.
pub(crate) async fn save(line: &Line, shared: &SharedTemplate) -> Result<u32, Refusal> {
    let path = path(&shared.template.key, shared.template.locale)?;
    let ask = ask(line, Method::PUT, &path, &[])?.json(shared);
    let saved: Saved = answer::json(ask, WAIT).await?;
    Ok(saved.version)
}

/// Takes a template of the team away.
///
/// # Errors
/// `VersionConflict`, `Forbidden`, `NotFound`, `Offline`.
pub(crate) async fn remove(
    line: &Line,
    key: &str,
    locale: Locale,
    version: u32,
) -> Result<(), Refusal> {
    let query = [("version", version.to_string())];
    let ask = ask(line, Method::DELETE, &path(key, locale)?, &query)?;
    Ok(answer::nothing(ask, WAIT).await?)
}

/// Lists what a template was, newest first.
///
/// # Errors
/// `Forbidden`, `Offline`.
pub(crate) async fn versions(
    line: &Line,
    key: &str,
    locale: Locale,
) -> Result<TemplateHistory, Refusal> {
    let path = format!("{}/versions", path(key, locale)?);
    let ask = ask(line, Method::GET, &path, &[])?;
    Ok(answer::json(ask, WAIT).await?)
}

/// Returns a template's address; a key that could lead anywhere else is none.
fn path(key: &str, locale: Locale) -> Result<String, Refusal> {
    let plain = |c: char| c.is_ascii_alphanumeric() || matches!(c, '.' | '_' | '-');
    if key.is_empty() || key.starts_with('.') || !key.chars().all(plain) {
        return Err(Refusal::Invalid(
            "a key has small letters, digits and . _ -",
        ));
    }
    Ok(format!("templates/{key}/{}", locale.tag()))
}

#[cfg(test)]
mod tests {
    use follow_up::Locale;

    use super::path;

    #[test]
    fn a_key_stays_within_its_address() {
        for (key, expected) in [
            ("pix.link", Some("templates/pix.link/pt-BR")),
            ("", None),
            ("..", None),
            ("a/b", None),
            ("a?b", None),
            ("á", None),
        ] {
            assert_eq!(path(key, Locale::PtBr).ok().as_deref(), expected, "{key}");
        }
    }
}
