use super::*;
use crate::view::Primary;

#[test]
fn a_cart_that_became_an_order_is_recovered_whatever_came_first() {
    let story = |cart_first: bool| {
        let mut feed = Feed::default();
        let cart = |feed: &mut Feed| {
            feed.at(1)
                .sale(conversation(1), "cart", Stage::CartAbandoned, |_| {});
        };
        if cart_first {
            cart(&mut feed);
        }
        feed.at(2)
            .sale(conversation(1), "order", Stage::PixGenerated, |event| {
                event.carts = vec!["kiwify:cart".to_owned()];
                event.items[0].name = "Outra coisa".to_owned();
            });
        if !cart_first {
            cart(&mut feed);
        }
        World::of(&feed, 3)
    };
    for world in [story(true), story(false)] {
        assert_eq!(world.list(View::Cart), []);
        assert_eq!(world.count(View::Cart, &nobody()), 0);
        assert_eq!(world.ids(View::Pix), [conversation(1)]);
        let views = world.cache.views();
        let shown = views.conversation(conversation(1), minute(3), &nobody());
        let orders = shown.expect("a read").expect("a conversation").orders;
        let cart = orders.iter().find(|card| card.order_key == "kiwify:cart");
        let cart = cart.expect("the cart is still told of");
        assert_eq!(cart.recovered_by.as_deref(), Some("order"));
        assert_eq!((cart.deadline, cart.primary), (None, Primary::Nothing));
    }
}

#[test]
fn a_cart_counts_as_paid_once_its_order_is() {
    let mut feed = Feed::default();
    feed.at(1)
        .sale(conversation(1), "cart", Stage::CartAbandoned, |_| {});
    let mut world = World::of(&feed, 2);
    let paid = |world: &World| {
        let order = world.cache.views().order(conversation(1), "kiwify:cart");
        let (order, paid_by) = order.expect("a read").expect("an order");
        assert_eq!(order.was_paid(), paid_by.is_some());
        order.was_paid()
    };
    assert!(!paid(&world));
    feed.at(2)
        .sale(conversation(1), "order", Stage::PurchaseApproved, |event| {
            event.carts = vec!["kiwify:cart".to_owned()];
        });
    world.follow(&feed);
    assert!(paid(&world));
}

/// Most platforms give a cart an id that its order does not name.
#[test]
fn a_cart_is_not_chased_beside_an_order_of_the_same_thing_made_since() {
    let cases = [
        // (what the order is of, minutes after the cart, whether the cart is chased still)
        ("Curso de Violão", 10, false),
        ("Curso de Violão", 0, false),
        ("Curso de Violão", -10, true),
        ("Outra coisa", 10, true),
    ];
    for (product, after, chased) in cases {
        for cart_first in [true, false] {
            let mut feed = Feed::default();
            let cart = |feed: &mut Feed| {
                feed.at(20)
                    .sale(conversation(1), "cart", Stage::CartAbandoned, |_| {});
            };
            if cart_first {
                cart(&mut feed);
            }
            feed.at(20 + after)
                .sale(conversation(1), "order", Stage::PixGenerated, |event| {
                    event.items[0].name = product.to_owned();
                });
            if !cart_first {
                cart(&mut feed);
            }
            let world = World::of(&feed, 31);
            let told = format!("{product} after {after}, cart first: {cart_first}");
            assert_eq!(world.list(View::Cart).len(), usize::from(chased), "{told}");
            assert_eq!(world.ids(View::Pix), [conversation(1)], "{told}");
            let recovered = recovered_by(&world);
            assert_eq!(recovered.is_none(), chased, "{told}");
        }
    }
}

#[test]
fn a_cart_that_is_told_of_again_stays_what_it_became() {
    let mut feed = Feed::default();
    feed.at(1)
        .sale(conversation(1), "cart", Stage::CartAbandoned, |_| {});
    feed.at(2)
        .sale(conversation(1), "order", Stage::PurchaseApproved, |_| {});
    feed.at(40)
        .sale(conversation(1), "cart", Stage::CartAbandoned, |_| {});
    let world = World::of(&feed, 41);
    assert_eq!(world.list(View::Cart), []);
    assert_eq!(recovered_by(&world).as_deref(), Some("order"));
}

#[test]
fn a_cart_that_tells_no_product_is_taken_up_by_any_order_but_no_test() {
    for is_test in [false, true] {
        let mut feed = Feed::default();
        feed.at(1)
            .sale(conversation(1), "cart", Stage::CartAbandoned, |event| {
                event.items.clear();
            });
        feed.at(2)
            .sale(conversation(1), "order", Stage::BoletoGenerated, |event| {
                event.is_test = is_test;
            });
        let world = World::of(&feed, 3);
        assert_eq!(world.list(View::Cart).len(), usize::from(is_test));
    }
}

fn recovered_by(world: &World) -> Option<String> {
    let views = world.cache.views();
    let shown = views.conversation(conversation(1), minute(41), &nobody());
    let orders = shown.expect("a read").expect("a conversation").orders;
    let cart = orders.iter().find(|card| card.order_key == "kiwify:cart");
    cart.expect("the cart is still told of")
        .recovered_by
        .clone()
}
