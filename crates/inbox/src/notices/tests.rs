//! What the tests of notices make.

use contract::{ConversationId, Currency, Stage};

use super::{Call, CallReason, Notice, Sum};
use crate::asking::Settings;
use crate::cache::Happening;
use crate::view::Amount;

/// A sale of one real, of an order and a conversation of that number.
pub(super) fn happening(number: u128) -> Happening {
    Happening {
        conversation_id: ConversationId::from_u128(number),
        order_key: number.to_string(),
        stage: Stage::PurchaseApproved,
        owner: None,
        amount: Some(Amount {
            minor: 100,
            currency: Currency::BRL,
        }),
        product: None,
        first_name: None,
        stored_at: 0,
        occurred_at: 0,
    }
}

/// A mention in a conversation of that number.
pub(super) fn call(number: u128) -> Call {
    Call {
        conversation_id: ConversationId::from_u128(number),
        reason: CallReason::Mention,
        by: "Bia".to_owned(),
        first_name: None,
    }
}

#[test]
fn each_kind_has_its_switch() {
    let newest = ConversationId::from_u128(1);
    let sum = |sales| Sum {
        sales,
        total: None,
        others: 0,
        newest,
    };
    let missed = |sales, calls| Notice::Missed {
        orders: sum(sales),
        calls,
    };
    for (notice, with_sales, with_calls) in [
        (Notice::Happening(happening(1)), true, false),
        (Notice::Happenings(sum(5)), true, false),
        (Notice::Call(call(1)), false, true),
        (Notice::Calls { count: 5, newest }, false, true),
        (missed(1, 0), true, false),
        (missed(0, 1), false, true),
        (missed(1, 1), true, true),
    ] {
        let wanted = |notify_sales, notify_mine| {
            notice.is_wanted(&Settings {
                notify_sales,
                notify_mine,
                ..Settings::default()
            })
        };
        assert_eq!(
            (wanted(true, false), wanted(false, true)),
            (with_sales, with_calls)
        );
        assert!(wanted(true, true) && !wanted(false, false));
        assert_eq!(notice.newest(), newest);
    }
}

#[test]
fn a_colleagues_word_never_counts_as_seen() {
    let sum = Sum {
        sales: 5,
        total: None,
        others: 0,
        newest: ConversationId::from_u128(1),
    };
    assert!(Notice::Happening(happening(1)).is_of_one_order());
    assert!(!Notice::Call(call(1)).is_of_one_order());
    assert!(!Notice::Happenings(sum).is_of_one_order());
}
