use contract::{Channel, Customer, Utms};

use super::*;
use crate::view::{ConversationView, Happening};

fn view(world: &World, number: u64, minutes: i64, overlay: &Overlay) -> Option<ConversationView> {
    let views = world.cache.views();
    views
        .conversation(conversation(number), minute(minutes), overlay)
        .expect("a read")
}

#[test]
fn a_conversation_shows_the_person_the_orders_and_what_happened() {
    let mut feed = Feed::default();
    let rita = Customer {
        name: Some("Rita de Teste".to_owned()),
        email: Some("rita@example.com".to_owned()),
        phone: Some("+5547999990000".to_owned()),
        phone_typed: None,
        document: Some("52998224725".to_owned()),
    };
    feed.sale(conversation(1), "1", Stage::PurchaseApproved, |event| {
        event.customer = rita;
    });
    feed.at(10)
        .sale(conversation(1), "2", Stage::CartAbandoned, |event| {
            event.items[0].name = "Mentoria".to_owned();
            event.utms = Utms {
                source: Some("instagram".to_owned()),
                medium: Some("stories".to_owned()),
                ..Utms::default()
            };
        });
    feed.at(11).claim(conversation(1), &member(0));
    feed.at(12)
        .note(conversation(1), &member(1), "prefere áudio");
    feed.at(13).handed_over(conversation(1), &member(0));
    feed.at(14).release(conversation(1), &member(0));
    feed.at(15).merge(conversation(1), conversation(2));
    let world = World::of(&feed, 20);
    insta::assert_json_snapshot!(view(&world, 1, 20, &nobody()));
    assert_eq!(
        view(&world, 2, 20, &nobody()),
        view(&world, 1, 20, &nobody()),
        "a merged one leads to the other"
    );
    assert_eq!(view(&world, 3, 20, &nobody()), None);
    let full = world
        .cache
        .views()
        .person(conversation(2))
        .expect("a read")
        .expect("a person");
    assert_eq!(full.phone.as_deref(), Some("+5547999990000"));
    let order = world
        .cache
        .views()
        .order(conversation(1), "kiwify:1")
        .expect("a read")
        .expect("an order");
    assert!(order.0.was_paid());
    assert_eq!(
        world
            .cache
            .views()
            .order(conversation(3), "kiwify:1")
            .expect("a read"),
        None
    );
}

#[test]
fn the_order_to_act_on_comes_first() {
    let mut feed = Feed::default();
    feed.sale(conversation(1), "cart", Stage::CartAbandoned, |event| {
        event.items[0].name = "Um".to_owned();
    });
    feed.at(5)
        .sale(conversation(1), "sold", Stage::PurchaseApproved, |event| {
            event.items[0].name = "Dois".to_owned();
        });
    let world = World::of(&feed, 5);
    let keys = |minutes| -> Vec<String> {
        let shown = view(&world, 1, minutes, &nobody()).expect("a conversation");
        shown
            .orders
            .into_iter()
            .map(|order| order.order_key)
            .collect()
    };
    assert_eq!(keys(6), ["kiwify:cart", "kiwify:sold"]);
    assert_eq!(keys(25 * 60), ["kiwify:sold", "kiwify:cart"]);
}

#[test]
fn pending_actions_are_in_the_timeline_until_the_feed_shows_them() {
    let mut feed = Feed::default();
    feed.sale(conversation(1), "1", Stage::CartAbandoned, |_| ());
    let mut world = World::of(&feed, 0);
    let note = Action::Note {
        text: "ligar".to_owned(),
        mentions: Vec::new(),
    };
    let overlay = pending(conversation(1), note);
    let items = |world: &World, overlay: &Overlay| {
        view(world, 1, 1, overlay).expect("a conversation").timeline
    };
    let shown = items(&world, &overlay);
    assert_eq!(shown.len(), 2);
    assert!(matches!(
        &shown[1].what,
        Happening::Note {
            pending: true,
            by_me: true,
            ..
        }
    ));
    assert_eq!(
        items(&world, &pending(conversation(2), Action::Claim {})).len(),
        1
    );

    let body = contract::entry::Noted {
        command_id: overlay.pending[0].id,
        by: member(0),
        text: "ligar".to_owned(),
        mentions: Vec::new(),
    };
    feed.entry(Some(conversation(1)), contract::kind::NOTED, &body);
    assert_eq!(world.follow(&feed).confirmed, [overlay.pending[0].id]);
    let confirmed = items(&world, &overlay);
    assert_eq!(
        (confirmed.len(), &confirmed[1].id),
        (2, &shown[1].id),
        "shown once, under the same name"
    );
    assert!(matches!(
        &confirmed[1].what,
        Happening::Note { pending: false, .. }
    ));
    let handed = Action::HandOver {
        channel: Channel::Whatsapp,
        text: "Oi".to_owned(),
        template_key: None,
        order_key: None,
    };
    assert_eq!(
        items(&world, &pending(conversation(1), handed)).len(),
        2,
        "the same id is shown once"
    );
}

#[test]
fn the_timeline_pages_to_its_start_by_time() {
    let mut feed = Feed::default();
    feed.sale(conversation(1), "1", Stage::CartAbandoned, |_| ());
    for number in 0..120 {
        feed.at(number / 3)
            .note(conversation(1), &member(1), &number.to_string());
    }
    feed.at(50)
        .sale(conversation(1), "2", Stage::CartAbandoned, |event| {
            event.occurred_at = feed::start() - chrono::TimeDelta::days(1);
        });
    let world = World::of(&feed, 60);
    let newest = view(&world, 1, 60, &nobody()).expect("a conversation");
    assert_eq!(newest.timeline.len(), 50);
    let (mut items, mut older) = (newest.timeline, newest.older);
    while let Some(before) = older {
        let page = world
            .cache
            .views()
            .timeline_before(conversation(1), &before, &nobody())
            .expect("a page");
        items = [page.items, items].concat();
        older = page.older;
    }
    assert_eq!(items.len(), 122);
    assert!(items.is_sorted_by_key(|item| item.at));
    assert!(
        matches!(&items[0].what, Happening::Stage { order_key, .. } if order_key == "kiwify:2"),
        "told last, happened first"
    );
    for nonsense in ["", "1", "a.b", "1.2.3"] {
        let page = world
            .cache
            .views()
            .timeline_before(conversation(1), nonsense, &nobody())
            .expect("a page");
        assert_eq!((page.items.len(), page.older), (0, None), "{nonsense}");
    }
}

#[test]
fn an_order_goes_where_its_newest_entry_says() {
    let mut feed = Feed::default();
    feed.sale(conversation(1), "1", Stage::CartAbandoned, |_| ());
    feed.at(1)
        .sale(conversation(2), "1", Stage::PixGenerated, |_| ());
    let world = World::of(&feed, 2);
    assert_eq!(
        view(&world, 1, 2, &nobody())
            .expect("a conversation")
            .orders,
        []
    );
    let [card] = view(&world, 2, 2, &nobody())
        .expect("a conversation")
        .orders
        .try_into()
        .expect("one order");
    let card: crate::view::OrderCard = card;
    assert_eq!(card.steps.len(), 2);
    assert_eq!(world.ids(View::Due), [conversation(2)]);
}
