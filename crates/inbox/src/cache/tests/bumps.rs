//! What is added to an order at its checkout has a transaction of its own, and one chase with that order.

use super::*;
use crate::view::OrderCard;

const BUMP: &str = "kiwify:bump";

/// What is told of an order and of what was added to it: the order of a course and the bump of a workbook, one PIX each.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Said {
    Order,
    Bump,
    OrderPaid,
    BumpPaid,
}

impl Said {
    const ALL: [Self; 4] = [Self::Order, Self::Bump, Self::OrderPaid, Self::BumpPaid];

    /// Happens at its own minute, whenever it is told.
    fn tell(self, feed: &mut Feed) {
        let (minutes, key, stage) = match self {
            Self::Order => (1, "order", Stage::PixGenerated),
            Self::Bump => (2, "bump", Stage::PixGenerated),
            Self::OrderPaid => (3, "order", Stage::PurchaseApproved),
            Self::BumpPaid => (4, "bump", Stage::PurchaseApproved),
        };
        feed.sale(conversation(1), key, stage, |event| {
            event.occurred_at = feed::start() + chrono::TimeDelta::minutes(minutes);
            if key == "bump" {
                "Caderno de exercícios".clone_into(&mut event.items[0].name);
                event.amount_minor = Some(4_790);
                event.bump_of = Some("kiwify:order".to_owned());
            }
        });
    }
}

fn told(said: &[Said]) -> World {
    let mut feed = Feed::default();
    feed.at(5);
    for said in said {
        said.tell(&mut feed);
    }
    World::of(&feed, 6)
}

fn cards(world: &World) -> Vec<OrderCard> {
    let views = world.cache.views();
    let shown = views.conversation(conversation(1), minute(25), &nobody());
    shown.expect("a read").expect("a conversation").orders
}

/// What is seen of them: the products of the rows listed, and of each card what it is chased by.
fn seen(world: &World) -> Vec<String> {
    let views = [View::All, View::Due, View::Pix, View::Steps, View::Approved];
    let rows = views.into_iter().flat_map(|view| {
        let rows = world.list(view).into_iter();
        rows.map(move |row| format!("{view:?} {:?}", row.product))
    });
    let cards = cards(world).into_iter().map(|card| {
        let chase = (card.deadline.is_some(), card.sequence.is_some());
        format!(
            "{} {chase:?} {:?} {:?}",
            card.order_key, card.bump_of, card.bumps
        )
    });
    rows.chain(cards).collect()
}

fn permutations(said: &[Said]) -> Vec<Vec<Said>> {
    if said.is_empty() {
        return vec![Vec::new()];
    }
    let firsts = said.iter().enumerate();
    firsts
        .flat_map(|(place, first)| {
            let mut rest = said.to_vec();
            rest.remove(place);
            permutations(&rest).into_iter().map(|mut rest| {
                rest.insert(0, *first);
                rest
            })
        })
        .collect()
}

#[test]
fn one_card_holds_the_chase_and_names_the_bump_whatever_came_first() {
    for said in [[Said::Order, Said::Bump], [Said::Bump, Said::Order]] {
        let mut world = told(&said);
        // The first step of a PIX is due after a quarter of an hour.
        world.sweep(25);
        for view in [View::All, View::Due, View::Pix, View::Steps] {
            let rows = world.list(view);
            let products = rows.iter().map(|row| row.product.as_deref());
            let products: Vec<_> = products.collect();
            assert_eq!(products, [Some("Curso de Violão")], "{said:?} {view:?}");
        }
        let [order, bump] = <[OrderCard; 2]>::try_from(cards(&world)).expect("two cards");
        assert_eq!(
            (order.order_key.as_str(), bump.order_key.as_str()),
            ("kiwify:order", BUMP)
        );
        assert!(
            order.sequence.is_some() && order.deadline.is_some(),
            "{said:?}"
        );
        assert!(
            bump.sequence.is_none() && bump.deadline.is_none(),
            "{said:?}"
        );
        let named: Vec<_> = order
            .bumps
            .iter()
            .map(|bump| bump.name.as_deref())
            .collect();
        assert_eq!(named, [Some("Caderno de exercícios")]);
        assert_eq!(
            (order.bump_of, bump.bump_of.as_deref()),
            (None, Some("order"))
        );
    }
}

/// A source may tell only of some products, and the order may still be on its way.
#[test]
fn a_bump_whose_order_is_not_known_is_chased_by_itself() {
    let world = told(&[Said::Bump]);
    assert_eq!(world.ids(View::Pix), [conversation(1)]);
    assert_eq!(world.ids(View::Due), [conversation(1)]);
    let [bump] = <[OrderCard; 1]>::try_from(cards(&world)).expect("one card");
    assert!(bump.sequence.is_some() && bump.deadline.is_some());
    assert_eq!(bump.bump_of, None);
}

#[test]
fn neither_bumps_of_each_other_nor_a_test_and_a_real_one_are_one_chase() {
    for adjust in [
        (|event| event.bump_of = Some(BUMP.to_owned())) as fn(&mut contract::Event),
        |event| event.is_test = true,
    ] {
        let mut feed = Feed::default();
        Said::Bump.tell(&mut feed);
        feed.sale(conversation(1), "order", Stage::PixGenerated, adjust);
        let cards = cards(&World::of(&feed, 6));
        let bump = cards.iter().find(|card| card.order_key == BUMP);
        assert!(bump.is_some_and(|bump| bump.deadline.is_some() && bump.bump_of.is_none()));
    }
}

#[test]
fn a_bump_that_was_paid_is_money_but_no_purchase_of_its_own() {
    let world = told(&Said::ALL);
    let views = world.cache.views();
    let shown = views.conversation(conversation(1), minute(25), &nobody());
    let person = shown.expect("a read").expect("a conversation").person;
    assert_eq!(person.purchases, 1);
    assert_eq!(person.spent.map(|spent| spent.minor), Some(24_490));
    assert_eq!(
        world.list(View::Approved)[0].product.as_deref(),
        Some("Curso de Violão")
    );
}

#[test]
fn any_order_of_telling_ends_alike() {
    for known in 1..=Said::ALL.len() {
        let straight = seen(&told(&Said::ALL[..known]));
        for said in permutations(&Said::ALL[..known]) {
            assert_eq!(seen(&told(&said)), straight, "{said:?}");
        }
    }
}
