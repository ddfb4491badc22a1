//! When a notice is heard.

use super::{Announcement, Notice};
use crate::asking::Settings;

/// At least this long lies between two sounds, in milliseconds.
const REST: i64 = 5_000;

/// Remembers when it last rang.
#[derive(Default)]
pub(crate) struct Ring {
    rang_at: Option<i64>,
}

impl Ring {
    /// Says whether a notice of `now` (milliseconds of any steady clock) is heard: a new sale is, where the member wants it.
    pub(crate) fn announce(
        &mut self,
        notice: Notice,
        settings: &Settings,
        now: i64,
    ) -> Announcement {
        let rested = |at: i64| now.saturating_sub(at) >= REST;
        let is_heard =
            settings.notify_sound && notice.is_of_a_new_sale() && self.rang_at.is_none_or(rested);
        if is_heard {
            self.rang_at = Some(now);
        }
        Announcement { notice, is_heard }
    }
}

#[cfg(test)]
mod tests {
    use contract::Stage;

    use super::Ring;
    use crate::asking::Settings;
    use crate::cache::Happening;
    use crate::notices::Notice;
    use crate::notices::tests::happening;

    fn heard(notify_sound: bool, times: &[(i64, Stage)]) -> Vec<i64> {
        let settings = Settings {
            notify_sound,
            ..Settings::default()
        };
        let mut ring = Ring::default();
        let mut heard = Vec::new();
        for (now, stage) in times {
            let notice = Notice::Happening(Happening {
                stage: *stage,
                ..happening(1)
            });
            if ring.announce(notice, &settings, *now).is_heard {
                heard.push(*now);
            }
        }
        heard
    }

    #[test]
    fn a_sale_rings_once_in_a_while_and_nothing_else_does() {
        use Stage::{PixGenerated, PurchaseApproved};
        let sales = [0, 0, 2_000, 4_999, 5_000, 9_999, 30_000].map(|at| (at, PurchaseApproved));
        assert_eq!(heard(true, &sales), [0, 5_000, 30_000]);
        assert_eq!(heard(false, &sales), [0; 0]);
        assert_eq!(
            heard(true, &[(0, PixGenerated), (1, PurchaseApproved)]),
            [1]
        );
    }
}
