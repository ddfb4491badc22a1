//! Sales as Kiwify tells them, of people who do not exist: for what a journey needs to happen now.

use chrono::{DateTime, Days, FixedOffset, NaiveDate, SecondsFormat, TimeDelta, Utc};
use contract::{
    Money,
    boleto::BankSlip,
    pix::{Charge, Destination},
};
use serde_json::{Value, json};

/// One sale and where it stands.
#[derive(Clone, Debug)]
pub struct Sale {
    /// The platform's id of the order.
    pub order: String,
    /// The buyer's full name.
    pub buyer: String,
    /// The buyer's phone, with country code.
    pub phone: String,
    /// The buyer's e-mail.
    pub email: String,
    /// The buyer's tax number, digits alone, where it is told.
    pub document: Option<String>,
    /// What is bought.
    pub product: String,
    /// The amount in centavos.
    pub centavos: i64,
    /// When the PIX code ends.
    pub pix_until: DateTime<Utc>,
    /// When the sale was made.
    pub made_at: DateTime<Utc>,
}

impl Sale {
    /// Makes a sale of R$ 197,00 by PIX that can be paid for half an hour; sales of different numbers share nothing.
    pub fn new(number: u32) -> Self {
        let now = Utc::now();
        Self {
            order: format!("61b82f43-51d4-40b5-9c2b-{number:012}"),
            buyer: format!("Mariana Duarte {}", in_words(number)),
            phone: format!("+551190000{number:04}"),
            email: format!("mariana{number}@example.com"),
            document: None,
            product: "Curso de Confeitaria".to_owned(),
            centavos: 19_700,
            pix_until: now + TimeDelta::minutes(30),
            made_at: now,
        }
    }

    /// Makes one like [`Sale::new`] whose PIX code ended an hour ago.
    #[must_use]
    pub fn expired(number: u32) -> Self {
        let now = Utc::now();
        Self {
            pix_until: now - TimeDelta::hours(1),
            made_at: now - TimeDelta::hours(2),
            ..Self::new(number)
        }
    }

    /// Returns the PIX code, which is valid but pays nobody.
    ///
    /// # Panics
    /// When the amount does not fit a code.
    pub fn pix_code(&self) -> String {
        let charge = Charge {
            destination: Destination::Url(format!("pix.example.com/v2/{}", self.order)),
            amount: Some(Money::brl(self.centavos)),
            receiver: "Loja Exemplo Digital".to_owned(),
            city: "Rio de Janeiro".to_owned(),
            txid: None,
        };
        charge.code().expect("the sale fits a code")
    }

    /// Returns the boleto's line of 47 digits, which is valid but pays nobody.
    ///
    /// # Panics
    /// When the amount does not fit a line.
    pub fn boleto_line(&self) -> String {
        let digits = self.order.chars().filter(char::is_ascii_digit);
        let slip = BankSlip {
            bank: "237".to_owned(),
            due_on: Some(self.boleto_due_on()),
            amount: Some(Money::brl(self.centavos)),
            free: format!("{:0>25}", digits.rev().take(20).collect::<String>()),
        };
        slip.line().expect("the sale fits a line")
    }

    /// Returns the body by which Kiwify tells that the PIX code was made.
    pub fn pix_created(&self) -> String {
        let pix = json!({
            "pix_code": self.pix_code(),
            "pix_expiration": on_brazils_clock(self.pix_until, "%d/%m/%Y %H:%M"),
        });
        self.body(
            "pix_created",
            ("waiting_payment", "pix"),
            self.made_at,
            &pix,
        )
    }

    /// Returns the body by which Kiwify tells that the boleto was made, due in three days.
    pub fn boleto_created(&self) -> String {
        let boleto = json!({
            "boleto_URL": "https://boleto.example.com/amostra.pdf",
            "boleto_barcode": self.boleto_line(),
            "boleto_expiry_date": self.boleto_due_on().format("%d/%m/%Y").to_string(),
        });
        let waiting = ("waiting_payment", "boleto");
        self.body("billet_created", waiting, self.made_at, &boleto)
    }

    /// Returns the body by which Kiwify tells that the card was refused.
    pub fn refused(&self) -> String {
        let refused = json!({"card_rejection_reason": "insufficient_funds", "installments": 1});
        let by_card = ("refused", "credit_card");
        self.body("order_rejected", by_card, Utc::now(), &refused)
    }

    /// Returns the body by which Kiwify tells that the sale was paid.
    pub fn approved(&self) -> String {
        let paid = json!({
            "approved_date": on_brazils_clock(Utc::now(), "%Y-%m-%d %H:%M"),
        });
        self.body("order_approved", ("paid", "pix"), Utc::now(), &paid)
    }

    /// Returns the body by which Kiwify tells that the money was given back.
    pub fn refunded(&self) -> String {
        let back = json!({"refunded_at": on_brazils_clock(Utc::now(), "%Y-%m-%d %H:%M")});
        self.body("order_refunded", ("refunded", "pix"), Utc::now(), &back)
    }

    /// Returns the body by which Kiwify tells that the buyer had the card's bank take the money back.
    pub fn charged_back(&self) -> String {
        let by_card = ("chargedback", "credit_card");
        self.body(
            "chargeback",
            by_card,
            Utc::now(),
            &json!({"installments": 3}),
        )
    }

    /// Returns the body by which Kiwify tells that the buyer left without an order.
    pub fn cart(&self) -> String {
        let id: String = self.order.chars().rev().filter(|c| *c != '-').collect();
        let cart = json!({
            "id": format!("carrinho{}", id.chars().take(10).collect::<String>()),
            "status": "abandoned",
            "checkout_link": "dnPQDrg",
            "country": "br",
            "name": self.buyer,
            "email": self.email,
            "phone": self.phone,
            "product_id": "a3f05283-3298-4ccd-961d-fdf97f47ef14",
            "product_name": self.product,
            "subscription_plan": null,
            "created_at": self.made_at.to_rfc3339_opts(SecondsFormat::Millis, true),
        });
        cart.to_string()
    }

    /// Returns the last day on which the boleto can be paid.
    pub fn boleto_due_on(&self) -> NaiveDate {
        self.made_at.date_naive() + Days::new(3)
    }

    fn body(
        &self,
        event: &str,
        (status, method): (&str, &str),
        updated: DateTime<Utc>,
        more: &Value,
    ) -> String {
        let mut body = json!({
            "order_id": self.order,
            "order_ref": "AJuKvWn",
            "order_status": status,
            "product_type": "membership",
            "payment_method": method,
            "created_at": on_brazils_clock(self.made_at, "%Y-%m-%d %H:%M"),
            "updated_at": on_brazils_clock(updated, "%Y-%m-%d %H:%M"),
            "webhook_event_type": event,
            "Product": {"product_id": "a3f05283-3298-4ccd-961d-fdf97f47ef14", "product_name": self.product},
            "Customer": {
                "full_name": self.buyer, "email": self.email, "mobile": self.phone, "CPF": self.document,
            },
            "Commissions": {
                "charge_amount": self.centavos,
                "product_base_price": self.centavos,
                "product_base_price_currency": "BRL",
                "currency": "BRL",
            },
            "checkout_link": "dnPQDrg",
        });
        if let (Some(body), Some(more)) = (body.as_object_mut(), more.as_object()) {
            body.extend(more.clone());
        }
        body.to_string()
    }
}

/// A surname of its own, so that no two buyers are taken for one and a name on screen has no figures in it.
fn in_words(number: u32) -> String {
    const WORDS: [&str; 10] = [
        "Alves", "Barros", "Castro", "Dias", "Esteves", "Farias", "Gomes", "Horta", "Inhaia",
        "Jardim",
    ];
    number
        .to_string()
        .chars()
        .filter_map(|digit| WORDS.get(digit.to_digit(10)? as usize).copied())
        .collect::<Vec<_>>()
        .join(" ")
}

fn on_brazils_clock(at: DateTime<Utc>, form: &str) -> String {
    let brazil = FixedOffset::west_opt(3 * 3600).expect("three hours are less than a day");
    at.with_timezone(&brazil).format(form).to_string()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_number_is_another_buyer() {
        let (one, two) = (Sale::new(12), Sale::new(21));
        assert_eq!(one.buyer, "Mariana Duarte Barros Castro");
        assert_ne!(one.buyer, two.buyer);
        assert_ne!(one.phone, two.phone);
        assert_ne!(one.pix_code(), two.pix_code());
        let body: Value = serde_json::from_str(&one.pix_created()).unwrap();
        assert_eq!(body["pix_code"], one.pix_code());
        assert_eq!(one.boleto_line().len(), 47);
        assert_ne!(one.boleto_line(), two.boleto_line());
        assert_ne!(one.cart(), two.cart());
    }
}
