//! Which links the app hands to the system, and which it refuses.
//!
//! A link arrives in a webhook, so it is a stranger's text: only a chat, a mail and a checkout that the card itself
//! names may be opened.

use tauri::Url;

use crate::failure::{Code, Failure};

/// Accepts a chat link, a mail, or an https page on one of `card_hosts`, and returns it parsed.
///
/// # Errors
/// `link_refused` for anything else, also for a link with a user name or a port in it. The message names the rule,
/// not the link: a checkout link can identify a customer.
pub(crate) fn accept(link: &str, card_hosts: &[String]) -> Result<Url, Failure> {
    let refused = |why| Failure::new(Code::LinkRefused, why);
    let url = Url::parse(link).map_err(|_| refused("the link is not a URL"))?;
    match url.scheme() {
        "mailto" => Ok(url),
        "https" if !is_plain(&url) => Err(refused("the link carries credentials or a port")),
        "https" if is_known_host(&url, card_hosts) => Ok(url),
        "https" => Err(refused("the link's host is not one the order names")),
        _ => Err(refused("the link is neither https nor mail")),
    }
}

fn is_plain(url: &Url) -> bool {
    url.username().is_empty() && url.password().is_none() && url.port().is_none()
}

fn is_known_host(url: &Url, card_hosts: &[String]) -> bool {
    url.host_str().is_some_and(|host| {
        host == "wa.me"
            || card_hosts
                .iter()
                .any(|known| known.eq_ignore_ascii_case(host))
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_chat_mail_and_the_cards_own_hosts_are_opened() {
        let hosts = ["Loja.example.com".to_owned()];
        let cases = [
            ("https://wa.me/5511912345678?text=Oi", true),
            ("mailto:cliente@example.com?subject=Pedido", true),
            ("https://loja.example.com/checkout/1", true),
            ("http://loja.example.com/checkout/1", false),
            ("https://loja.example.com:8443/", false),
            ("https://user@loja.example.com/", false),
            ("https://wa.me@evil.example/", false),
            ("https://wa.me.evil.example/", false),
            ("https://evil.example/https://wa.me/", false),
            ("javascript:alert(1)", false),
            ("file:///etc/passwd", false),
            ("wa.me/5511912345678", false),
            ("", false),
        ];
        for (link, expected) in cases {
            assert_eq!(accept(link, &hosts).is_ok(), expected, "{link}");
        }
    }

    #[test]
    fn a_refusal_does_not_repeat_the_link() {
        let failure = accept("https://evil.example/?cpf=1", &[]).expect_err("a stranger's host");
        assert_eq!(failure.code(), Code::LinkRefused);
        assert!(!format!("{failure:?}").contains("evil"));
    }
}
