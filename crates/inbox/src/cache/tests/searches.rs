use contract::{Customer, Filter, StageGroup};
use proptest::prelude::*;

use super::super::Swept;
use super::*;

fn world() -> World {
    let mut feed = Feed::default();
    feed.at(1)
        .sale(conversation(1), "KW-77aa", Stage::CartAbandoned, |event| {
            event.customer = Customer {
                name: Some("Conceição Guimarães".to_owned()),
                email: Some("ceica.g@example.com".to_owned()),
                phone: Some("+5547999990123".to_owned()),
                phone_typed: None,
                document: Some("52998224725".to_owned()),
            };
            event.items[0].name = "Promoção de Verão".to_owned();
        });
    feed.at(2)
        .sale(conversation(2), "1043", Stage::PurchaseApproved, |event| {
            event.customer.name = Some("Ana Guimarães".to_owned());
        });
    feed.at(3).note(conversation(1), &member(1), "mais recente");
    World::of(&feed, 5)
}

fn found(world: &World, typed: &str) -> Vec<ConversationId> {
    found_among(world, typed, Filter::default())
}

fn found_among(world: &World, typed: &str, filter: Filter) -> Vec<ConversationId> {
    let asked = SearchAsked {
        filter,
        ..asked(typed, 50)
    };
    let found = world.cache.views().search(&asked, &nobody());
    found
        .expect("typed text never fails")
        .rows
        .iter()
        .map(|row| row.id)
        .collect()
}

#[test]
fn what_meets_a_filter_is_found_behind_any_number_that_do_not() {
    let mut feed = Feed::default();
    feed.at(1)
        .sale(conversation(1), "old", Stage::PixGenerated, |event| {
            event.customer.name = Some("Joana Prado".to_owned());
        });
    for number in 2..=500 {
        let key = format!("new-{number}");
        feed.at(2).sale(
            conversation(number),
            &key,
            Stage::PurchaseApproved,
            |event| {
                event.customer.name = Some("Joana Reis".to_owned());
            },
        );
    }
    let world = World::of(&feed, 5);
    let waiting = Filter {
        stages: vec![StageGroup::Pix],
        ..Filter::default()
    };
    assert_eq!(found(&world, "joana").len(), 50);
    assert_eq!(
        found_among(&world, "joana", waiting.clone()),
        [conversation(1)]
    );
    assert_eq!(found_among(&world, "reis", waiting), []);
}

#[test]
fn people_orders_and_products_are_found_as_people_type_them() {
    let world = world();
    let (one, two) = (conversation(1), conversation(2));
    let cases: &[(&str, &[ConversationId])] = &[
        ("conceicao", &[one]),
        ("CONCEIÇÃO", &[one]),
        ("guimaraes", &[one, two]),
        ("gui", &[one, two]),
        ("ana gui", &[two]),
        ("gui ana", &[two]),
        ("promocao", &[one]),
        ("ceica.g@example.com", &[one]),
        ("ceica.g@ex", &[one]),
        ("+55 47 99999-0123", &[one]),
        ("47999990123", &[one]),
        ("(47) 9999-0123", &[one]),
        ("4799990123", &[one]),
        ("99999-0123", &[one]),
        ("99990123", &[one]),
        ("0123", &[one]),
        ("047 99999-0123", &[one]),
        ("529.982.247-25", &[one]),
        ("52998224725", &[one]),
        ("KW-77AA", &[one]),
        ("77a", &[one]),
        ("#1043", &[two]),
        ("1043", &[two]),
        ("violao", &[two]),
        ("a", &[]),
        ("g", &[one]),
        // A word just begun narrows nothing; between others a letter is a word.
        ("ana g", &[two]),
        ("guimaraes a", &[one, two]),
        ("kw-77aa x", &[one]),
        ("ana g guimaraes", &[]),
        ("nada g", &[]),
        ("nada", &[]),
        ("", &[]),
        ("   ", &[]),
        ("\"", &[]),
        ("-", &[]),
    ];
    for (typed, expected) in cases {
        assert_eq!(found(&world, typed), *expected, "{typed}");
    }
    assert_eq!(
        world
            .cache
            .views()
            .search(&asked("gui", 1), &nobody())
            .expect("hits")
            .rows
            .len(),
        1
    );
    assert_eq!(
        world
            .cache
            .views()
            .search(&asked("x", 9), &nobody())
            .expect("hits")
            .searched,
        2
    );
}

/// Ways in which people look for a person or an order they have before them, each of which has to find it.
#[test]
fn every_identifier_is_found_however_it_is_typed() {
    let line = |number: u64| {
        format!(
            "3419179001010435100479102015000829107002{:07}",
            6_000_000 + number * 7_919
        )
    };
    let code = |number: u64| {
        format!(
            "00020101021226900014br.gov.bcb.pix62070503***6304{:04X}",
            40_000 + number * 577
        )
    };
    let mut feed = Feed::default();
    for number in 0..20_u64 {
        let stage = if number % 2 == 0 {
            Stage::PixGenerated
        } else {
            Stage::BoletoGenerated
        };
        feed.sale(
            conversation(number),
            &format!("KW{:08}", 31_000_000 + number * 1_234_577),
            stage,
            |event| {
                event.customer = feed::person(number);
                event.order_number = Some(format!("#{}", 4_100 + number));
                event.customer.document =
                    Some(format!("{:011}", 52_998_224_725_u64 + number * 97_003));
                event.payment.pix = (stage == Stage::PixGenerated).then(|| contract::Pix {
                    code: Some(code(number)),
                    expires_at: None,
                });
                event.payment.boleto =
                    (stage == Stage::BoletoGenerated).then(|| contract::Boleto {
                        line: Some(line(number)),
                        ..contract::Boleto::default()
                    });
            },
        );
        feed.note(
            conversation(number),
            &member(1),
            &format!("combinou retorno protocolo{number}"),
        );
        feed.label(
            conversation(number),
            &member(1),
            &[&format!("Etiqueta {number}")],
            &[],
        );
    }
    let world = World::of(&feed, 1);
    let mut queries: Vec<(u64, String)> = Vec::new();
    for number in 0..20_u64 {
        let person = feed::person(number);
        let phone = person.phone.expect("a phone");
        let national = phone.trim_start_matches("+55").to_owned();
        let (area, local) = national.split_at(2);
        let old = format!("{area}{}", local.trim_start_matches('9'));
        let document = format!("{:011}", 52_998_224_725_u64 + number * 97_003);
        let reference = format!("KW{:08}", 31_000_000 + number * 1_234_577);
        let end = |text: &str, length: usize| text[text.len() - length..].to_owned();
        let charge = if number % 2 == 0 {
            code(number)
        } else {
            line(number)
        };
        queries.extend(
            [
                phone.clone(),
                format!("({area}) {}-{}", &local[..5], &local[5..]),
                old,
                local.to_owned(),
                person.email.expect("an e-mail"),
                document.clone(),
                format!(
                    "{}.{}.{}-{}",
                    &document[..3],
                    &document[3..6],
                    &document[6..9],
                    &document[9..]
                ),
                format!("#{}", 4_100 + number),
                format!("{}", 4_100 + number),
                reference.clone(),
                end(&reference, 6),
                end(&charge, 6),
                end(&charge, 4).to_lowercase(),
                format!("protocolo{number}"),
                format!("etiqueta {number}"),
            ]
            .map(|typed| (number, typed)),
        );
    }
    assert!(queries.len() >= 200);
    for (number, typed) in queries {
        let hits = found(&world, &typed);
        assert!(hits.contains(&conversation(number)), "{typed} of {number}");
    }
}

#[test]
fn common_words_find_the_newest() {
    let mut feed = Feed::default();
    for number in 0..260 {
        let minutes = i64::try_from(number).expect("small");
        feed.at(minutes).sale(
            conversation(number),
            &number.to_string(),
            Stage::CartAbandoned,
            |event| {
                event.customer.name = Some("Maria do Teste".to_owned());
            },
        );
    }
    let world = World::of(&feed, 300);
    let newest: Vec<_> = (250..260).rev().map(conversation).collect();
    for typed in ["maria", "mari", "ma", "maria teste", "do"] {
        let found = found(&world, typed);
        assert_eq!(found.get(..10), Some(newest.as_slice()), "{typed}");
        assert_eq!(found.len(), 50, "{typed}");
    }
}

#[test]
fn the_index_follows_what_changes() {
    let mut feed = Feed::default();
    feed.sale(conversation(1), "1", Stage::CartAbandoned, |event| {
        event.customer.name = Some("Rita".to_owned());
    });
    feed.sale(conversation(2), "2", Stage::CartAbandoned, |event| {
        event.customer.name = Some("Beto".to_owned());
    });
    let mut world = World::of(&feed, 0);
    feed.at(1)
        .sale(conversation(1), "1", Stage::PixGenerated, |event| {
            event.customer.name = Some("Marta".to_owned());
        });
    feed.merge(conversation(1), conversation(2));
    world.follow(&feed);
    for (typed, hits) in [("rita", 0), ("marta", 1), ("beto", 0), ("kiwify", 1)] {
        // The newest name counts for each order; both orders are now one person's.
        let expected = if typed == "beto" { 1 } else { hits };
        assert_eq!(found(&world, typed).len(), expected, "{typed}");
    }
    assert_eq!(found(&world, "beto"), [conversation(1)]);
}

#[test]
fn history_is_indexed_later_and_completely() {
    let feed = feed::trade(600, 5);
    let mut world = World::new();
    world
        .cache
        .begin(&feed.page(1, feed.head()))
        .expect("a page");
    assert_eq!(found(&world, "pessoa1"), []);
    assert!(world.cache.settle(10).expect("settles").more);
    world.index();
    assert_eq!(world.cache.settle(10).expect("settles"), Swept::default());
    assert!(!found(&world, "pessoa1").is_empty());
    world.cache.tend().expect("leisure");
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(400))]

    #[test]
    fn nothing_typed_is_a_syntax_error(typed in prop_oneof![
        any::<String>(),
        "[a-z\"'*^(){}:+ -]{0,20}",
        "(AND|OR|NOT|NEAR|words|text|[\"*():]| |[0-9]){0,8}",
    ]) {
        thread_local! { static WORLD: World = world(); }
        WORLD.with(|world| found(world, &typed));
    }
}
