//! Recognising a person in bodies that were not read, or not as an order of theirs: by e-mail, phone and document, however the
//! platform writes them. It knows no table.

use std::collections::BTreeSet;

use contract::{Event, phone::Phone};

use crate::identity::{Trace, Traces};

/// Fewer digits than these are no number of a person's.
const SHORTEST: usize = 8;

/// What a person is known by, as it is looked for in text.
#[derive(Clone, Default)]
pub(super) struct Needles {
    /// In small letters.
    texts: BTreeSet<String>,
    /// Digits that only a person's number holds.
    numbers: BTreeSet<String>,
    /// Digits of a phone without its area, which count only where they stand alone.
    locals: BTreeSet<String>,
    /// What else their orders say that points at them; others may have it too, so that no body is theirs for it.
    traits: BTreeSet<String>,
}

impl Needles {
    /// Adds what an event names its customer by.
    pub(super) fn add_event(&mut self, event: &Event) {
        for (trace, text) in Traces::of(event).iter() {
            self.add(trace, text);
        }
        let typed: String = event
            .customer
            .phone_typed
            .as_deref()
            .map_or_else(String::new, digits);
        if typed.len() > SHORTEST {
            self.numbers.insert(typed);
        }
        let told = [
            event.customer.name.as_ref(),
            event.customer.phone_typed.as_ref(),
            event.payment.pix.as_ref().and_then(|pix| pix.code.as_ref()),
            event
                .payment
                .boleto
                .as_ref()
                .and_then(|boleto| boleto.line.as_ref()),
            event.checkout_url.as_ref(),
            event.order_url.as_ref(),
        ];
        let telling = told.into_iter().flatten();
        self.traits
            .extend(telling.filter(|text| text.len() >= SHORTEST).cloned());
    }

    /// Adds one match key.
    pub(super) fn add(&mut self, trace: Trace, text: &str) {
        match trace {
            Trace::Order => {}
            Trace::Email => drop(self.texts.insert(text.to_lowercase())),
            Trace::Document if text.bytes().all(|byte| byte.is_ascii_digit()) => {
                self.numbers.insert(text.to_owned());
            }
            Trace::Document => drop(self.texts.insert(text.to_lowercase())),
            Trace::Phone => self.add_phone(text),
        }
    }

    fn add_phone(&mut self, key: &str) {
        let candidates = Phone::parse(&format!("+{key}"), None).whatsapp_candidates();
        if candidates.is_empty() {
            self.numbers.insert(key.to_owned());
        }
        for whole in candidates {
            let Some(national) = whole.strip_prefix("55") else {
                self.numbers.insert(whole);
                continue;
            };
            self.locals.extend(national.get(2..).map(str::to_owned));
            self.numbers.insert(national.to_owned());
        }
    }

    /// Tells whether a body names the person.
    pub(super) fn are_in(&self, body: &[u8]) -> bool {
        let text = String::from_utf8_lossy(body).to_lowercase();
        let text = text.replace("%40", "@").replace("\\u0040", "@");
        self.texts
            .iter()
            .any(|needle| text.contains(needle.as_str()))
            || runs(&text).any(|run| self.is_number(&run))
    }

    fn is_number(&self, run: &str) -> bool {
        self.locals.contains(run)
            || self
                .numbers
                .iter()
                .any(|number| run.contains(number.as_str()))
    }

    /// Lists the words by which copies left in a file are found.
    pub(super) fn words(&self) -> impl Iterator<Item = &str> {
        let all = self.texts.iter().chain(&self.numbers).chain(&self.traits);
        all.map(String::as_str)
    }
}

/// Lists the numbers in a text, without what people and platforms put between digits.
fn runs(text: &str) -> impl Iterator<Item = String> {
    text.split(|c: char| !c.is_ascii_digit() && !" +-().".contains(c))
        .map(digits)
        .filter(|run| run.len() >= SHORTEST)
}

fn digits(text: &str) -> String {
    text.chars().filter(char::is_ascii_digit).collect()
}

#[cfg(test)]
mod tests {
    use super::Needles;
    use crate::identity::Trace;

    #[test]
    fn a_person_is_recognised_however_a_platform_writes() {
        let mut needles = Needles::default();
        needles.add(Trace::Phone, "5511900000000");
        needles.add(Trace::Email, "rita@example.com");
        needles.add(Trace::Document, "52998224725");
        for (body, is_there) in [
            (r#"{"email":"Rita@Example.com"}"#, true),
            ("email=rita%40example.com&x=1", true),
            (r#"{"phone":"+55 (11) 90000-0000"}"#, true),
            (r#"{"phone":"1100000000"}"#, true),
            (r#"{"area":"11","number":"900000000"}"#, true),
            (r#"{"cpf":"529.982.247-25"}"#, true),
            (r#"{"email":"rita@example.com.br.invalid"}"#, true),
            (
                r#"{"email":"ana@example.com","phone":"+55 11 90000-0001"}"#,
                false,
            ),
            (r#"{"number":"9000000001"}"#, false),
            ("", false),
            ("\u{fffd}", false),
        ] {
            assert_eq!(needles.are_in(body.as_bytes()), is_there, "{body}");
        }
        assert!(!Needles::default().are_in(b"rita@example.com 11900000000"));
    }
}
