//! The days boletos are due, by the clock of the people who pay them.

use chrono::NaiveDate;

use super::transaction::{due_on, method};

#[test]
fn reads_the_day_a_boleto_is_due_in_brazil() {
    for (text, day) in [
        ("2026-08-10T23:59:59Z", Some((2026, 8, 10))),
        ("2026-08-11T02:59:59Z", Some((2026, 8, 10))),
        ("2026-08-10T23:59:59-0300", Some((2026, 8, 10))),
        ("2026-08-10", Some((2026, 8, 10))),
        ("10 days", None),
        ("", None),
    ] {
        let day = day.and_then(|(year, month, day)| NaiveDate::from_ymd_opt(year, month, day));
        assert_eq!(due_on(text), day, "{text}");
    }
}

#[test]
fn knows_the_means_of_payment_by_their_words() {
    use contract::PaymentMethod::{Boleto, Card, Other, Pix};
    for (word, known) in [
        ("pix", Some(Pix)),
        ("PIX", Some(Pix)),
        ("boleto", Some(Boleto)),
        ("ticket", Some(Boleto)),
        ("credit_card", Some(Card)),
        ("debit_card", Some(Card)),
        ("wire_transfer", Some(Other)),
        ("", None),
    ] {
        assert_eq!(method(word), known, "{word}");
    }
}
