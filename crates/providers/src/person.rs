//! The buyer, from the fields a platform names. Guesses no country code where another country is told.

use contract::Customer;
use contract::document::Document;
use contract::phone::Phone;

use crate::scalar;

/// Longest address, by RFC 5321.
const MAX_EMAIL: usize = 254;

/// Holds the fields as sent.
#[derive(Default)]
pub(crate) struct Person<'a> {
    pub(crate) name: Option<&'a str>,
    pub(crate) email: Option<&'a str>,
    pub(crate) phone: Option<&'a str>,
    pub(crate) document: Option<&'a str>,
    /// Two letters, in either case; Brazil where untold.
    pub(crate) country: Option<&'a str>,
}

impl Person<'_> {
    /// Reads what can be read; what cannot is left out, except that a phone is kept as typed.
    pub(crate) fn read(&self) -> Customer {
        let (phone, phone_typed) = match self.phone.map(str::trim) {
            Some(typed) if !typed.is_empty() => read_phone(typed, self.country),
            _ => (None, None),
        };
        Customer {
            name: self.name.and_then(scalar::line),
            email: self.email.and_then(email),
            phone,
            phone_typed,
            document: self
                .document
                .and_then(|text| Document::parse(text).ok())
                .map(|document| document.as_str().to_owned()),
        }
    }
}

fn read_phone(typed: &str, country: Option<&str>) -> (Option<String>, Option<String>) {
    let brazilian = country.is_none_or(|code| code.trim().eq_ignore_ascii_case("br"));
    let international = typed.starts_with('+') || typed.starts_with("00");
    let read = (brazilian || international).then(|| Phone::parse(typed, None));
    match read.as_ref().and_then(Phone::e164) {
        Some(e164) => (Some(e164.to_owned()), None),
        None => (None, scalar::line(typed)),
    }
}

fn email(text: &str) -> Option<String> {
    let text = text.trim();
    let (name, host) = text.rsplit_once('@')?;
    let sound = !name.is_empty()
        && !host.is_empty()
        && text.len() <= MAX_EMAIL
        && !text.contains(|c: char| c.is_whitespace() || c.is_control());
    sound.then(|| text.to_owned())
}

#[cfg(test)]
mod tests {
    use super::Person;

    #[test]
    fn reads_phones_by_country() {
        for (phone, country, e164, typed) in [
            ("(77) 90000-5638", Some("br"), Some("+5577900005638"), None),
            ("5511900000101", None, Some("+5511900000101"), None),
            ("+44201581389", Some("BR"), Some("+44201581389"), None),
            ("912345678", Some("PT"), None, Some("912345678")),
            ("11900000101", Some("PT"), None, Some("11900000101")),
            ("+351912345678", Some("PT"), Some("+351912345678"), None),
            ("90000-0101", None, None, Some("90000-0101")),
            (" ", None, None, None),
        ] {
            let customer = Person {
                phone: Some(phone),
                country,
                ..Person::default()
            }
            .read();
            assert_eq!(customer.phone.as_deref(), e164, "{phone}");
            assert_eq!(customer.phone_typed.as_deref(), typed, "{phone}");
        }
    }

    #[test]
    fn leaves_out_what_is_no_name_address_or_document() {
        let customer = Person {
            name: Some("  Rita \t de\u{0} Cássia "),
            email: Some("not an address"),
            document: Some("111.111.111-11"),
            ..Person::default()
        }
        .read();
        assert_eq!(customer.name.as_deref(), Some("Rita de Cássia"));
        assert_eq!(customer.email, None);
        assert_eq!(customer.document, None);
    }
}
