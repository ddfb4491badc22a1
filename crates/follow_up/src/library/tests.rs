use std::collections::BTreeSet;

use chrono::{DateTime, TimeDelta, Utc};
use contract::{Customer, Event, Order, Payment, Stage, StageGroup};
use proptest::prelude::*;

use super::{Library, TemplateChip, Uses};
use crate::fill::{Answers, Fill};
use crate::template::TemplateError;
use crate::values::tests::{boleto_line, event, item, now, pix_code, sources};
use crate::values::{Reason, Sources};
use crate::words::Locale;

mod answers;
mod holes;

fn keys(event: &Event, now: DateTime<Utc>) -> Vec<String> {
    let order = Order::of([event]);
    let library = Library::built_in();
    library
        .ranked(&order, now, Locale::PtBr, &Uses::new())
        .into_iter()
        .map(|template| template.key.clone())
        .collect()
}

#[test]
fn the_first_keys_of_each_stage() {
    for (stage, first) in [
        (Stage::CartAbandoned, "cart.first"),
        (Stage::CheckoutStarted, "cart.first"),
        (Stage::PixGenerated, "pix.code"),
        (Stage::BoletoGenerated, "boleto.line"),
        (Stage::PaymentRefused, "refused.first"),
        (Stage::PaymentExpired, "expired.first"),
        (Stage::InAnalysis, "analysis.first"),
        (Stage::PaymentOverdue, "overdue.first"),
        (Stage::PurchaseApproved, "approved.thanks"),
        (Stage::RefundRequested, "refund.listen"),
        (Stage::Chargeback, "chargeback.first"),
    ] {
        assert_eq!(
            keys(&event(stage), now()).first().map(String::as_str),
            Some(first),
            "{stage:?}"
        );
    }
    for stage in Stage::ALL {
        assert!(
            (3..=9).contains(&keys(&event(*stage), now()).len()),
            "{stage:?}"
        );
    }
    assert!(
        Library::built_in()
            .ranked(&Order::default(), now(), Locale::En, &Uses::new())
            .is_empty()
    );
}

#[test]
fn the_end_of_a_code_changes_what_is_offered() {
    let pix = event(Stage::PixGenerated);
    let minutes = |minutes| now() + TimeDelta::minutes(minutes);
    for (now, first) in [
        (minutes(59), "pix.code"),
        (minutes(60), "pix.ending"),
        (minutes(79), "pix.ending"),
        (minutes(80), "pix.over"),
    ] {
        assert_eq!(keys(&pix, now)[0], first, "{now}");
    }
    assert!(keys(&pix, minutes(80)).contains(&"expired.link".to_owned()));
    let boleto = event(Stage::BoletoGenerated);
    let days = |days| now() + TimeDelta::days(days);
    for (now, first) in [
        (days(3), "boleto.line"),
        (days(4), "boleto.ending"),
        (days(5), "boleto.over"),
    ] {
        assert_eq!(keys(&boleto, now)[0], first, "{now}");
    }
}

fn fill(key: &str, event: &Event, change: impl FnOnce(&mut Sources<'_>)) -> Fill {
    let (order, customer) = (Order::of([event]), Customer::default());
    let mut sources = sources(&order, &customer);
    change(&mut sources);
    Library::built_in()
        .fill(key, &sources, &Answers::new())
        .expect("built in")
}

#[test]
fn a_code_stands_verbatim_on_its_own_line() {
    for (key, stage, code) in [
        ("pix.code", Stage::PixGenerated, pix_code()),
        ("pix.steps", Stage::PixGenerated, pix_code()),
        (
            "boleto.line",
            Stage::BoletoGenerated,
            boleto_line("2026-11-25"),
        ),
    ] {
        let Fill::Filled {
            text,
            marks,
            subject,
        } = fill(key, &event(stage), |_| {})
        else {
            panic!("{key} is blocked")
        };
        assert!(text.lines().any(|line| line == code), "{text}");
        assert!(!subject.is_empty());
        assert!(marks.iter().any(|mark| mark.end - mark.start == code.len()));
    }
    insta::assert_json_snapshot!(fill("pix.code", &event(Stage::PixGenerated), |_| {}));
}

#[test]
fn a_blocked_template_names_what_is_missing_and_what_would_do() {
    let late = fill("pix.code", &event(Stage::PixGenerated), |sources| {
        sources.now += TimeDelta::hours(3);
    });
    insta::assert_json_snapshot!(late);
    let nobody = fill("pix.short", &event(Stage::PixGenerated), |sources| {
        sources.agent = None;
    });
    let Fill::Blocked {
        missing, instead, ..
    } = nobody
    else {
        panic!("no agent")
    };
    assert_eq!(missing[0].reason, Reason::NotTold);
    assert_eq!(instead.as_deref(), Some("pix.help"));
}

#[test]
fn a_paid_sale_is_not_chased() {
    for template in crate::built_in::templates() {
        let filled = fill(&template.key, &event(Stage::PurchaseApproved), |sources| {
            sources.locale = template.locale;
        });
        match filled {
            Fill::Filled { .. } => assert!(!template.asks_for_payment(), "{}", template.key),
            Fill::Blocked {
                missing, instead, ..
            } => {
                assert!(template.asks_for_payment(), "{}", template.key);
                assert_eq!(missing[0].reason, Reason::Paid);
                assert_eq!(instead.as_deref(), Some("approved.thanks"));
            }
        }
    }
}

#[test]
fn a_template_of_ones_own_takes_the_place_of_a_built_in() {
    let mut library = Library::built_in();
    let mut own = library
        .get("pix.code", Locale::PtBr)
        .expect("built in")
        .clone();
    own.text = "Oi\n{{ nome }}".to_owned();
    let refused = library.put(own.clone());
    assert!(matches!(
        refused,
        Err(TemplateError::UnknownVariable { line: 2, .. })
    ));
    own.text = "Oi, {{ customer.first_name }}".to_owned();
    library.put(own.clone()).expect("sound");
    assert_eq!(library.get("pix.code", Locale::PtBr), Some(&own));
    assert_eq!(library.templates.len(), Library::built_in().templates.len());
    own.key = "pix.own".to_owned();
    own.place = 10_000;
    library.put(own).expect("sound");
    let order = Order::of([&event(Stage::PixGenerated)]);
    let (customer, last) = (Customer::default(), "pix.own");
    let chips = library.chips(&sources(&order, &customer), &Uses::new());
    let keyed: Vec<_> = chips.iter().filter(|chip| chip.key.is_some()).collect();
    assert_eq!(
        keyed.iter().filter_map(|chip| chip.key).collect::<Vec<_>>(),
        (1..=keyed.len() as u8).collect::<Vec<_>>()
    );
    assert_eq!(
        keyed.last().map(|chip| chip.template_key.as_str()),
        Some(last)
    );
    // What lies under no key is there as well, each once, what is for the stage first.
    let all: BTreeSet<&str> = chips
        .iter()
        .map(|chip| chip.template_key.as_str())
        .collect();
    let of_language = library
        .all()
        .iter()
        .filter(|one| one.locale == Locale::PtBr);
    assert_eq!((all.len(), all.len()), (chips.len(), of_language.count()));
    let for_pix = |chip: &TemplateChip| {
        let found = library.get(&chip.template_key, Locale::PtBr);
        found.is_some_and(|one| one.stages.contains(&StageGroup::Pix))
    };
    assert!(
        chips
            .iter()
            .map(for_pix)
            .is_sorted_by(|one, other| one >= other)
    );
}

#[test]
fn chips_say_what_is_missing() {
    let mut event = event(Stage::PixGenerated);
    event.customer.name = None;
    event.payment = Payment::default();
    let (order, customer) = (Order::of([&event]), Customer::default());
    insta::assert_json_snapshot!(
        Library::built_in().chips(&sources(&order, &customer), &Uses::new())
    );
}

/// Texts as platforms send them, good and bad.
fn told(good: &'static str) -> impl Strategy<Value = Option<String>> {
    let bad = [
        "",
        "   ",
        "null",
        "undefined",
        "None",
        "{{ amount }}",
        "-",
        "\u{200b}",
        "  a  b ",
        "x\ny",
        "{% if %}",
    ];
    prop_oneof![
        3 => Just(Some(good.to_owned())),
        2 => prop::sample::select(bad.to_vec()).prop_map(|text| Some(text.to_owned())),
        1 => Just(None),
        1 => "[a-zA-Zçã]{1,12}( [a-zA-Z]{1,12}){0,2}".prop_map(Some),
    ]
}

prop_compose! {
    fn any_event()(
        stage in prop::sample::select(Stage::ALL),
        name in told("Ana Lima"),
        product in told("Curso de Costura"),
        amount in prop::option::of(prop_oneof![1 => -100_i64..=0, 4 => 1_i64..1_000_000]),
        code in told("000201"),
        good_code in any::<bool>(),
        line in told("34191"),
        good_line in any::<bool>(),
        expires in prop::option::of(-100_i64..3_000),
        links in [told("https://pay.example.com/c"), told("https://loja.example.com/o"), told("https://loja.example.com/b.pdf")],
        plain in prop::bool::weighted(0.2),
        coupon in told("VOLTA10"),
    ) -> Event {
        let mut event = event(stage);
        event.customer.name = name;
        event.items = product.map(|name| item(&name)).into_iter().collect();
        event.amount_minor = amount;
        let expires_at = expires.map(|minutes| now() + TimeDelta::minutes(minutes));
        let pix = event.payment.pix.get_or_insert_default();
        pix.expires_at = expires_at;
        if !good_code { pix.code = code; }
        let boleto = event.payment.boleto.get_or_insert_default();
        boleto.due_on = expires_at.map(|at| at.date_naive());
        if !good_line { boleto.line = line; }
        let [checkout, order, page] = links;
        boleto.url = page.map(|page| if plain { page.replace("https", "http") } else { page });
        event.checkout_url = checkout;
        event.order_url = order;
        event.coupon = coupon;
        event
    }
}

proptest! {
    #[test]
    fn chips_agree_with_fills(event in any_event()) {
        let (order, customer) = (Order::of([&event]), Customer::default());
        let sources = sources(&order, &customer);
        let library = Library::built_in();
        for chip in library.chips(&sources, &Uses::new()) {
            let fills = matches!(library.fill(&chip.template_key, &sources, &Answers::new()), Some(Fill::Filled { .. }));
            prop_assert_eq!(chip.fills, fills);
            prop_assert_eq!(chip.fills, chip.missing.is_empty());
        }
        let group = order.stage().map(contract::Stage::group);
        prop_assert!(group.is_some_and(|group| StageGroup::ALL.contains(&group)));
    }
}

#[test]
fn ones_own_use_orders_what_stage_and_moment_leave_equal() {
    let library = Library::built_in();
    let order = Order::of([&event(Stage::PixGenerated)]);
    let ranked = |uses: &[(&str, u64)], now| {
        let uses: Uses = uses
            .iter()
            .map(|(key, count)| ((*key).to_owned(), *count))
            .collect();
        let ranked = library.ranked(&order, now, Locale::PtBr, &uses);
        ranked
            .into_iter()
            .map(|template| template.key.clone())
            .collect::<Vec<_>>()
    };
    let plain = ranked(&[], now());
    assert_eq!(
        ranked(&[("cart.first", 9)], now()),
        plain,
        "of another stage"
    );
    let used = ranked(&[("pix.short", 3), ("pix.help", 7)], now());
    assert_eq!(&used[..2], ["pix.help", "pix.short"]);
    let rest = |keys: &[String]| {
        let used = ["pix.help", "pix.short"];
        let rest = keys.iter().filter(|key| !used.contains(&key.as_str()));
        rest.cloned().collect::<Vec<_>>()
    };
    assert_eq!(rest(&used), rest(&plain), "the others keep their order");
    let ending = ranked(&[("pix.help", 7)], now() + TimeDelta::minutes(60));
    assert_eq!(ending[0], "pix.ending", "the moment comes before the use");
}

#[test]
fn a_template_of_another_platform_is_not_offered() {
    let mut library = Library::built_in();
    let mut own = library
        .get("pix.code", Locale::PtBr)
        .expect("built in")
        .clone();
    own.key = "pix.own".to_owned();
    own.place = -1;
    let event = event(Stage::PixGenerated);
    let order = Order::of([&event]);
    for (platforms, offered) in [
        (vec![], true),
        (vec![event.provider.clone()], true),
        (vec!["elsewhere".to_owned()], false),
        (vec!["elsewhere".to_owned(), event.provider.clone()], true),
    ] {
        own.platforms = platforms;
        library.put(own.clone()).expect("sound");
        let ranked = library.ranked(&order, now(), Locale::PtBr, &Uses::new());
        assert_eq!(ranked[0].key == "pix.own", offered, "{:?}", own.platforms);
    }
    assert!(library.take("pix.own", Locale::PtBr).is_some());
    assert!(library.take("pix.own", Locale::PtBr).is_none());
}
