//! What sample requests of several platforms are made of: ids, an invented buyer and their PIX code.

use contract::Money;
use contract::pix::{Charge, Destination};
use serde_json::Value;
use sha2::{Digest, Sha256};

use crate::Sample;

/// The invented buyer's name.
pub(crate) const NAME: &str = "Cliente de Teste";
/// Their address.
pub(crate) const EMAIL: &str = "cliente.de.teste@example.com";
/// Their phone, without the country's code.
pub(crate) const PHONE: &str = "11900000000";
/// Their tax number, which every textbook has.
pub(crate) const DOCUMENT: &str = "12345678909";
/// What they buy.
pub(crate) const PRODUCT: &str = "Produto de teste";

/// Makes the request that posts a body as JSON.
pub(crate) fn posted(body: &Value) -> Sample {
    Sample {
        query: String::new(),
        headers: vec![("content-type".to_owned(), "application/json".to_owned())],
        body: body.to_string().into_bytes(),
    }
}

/// Returns an id of digits for platforms that number their orders: the id itself where it is one, else 13 digits made from it.
pub(crate) fn digits(id: &str) -> String {
    let numbered = (1..=18).contains(&id.len())
        && id.bytes().all(|byte| byte.is_ascii_digit())
        && !id.starts_with('0');
    if numbered {
        return id.to_owned();
    }
    let number = Sha256::digest(id)
        .iter()
        .take(8)
        .fold(0_u64, |number, byte| (number << 8) | u64::from(*byte));
    let number = number % 9_000_000_000_000;
    number.saturating_add(1_000_000_000_000).to_string()
}

/// Writes a PIX code over this many centavos, payable to nobody, whose checksum holds.
pub(crate) fn pix_code(centavos: i64) -> Option<String> {
    let charge = Charge {
        destination: Destination::Url("pix.example.com/qr/v2/amostra".to_owned()),
        amount: Some(Money::brl(centavos)),
        receiver: "Loja Exemplo".to_owned(),
        city: "Curitiba".to_owned(),
        txid: None,
    };
    charge.code().ok()
}

#[cfg(test)]
mod tests {
    use super::{digits, pix_code};
    use contract::pix::BrCode;

    #[test]
    fn makes_ids_of_digits() {
        assert_eq!(digits("1398455001"), "1398455001");
        for id in ["amostra-1", "", "007", "9999999999999999999"] {
            let made = digits(id);
            assert_eq!(made, digits(id));
            assert_eq!(made.len(), 13, "{id}");
            assert!(made.bytes().all(|byte| byte.is_ascii_digit()), "{made}");
        }
        assert_ne!(digits("a"), digits("b"));
    }

    #[test]
    fn writes_codes_that_hold() {
        let code = pix_code(27_470).expect("fits");
        let read = BrCode::parse(&code).expect("holds");
        assert_eq!(read.amount.map(|money| money.minor), Some(27_470));
    }
}
