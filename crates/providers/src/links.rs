//! Links that an agent may open or send on. Refuses everything but `https`, and the merchant's own side, without fetching
//! anything. Also what the address of a landing page tells of where a buyer came from.

use contract::Utms;
use url::Url;

use crate::scalar;

/// Longest link kept.
const MAX_LENGTH: usize = 2048;

/// Returns a link as sent, when it is an `https` link to a host, with no name or password in it, and not to a back office.
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
    (plain && !is_back_office(&link)).then(|| text.to_owned())
}

/// Reads where a buyer came from out of a landing page's address, whole or from its path on.
pub(crate) fn utms(landing: &str) -> Utms {
    let query = landing.split_once('?').map_or("", |(_, query)| query);
    let query = query.split('#').next().unwrap_or(query);
    let told = |name: &str| {
        url::form_urlencoded::parse(query.as_bytes())
            .find(|(known, _)| known == name)
            .and_then(|(_, value)| scalar::line(&value))
    };
    Utms {
        src: told("src"),
        source: told("utm_source"),
        medium: told("utm_medium"),
        campaign: told("utm_campaign"),
    }
}

/// Tells a shop's administration, which a buyer cannot open and must not be sent.
fn is_back_office(link: &Url) -> bool {
    let host = link.host_str().unwrap_or_default();
    let first = link.path_segments().and_then(|mut parts| parts.next());
    host.starts_with("admin.") || first == Some("admin")
}

#[cfg(test)]
mod tests {
    use super::{https, utms};

    #[test]
    fn takes_only_links_fit_for_a_buyer() {
        for (link, fit) in [
            ("https://pay.example.com/a?b=c#d", true),
            (" https://pay.example.com/a ", true),
            ("HTTPS://pay.example.com", true),
            ("http://pay.example.com", false),
            ("javascript:alert(1)", false),
            ("https://", false),
            ("https://buyer:word@pay.example.com", false),
            ("https://pay.example.com/a b", false),
            ("https://pay.example.com/\u{0}", false),
            ("https://admin.shop.example.com/orders/1", false),
            ("https://shop.example.com/admin/orders/1", false),
            ("https://shop.example.com/administracao", true),
            ("//pay.example.com", false),
            ("", false),
        ] {
            assert_eq!(https(link), fit.then(|| link.trim().to_owned()), "{link}");
        }
    }

    #[test]
    fn reads_the_source_from_a_landing_page() {
        for landing in [
            "/?utm_source=insta%20gram&utm_campaign=",
            "https://shop.example.com/a?x=1&utm_source=insta+gram#top?utm_medium=no",
        ] {
            let utms = utms(landing);
            assert_eq!(utms.source.as_deref(), Some("insta gram"), "{landing}");
            assert_eq!((utms.medium, utms.campaign), (None, None), "{landing}");
        }
        assert_eq!(utms("/a"), contract::Utms::default());
    }
}
