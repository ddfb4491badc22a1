//! Of what the member wants to hear: by where an order came to stand, whose its conversation is, and its amount.

use contract::{Currency, MemberId};

use crate::asking::{Reach, Settings};
use crate::cache::Happening;

/// Tells whether the member `me` wants to hear of it.
pub(crate) fn wants(settings: &Settings, happening: &Happening, me: MemberId) -> bool {
    let whose = match happening.owner {
        Some(owner) if owner == me => Reach::Mine,
        None => Reach::Unclaimed,
        Some(_) => Reach::All,
    };
    let reach = settings.notify_of.get(&happening.stage.group());
    settings.notify_sales
        && reach.is_some_and(|reach| whose <= *reach)
        && is_enough(settings, happening)
}

/// An amount that cannot be compared is never too small.
fn is_enough(settings: &Settings, happening: &Happening) -> bool {
    let amount = happening.amount;
    let reais = amount.filter(|amount| amount.currency == Currency::BRL);
    reais.is_none_or(|amount| amount.minor >= settings.notify_from)
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeMap;

    use contract::{Currency, MemberId, Stage, StageGroup};

    use super::wants;
    use crate::asking::{Reach, Settings};
    use crate::cache::Happening;
    use crate::notices::tests::happening;
    use crate::view::Amount;

    const ME: MemberId = MemberId::from_u128(1);
    const BIA: MemberId = MemberId::from_u128(2);

    fn of(stage: Stage, owner: Option<MemberId>) -> Happening {
        Happening {
            stage,
            owner,
            ..happening(1)
        }
    }

    #[test]
    fn at_first_every_approved_sale_is_wanted_and_nothing_else() {
        let settings = Settings::default();
        for stage in Stage::ALL {
            for owner in [None, Some(ME), Some(BIA)] {
                let expected = stage.group() == StageGroup::Approved;
                let wanted = wants(&settings, &of(*stage, owner), ME);
                assert_eq!(wanted, expected, "{stage:?} {owner:?}");
            }
        }
    }

    #[test]
    fn a_reach_takes_in_those_before_it() {
        for (reach, mine, nobodys, bias) in [
            (None, false, false, false),
            (Some(Reach::None), false, false, false),
            (Some(Reach::Mine), true, false, false),
            (Some(Reach::Unclaimed), true, true, false),
            (Some(Reach::All), true, true, true),
        ] {
            let reach = reach.map(|reach| (StageGroup::Pix, reach));
            let settings = Settings {
                notify_of: BTreeMap::from_iter(reach),
                ..Settings::default()
            };
            for (owner, expected) in [(Some(ME), mine), (None, nobodys), (Some(BIA), bias)] {
                let wanted = wants(&settings, &of(Stage::PixGenerated, owner), ME);
                assert_eq!(wanted, expected, "{reach:?} {owner:?}");
            }
            assert!(!wants(&settings, &of(Stage::BoletoGenerated, Some(ME)), ME));
        }
    }

    #[test]
    fn smaller_orders_are_left_out_where_the_amount_is_known() {
        let reais = |minor| Amount {
            minor,
            currency: Currency::BRL,
        };
        let dollars = Amount {
            currency: Currency::USD,
            ..reais(100)
        };
        let settings = Settings {
            notify_from: 10_000,
            ..Settings::default()
        };
        for (amount, expected) in [
            (Some(reais(9_999)), false),
            (Some(reais(10_000)), true),
            (Some(dollars), true),
            (None, true),
        ] {
            let sale = Happening {
                amount,
                ..happening(1)
            };
            assert_eq!(wants(&settings, &sale, ME), expected, "{amount:?}");
        }
    }

    #[test]
    fn with_the_switch_off_nothing_is_wanted() {
        let settings = Settings {
            notify_sales: false,
            ..Settings::default()
        };
        assert!(!wants(&settings, &happening(1), ME));
    }
}
