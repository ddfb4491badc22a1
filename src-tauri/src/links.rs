//! Which links the app hands to the system, and which it refuses.
//!
//! A link arrives in a webhook, so it is a stranger's text: only a chat, a mail and an `https` page that the card itself
//! names may be opened.

use tauri::Url;

use crate::failure::{Code, Failure};

/// Accepts a chat with somebody or a mail to somebody, and returns it parsed.
///
/// # Errors
/// `link_refused` for anything else. The message names the rule, not the link: it holds a text to a customer.
pub(crate) fn chat_or_mail(link: &str) -> Result<Url, Failure> {
    let url = parse(link)?;
    match url.scheme() {
        "mailto" => Ok(url),
        "https" if is_plain(&url) && url.host_str() == Some("wa.me") => Ok(url),
        _ => Err(refused("the link is neither a chat nor a mail")),
    }
}

/// Accepts an `https` page on one of the card's own hosts, and returns it parsed.
///
/// # Errors
/// `link_refused` for anything else, also for a link with a user name or a port in it. The message names the rule,
/// not the link: a checkout link can identify a customer.
pub(crate) fn page_of(link: &str, card_hosts: &[String]) -> Result<Url, Failure> {
    let url = parse(link)?;
    let known = url.host_str().is_some_and(|host| {
        card_hosts
            .iter()
            .any(|known| known.eq_ignore_ascii_case(host))
    });
    match url.scheme() {
        "https" if !is_plain(&url) => Err(refused("the link carries credentials or a port")),
        "https" if known => Ok(url),
        "https" => Err(refused("the link's host is not one the order names")),
        _ => Err(refused("the link is not https")),
    }
}

fn parse(link: &str) -> Result<Url, Failure> {
    Url::parse(link).map_err(|_| refused("the link is not a URL"))
}

fn refused(why: &str) -> Failure {
    Failure::new(Code::LinkRefused, why)
}

fn is_plain(url: &Url) -> bool {
    url.username().is_empty() && url.password().is_none() && url.port().is_none()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_chats_and_mails_leave_with_a_text() {
        let cases = [
            ("https://wa.me/5511912345678?text=Oi", true),
            ("mailto:cliente@example.com?subject=Pedido", true),
            ("http://wa.me/5511912345678", false),
            ("https://wa.me:8443/5511912345678", false),
            ("https://wa.me@evil.example/", false),
            ("https://wa.me.evil.example/", false),
            ("https://loja.example.com/checkout/1", false),
            ("javascript:alert(1)", false),
            ("wa.me/5511912345678", false),
            ("", false),
        ];
        for (link, expected) in cases {
            assert_eq!(chat_or_mail(link).is_ok(), expected, "{link}");
        }
    }

    #[test]
    fn only_the_cards_own_hosts_are_opened() {
        let hosts = ["Loja.example.com".to_owned()];
        let cases = [
            ("https://loja.example.com/checkout/1", true),
            ("http://loja.example.com/checkout/1", false),
            ("https://loja.example.com:8443/", false),
            ("https://user@loja.example.com/", false),
            ("https://loja.example.com@evil.example/", false),
            ("https://loja.example.com.evil.example/", false),
            ("https://evil.example/https://loja.example.com/", false),
            ("https://wa.me/5511912345678", false),
            ("mailto:cliente@example.com", false),
            ("file:///etc/passwd", false),
        ];
        for (link, expected) in cases {
            assert_eq!(page_of(link, &hosts).is_ok(), expected, "{link}");
        }
    }

    #[test]
    fn a_refusal_does_not_repeat_the_link() {
        let failure = page_of("https://evil.example/?cpf=1", &[]).expect_err("a stranger's host");
        assert_eq!(failure.code(), "link_refused");
        assert!(!format!("{failure:?}").contains("evil"));
    }
}
