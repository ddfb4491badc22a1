//! Addresses that open a channel with a text in it. Opening them is for others, and nothing here can tell what was sent.

use contract::phone::Phone;
use percent_encoding::{AsciiSet, NON_ALPHANUMERIC, utf8_percent_encode};

/// All but the unreserved characters of RFC 3986.
const RESERVED: &AsciiSet = &NON_ALPHANUMERIC
    .remove(b'-')
    .remove(b'.')
    .remove(b'_')
    .remove(b'~');

/// Returns the `wa.me` address for a phone and a text, or `None` when no message can go to that phone.
#[must_use]
pub fn whatsapp(phone: &str, text: &str) -> Option<String> {
    let phone = Phone::parse(phone, None);
    let text = utf8_percent_encode(text, RESERVED);
    Some(format!("https://wa.me/{}?text={text}", phone.wa_digits()?))
}

/// Returns the `mailto:` address (RFC 6068) for a message, or `None` when the e-mail address cannot be one.
///
/// Line ends in the subject become spaces, so that no header can be added.
#[must_use]
pub fn mailto(email: &str, subject: &str, body: &str) -> Option<String> {
    let (name, host) = email.trim().rsplit_once('@')?;
    let sound = |part: &str| {
        !part.is_empty()
            && part
                .chars()
                .all(|c| c.is_alphanumeric() || "!#$%&'*+-/=^_`{|}~.".contains(c))
    };
    if !sound(name) || !sound(host) || !host.contains('.') {
        return None;
    }
    let subject = subject.split_whitespace().collect::<Vec<_>>().join(" ");
    let body = body.replace("\r\n", "\n").replace('\n', "\r\n");
    let [name, host, subject, body] =
        [name, host, &subject, &body].map(|part| utf8_percent_encode(part, RESERVED).to_string());
    Some(format!(
        "mailto:{name}@{host}?subject={subject}&body={body}"
    ))
}

#[cfg(test)]
mod tests {
    use super::{mailto, whatsapp};

    #[test]
    fn whatsapp_addresses() {
        for (phone, text, address) in [
            (
                "+5511900000101",
                "Oi, Zé!\nTudo bem? 50% & +1",
                Some(
                    "https://wa.me/5511900000101?text=Oi%2C%20Z%C3%A9%21%0ATudo%20bem%3F%2050%25%20%26%20%2B1",
                ),
            ),
            (
                "(11) 3222-4455",
                "a-b_c.d~e",
                Some("https://wa.me/551132224455?text=a-b_c.d~e"),
            ),
            (
                "+351912345678",
                "",
                Some("https://wa.me/351912345678?text="),
            ),
            ("0800 123 4567", "x", None),
            ("98765-4321", "x", None),
            ("", "x", None),
        ] {
            assert_eq!(whatsapp(phone, text).as_deref(), address, "{phone}");
        }
    }

    #[test]
    fn mail_addresses() {
        for (email, address) in [
            (
                "rita+loja@example.com",
                Some(
                    "mailto:rita%2Bloja@example.com?subject=Seu%20PIX%20Bcc%3A%20x&body=Oi%0D%0Atchau",
                ),
            ),
            ("rita@example.com?bcc=a@b.c", None),
            ("a@b@example.com", None),
            ("rita", None),
            ("@example.com", None),
            ("rita@localhost", None),
            ("ri ta@example.com", None),
        ] {
            assert_eq!(
                mailto(email, "Seu PIX\r\nBcc: x", "Oi\ntchau").as_deref(),
                address,
                "{email}"
            );
        }
    }
}
