//! Labels, the team and its templates, and a timeline narrowed.

use contract::{IntegrationId, Role};

use super::desk::shown;
use super::*;
use crate::asking::TimelineAsked;
use crate::view::{Happening, SourceStanding, TimelineOnly};

#[test]
fn labels_are_one_whatever_their_case_and_follow_merges() {
    let mut feed = Feed::default();
    for number in [1, 2] {
        feed.sale(
            conversation(number),
            &number.to_string(),
            Stage::CartAbandoned,
            |_| (),
        );
    }
    let ana = member(0);
    feed.label(conversation(1), &ana, &["VIP", "Atacado"], &[]);
    feed.label(conversation(2), &ana, &["vip", "troca"], &[]);
    feed.label(conversation(1), &ana, &[], &["atacado"]);
    let mut world = World::of(&feed, 0);
    let labels = |world: &World, number: u64| shown(world, number, &nobody()).labels;
    assert_eq!(labels(&world, 1), ["VIP"]);
    assert_eq!(labels(&world, 2), ["troca", "VIP"]);
    feed.label(conversation(2), &ana, &[], &["Vip"]);
    feed.merge(conversation(1), conversation(2));
    world.follow(&feed);
    assert_eq!(
        labels(&world, 1),
        ["troca"],
        "the newest told of any of them"
    );
    let values = world.cache.views().filter_values().expect("values");
    assert_eq!(values.labels, ["troca"]);
    feed.unmerge(conversation(1), conversation(2), &ana);
    world.follow(&feed);
    assert_eq!(
        (labels(&world, 1), labels(&world, 2)),
        (vec!["VIP".to_owned()], vec!["troca".to_owned()])
    );
}

#[test]
fn the_team_and_its_templates_are_those_of_the_newest_entries() {
    let mut feed = Feed::default();
    feed.join(&member(1), Role::Lead);
    feed.join(&member(2), Role::Agent);
    feed.leave(&member(2));
    feed.save_template("oi", "Oi!").save_template("oi", "Olá!");
    feed.save_template("tchau", "Tchau!")
        .remove_template("tchau");
    let world = World::of(&feed, 0);
    let views = world.cache.views();
    let members = views.members(member(0).id).expect("members");
    let named: Vec<_> = members
        .iter()
        .map(|one| (one.name.as_str(), one.role))
        .collect();
    assert_eq!(named, [("Bia", Role::Lead)]);
    let templates = views.templates().expect("templates");
    assert_eq!(templates.len(), 1);
    assert!(
        templates[0].key == "oi" && templates[0].body.contains("Olá!"),
        "{templates:?}"
    );
    assert_eq!(
        (templates[0].locale.as_str(), templates[0].by.as_ref()),
        ("pt-BR", Some(&member(1)))
    );
}

#[test]
fn a_source_is_called_as_the_team_calls_it_and_a_stopped_one_is_told() {
    let mut feed = Feed::default();
    let (own, other) = (IntegrationId::from_u128(1), IntegrationId::from_u128(2));
    feed.sale(conversation(1), "1", Stage::PixGenerated, |_| ());
    feed.sale(conversation(1), "2", Stage::CartAbandoned, |event| {
        event.integration_id = other;
    });
    let mut world = World::of(&feed, 0);
    let names = |world: &World| -> Vec<(String, SourceStanding)> {
        let values = world.cache.views().filter_values().expect("values");
        let sources = values.sources.into_iter();
        sources.map(|one| (one.name, one.standing)).collect()
    };
    let card = |world: &World, key: &str| {
        let orders = shown(world, 1, &nobody()).orders;
        let card = orders.into_iter().find(|card| card.order_key == key);
        card.map(|card| (card.source_name, card.source_standing))
            .expect("the card")
    };
    let active = SourceStanding::Active;
    assert_eq!(
        names(&world),
        [
            ("Kiwify".to_owned(), active),
            ("Kiwify 2".to_owned(), active)
        ]
    );
    assert_eq!(card(&world, "kiwify:1"), (None, active));
    feed.save_source(own, "Kiwify", true)
        .save_source(other, "Cursos", true)
        .save_source(other, "Cursos da Ana", false);
    world.follow(&feed);
    let paused = ("Cursos da Ana".to_owned(), SourceStanding::Paused);
    assert_eq!(names(&world), [("Kiwify".to_owned(), active), paused]);
    assert_eq!(
        card(&world, "kiwify:1"),
        (None, active),
        "the platform says it"
    );
    let told = Some("Cursos da Ana".to_owned());
    assert_eq!(
        card(&world, "kiwify:2"),
        (told.clone(), SourceStanding::Paused)
    );
    feed.remove_source(other);
    world.follow(&feed);
    assert_eq!(card(&world, "kiwify:2"), (told, SourceStanding::Removed));
}

#[test]
fn a_timeline_narrows_to_a_kind_and_reaches_a_moment() {
    let mut feed = Feed::default();
    feed.sale(conversation(1), "1", Stage::CartAbandoned, |_| ());
    let ana = member(0);
    for number in 0..120 {
        feed.at(number)
            .note(conversation(1), &ana, &format!("nota {number}"));
        feed.receive(conversation(1), &ana, "oi");
        feed.label(conversation(1), &ana, &["VIP"], &[]);
    }
    let world = World::of(&feed, 200);
    let asked = |only, at| TimelineAsked {
        id: conversation(1),
        before: None,
        at,
        only,
    };
    let read = |asked: &TimelineAsked| {
        let views = world.cache.views();
        views.timeline(asked, &nobody()).expect("a page")
    };
    let mut notes = Vec::new();
    let mut next = asked(Some(TimelineOnly::Notes), None);
    loop {
        let page = read(&next);
        notes = [page.items, notes].concat();
        next.before = page.older;
        if next.before.is_none() {
            break;
        }
    }
    assert_eq!(notes.len(), 120);
    assert!(
        notes
            .iter()
            .all(|item| matches!(item.what, Happening::Note { .. }))
    );
    for (only, count) in [
        (TimelineOnly::Purchases, 1),
        (TimelineOnly::Messages, 50),
        (TimelineOnly::Handling, 50),
    ] {
        assert_eq!(
            read(&asked(Some(only), None)).items.len(),
            count,
            "{only:?}"
        );
    }
    let then = read(&asked(None, Some(minute(60))));
    assert_eq!(then.items.last().map(|item| item.at), Some(minute(60)));
    assert_eq!((then.items.len(), then.older.is_some()), (50, true));
}

#[test]
fn templates_are_tried_on_the_newest_orders_of_their_platforms() {
    let mut feed = Feed::default();
    for number in 0..30 {
        let (id, key) = (conversation(number), number.to_string());
        feed.sale(id, &key, Stage::PixGenerated, |event| {
            event.provider = if number == 0 { "hotmart" } else { "kiwify" }.to_owned();
        });
    }
    let world = World::of(&feed, 0);
    let of = |platforms: &[&str]| {
        let platforms: Vec<String> = platforms.iter().map(ToString::to_string).collect();
        let found = world.cache.views().recent_orders(&[], &platforms, 20);
        found.expect("orders").len()
    };
    assert_eq!((of(&[]), of(&["kiwify"]), of(&["hotmart"])), (20, 20, 1));
    assert_eq!((of(&["hotmart", "kiwify"]), of(&["shopify"])), (20, 0));
    let found = world
        .cache
        .views()
        .recent_orders(&[], &["hotmart".to_owned()], 20);
    assert_eq!(found.expect("orders")[0].0, conversation(0));
}
