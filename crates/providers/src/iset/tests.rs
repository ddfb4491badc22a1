use contract::Stage;
use serde_json::json;

use super::words::{Meaning, meaning};
use crate::Settings;

#[test]
fn reads_status_words_and_guesses_none_paid() {
    let settings = Settings::default();
    for (word, expected) in [
        ("Chargeback", Some(Meaning::Stage(Stage::Chargeback))),
        (
            "Pagamento contestado",
            Some(Meaning::Stage(Stage::Chargeback)),
        ),
        ("ESTORNADO", Some(Meaning::Stage(Stage::Refunded))),
        ("Pago e devolvido", Some(Meaning::Stage(Stage::Refunded))),
        ("Cancelado", Some(Meaning::Stage(Stage::Cancelled))),
        (
            "Pagamento não autorizado",
            Some(Meaning::Stage(Stage::PaymentRefused)),
        ),
        ("Não aprovado", Some(Meaning::Stage(Stage::PaymentRefused))),
        (
            "Reprovado pela análise",
            Some(Meaning::Stage(Stage::PaymentRefused)),
        ),
        (
            "Boleto vencido",
            Some(Meaning::Stage(Stage::PaymentExpired)),
        ),
        ("Em análise", Some(Meaning::Stage(Stage::InAnalysis))),
        ("Não pago", Some(Meaning::Waiting)),
        ("nao-pago", Some(Meaning::Waiting)),
        ("Aguardando aprovação", Some(Meaning::Waiting)),
        ("Pago na entrega", Some(Meaning::Waiting)),
        ("Em aberto", Some(Meaning::Waiting)),
        ("Pedido iniciado", Some(Meaning::Begun)),
        ("Pago", Some(Meaning::Stage(Stage::PurchaseApproved))),
        (
            "Pagamento confirmado",
            Some(Meaning::Stage(Stage::PurchaseApproved)),
        ),
        ("aprovada", Some(Meaning::Stage(Stage::PurchaseApproved))),
        ("Em separação", Some(Meaning::Shipped)),
        ("Faturado", Some(Meaning::Shipped)),
        ("Em transporte", Some(Meaning::Shipped)),
        ("Pagamento não confirmado", None),
        ("Ainda não foi pago", None),
        ("Impago", None),
        ("Pago parcialmente", None),
        ("N?o pago", None),
        ("Falta pago", None),
        (
            "Pedido pago e faturado",
            Some(Meaning::Stage(Stage::PurchaseApproved)),
        ),
        ("Pré-aprovado", None),
        ("Não entregue", None),
        ("3", None),
        ("Novo", None),
        ("", None),
    ] {
        assert_eq!(meaning(word, &settings), expected, "{word}");
    }
}

#[test]
fn takes_the_sellers_own_words_first() {
    let settings = Settings::new(json!({"statusWords": {
        "Em Separação": "purchase_approved",
        "pago": "in_analysis",
        "3": {"stage": "cancelled"},
        "Novo": "no_such_stage",
    }}));
    for (word, expected) in [
        (
            "em separacao",
            Some(Meaning::Stage(Stage::PurchaseApproved)),
        ),
        ("PAGO", Some(Meaning::Stage(Stage::InAnalysis))),
        ("3", Some(Meaning::Stage(Stage::Cancelled))),
        ("Novo", None),
        (
            "Pago no cartão",
            Some(Meaning::Stage(Stage::PurchaseApproved)),
        ),
    ] {
        assert_eq!(meaning(word, &settings), expected, "{word}");
    }
}

#[test]
fn counts_a_checkout_as_abandoned_after_an_hour_unless_told() {
    use crate::Provider;
    for (settings, minutes) in [
        (json!({}), 60),
        (json!({"abandonAfterMinutes": 15}), 15),
        (json!({"abandonAfterMinutes": "90"}), 90),
        (json!({"abandonAfterMinutes": 0}), 60),
        (json!({"abandonAfterMinutes": "soon"}), 60),
    ] {
        let after = super::Iset.abandons_after(&Settings::new(settings));
        assert_eq!(after.map(|after| after.num_minutes()), Some(minutes));
    }
}
