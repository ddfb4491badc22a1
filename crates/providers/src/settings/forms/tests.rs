use serde_json::{Value, json};

use super::{Form, problems};
use crate::provider;

fn found(slug: &str, settings: &Value) -> Vec<(String, &'static str)> {
    let found = problems(provider(slug).unwrap(), settings);
    found
        .into_iter()
        .map(|problem| (problem.path, problem.code))
        .collect()
}

#[test]
fn what_would_be_read_as_nothing_is_named() {
    for (slug, settings, path, code) in [
        (
            "iset",
            json!({"statusWords": "Separando=fulfilled"}),
            "statusWords",
            "bad_table",
        ),
        (
            "iset",
            json!({"statusWords": ["fulfilled"]}),
            "statusWords",
            "bad_table",
        ),
        (
            "iset",
            json!({"statusWords": {"Separando": "separado"}}),
            "statusWords.Separando",
            "unknown_stage",
        ),
        (
            "iset",
            json!({"statusWords": {"Separando": {"stage": 3}}}),
            "statusWords.Separando",
            "unknown_stage",
        ),
        (
            "iset",
            json!({"statusWords": {" ": "fulfilled"}}),
            "statusWords. ",
            "bad_word",
        ),
        ("yampi", json!({"stages": "x"}), "stages", "bad_table"),
        (
            "hotmart",
            json!({"checkoutUrls": "https://pay.example.com"}),
            "checkoutUrls",
            "bad_table",
        ),
        (
            "zedy",
            json!({"checkoutUrls": {"77": "http://pay.example.com"}}),
            "checkoutUrls.77",
            "bad_link",
        ),
        (
            "hotmart",
            json!({"checkoutUrl": "pay.example.com"}),
            "checkoutUrl",
            "bad_link",
        ),
        (
            "hotmart",
            json!({"checkoutUrl": 7}),
            "checkoutUrl",
            "bad_link",
        ),
        (
            "shopify",
            json!({"abandonAfterMinutes": "abc"}),
            "abandonAfterMinutes",
            "bad_number",
        ),
        (
            "shopify",
            json!({"abandonAfterMinutes": -5}),
            "abandonAfterMinutes",
            "bad_number",
        ),
        (
            "shopify",
            json!({"abandonAfterMinutes": 1.5}),
            "abandonAfterMinutes",
            "bad_number",
        ),
        (
            "kiwify",
            json!({"reconcileMinutes": true}),
            "reconcileMinutes",
            "bad_number",
        ),
        (
            "kiwify",
            json!({"currency": "reais"}),
            "currency",
            "bad_currency",
        ),
        (
            "shopify",
            json!({"shopDomain": {"is": "x"}}),
            "shopDomain",
            "wrong_type",
        ),
    ] {
        assert_eq!(
            found(slug, &settings),
            [(path.to_owned(), code)],
            "{slug} {settings}"
        );
    }
}

#[test]
fn what_is_read_passes() {
    for (slug, settings) in [
        (
            "iset",
            json!({"statusWords": {"Separando": "fulfilled", "Pago": {"stage": "purchase_approved"}}}),
        ),
        (
            "yampi",
            json!({"stages": {"em_producao": "payment_pending"}, "storeAlias": "loja"}),
        ),
        (
            "hotmart",
            json!({"checkoutUrls": {"77": "https://pay.example.com/a"}, "checkoutUrl": "https://pay.example.com"}),
        ),
        (
            "shopify",
            json!({"abandonAfterMinutes": 0, "reconcileMinutes": " 90 ", "shopDomain": "loja.myshopify.com"}),
        ),
        ("nuvemshop", json!({"storeId": 4_321_987})),
        ("kiwify", json!({"currency": "usd"})),
        // What is left blank is not set.
        (
            "iset",
            json!({"statusWords": null, "abandonAfterMinutes": " ", "checkoutUrl": ""}),
        ),
        // What nobody here reads is nobody's to judge.
        ("kiwify", json!({"note": {"of": ["the", "seller"]}})),
        ("custom", json!({"blueprint": {"stages": 7}})),
        ("kiwify", json!("no settings")),
    ] {
        assert_eq!(found(slug, &settings), [], "{slug} {settings}");
    }
}

#[test]
fn a_table_has_an_end() {
    let rows = |count: usize| {
        let rows = (0..count).map(|row| (format!("w{row}"), json!("fulfilled")));
        json!({"stages": rows.collect::<serde_json::Map<_, _>>()})
    };
    assert_eq!(found("yampi", &rows(500)), []);
    assert_eq!(
        found("yampi", &rows(501)),
        [("stages".to_owned(), "too_many")]
    );
}

/// What a platform lists and reads as a table or a number is entered as one.
#[test]
fn forms_have_the_names_that_settings_are_read_by() {
    for (name, form) in [
        ("statusWords", "stages"),
        ("stages", "stages"),
        ("checkoutUrls", "links"),
        ("checkoutUrl", "link"),
        ("abandonAfterMinutes", "number"),
        ("reconcileMinutes", "number"),
        ("currency", "currency"),
        ("shopDomain", "text"),
    ] {
        assert_eq!(Form::of(name).as_str(), form, "{name}");
    }
}
