//! Bodies for load: signed as the unified contract signs, each its own order, about 4 KiB.

use bytes::Bytes;
use chrono::Utc;
use providers::Secret;
use serde_json::json;

use crate::load;

/// The platform the load speaks for; its proof is the dearest to check.
pub const PROVIDER: &str = "unified";
/// How many people buy.
const BUYERS: usize = 20_000;

/// Says how a batch of requests differs from the next.
#[derive(Debug, Clone)]
pub struct Batch {
    /// The webhook's path.
    pub path: String,
    /// The source's secret.
    pub secret: String,
    /// Tells this batch's orders from those of others.
    pub name: String,
    /// Whether the signature is right.
    pub honest: bool,
}

impl Batch {
    /// Makes one request; `number` names the order and the buyer.
    #[must_use]
    pub fn request(&self, number: usize) -> Bytes {
        self.signed(
            number,
            number % BUYERS,
            &format!("{}-{number:010}", self.name),
        )
    }

    /// Makes the same request as a platform's so-manyth retry does: the same body, proven anew.
    #[must_use]
    pub fn request_again(&self, number: usize, time: u32) -> Bytes {
        self.signed(
            number,
            number % BUYERS,
            &format!("{}-again-{time}-{number:010}", self.name),
        )
    }

    fn signed(&self, number: usize, buyer: usize, nonce: &str) -> Bytes {
        let body = self.body(number, buyer);
        let secret = Secret::new(if self.honest {
            self.secret.as_str()
        } else {
            "another secret altogether"
        });
        let signed = providers::sign::sign(PROVIDER, &secret, &body, Utc::now(), nonce);
        let signed = signed.expect("the platform of the load is known");
        load::request(&self.path, &signed.headers, &body)
    }

    /// Makes a request of a certain buyer.
    #[must_use]
    pub fn request_of(&self, number: usize, buyer: usize) -> Bytes {
        self.signed(number, buyer, &format!("{}-of-{number:010}", self.name))
    }

    /// Makes many requests.
    #[must_use]
    pub fn requests(&self, count: usize) -> Vec<Bytes> {
        (0..count).map(|number| self.request(number)).collect()
    }

    /// Returns the order id of a request.
    #[must_use]
    pub fn order(&self, number: usize) -> String {
        format!("{}-{number}", self.name)
    }

    fn body(&self, number: usize, buyer: usize) -> Vec<u8> {
        let body = json!({
            "externalId": self.order(number),
            "status": "pending",
            "stage": "pix_generated",
            "event": "pix_created",
            "amount": 197.30,
            "currency": "BRL",
            "isAbandoned": false,
            "customer": {
                "name": format!("Compradora de Teste {buyer}"),
                "email": format!("compradora{buyer}@example.com"),
                "phone": format!("+55119{:08}", buyer),
            },
            "checkoutUrl": format!("https://pay.example.com/{}", self.order(number)),
            "items": [{ "name": "Curso de Confeitaria", "quantity": 1 }],
            "padding": "x".repeat(3_500),
        });
        serde_json::to_vec(&body).expect("plain JSON serialises")
    }
}
