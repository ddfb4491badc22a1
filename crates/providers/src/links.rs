//! Links that an agent may open or send on. Refuses everything but `https`, without fetching anything.

use url::Url;

/// Longest link kept.
const MAX_LENGTH: usize = 2048;

/// Returns a link as sent, when it is an `https` link to a host, with no name or password in it.
pub(crate) fn https(text: &str) -> Option<String> {
    let text = text.trim();
    let clean = !text.is_empty()
        && text.len() <= MAX_LENGTH
        && !text.contains(|c: char| c.is_whitespace() || c.is_control());
    let link = clean.then(|| Url::parse(text).ok()).flatten()?;
    let plain = link.scheme() == "https"
        && link.host_str().is_some_and(|host| !host.is_empty())
        && link.username().is_empty()
        && link.password().is_none();
    plain.then(|| text.to_owned())
}
