//! What is due, against the rule written down once more: by minute, for every kind of end.

use chrono::{DateTime, NaiveDate, TimeDelta};
use contract::{Boleto, Event, Pix, SnoozeUntil};

use super::*;
use crate::view::DeadlineKind;
use feed::Dice;

const DAY: i64 = 24 * 60;

/// Midnight in São Paulo, after the first day, in minutes of the story.
const MIDNIGHT: i64 = 15 * 60;

/// One thing that ends: it counts from one minute to another, as if it ended at a third.
#[derive(Debug, Clone, Copy)]
struct End {
    since: i64,
    at: i64,
    until: i64,
}

impl End {
    const fn at(at: i64) -> Self {
        Self {
            since: i64::MIN,
            at,
            until: at,
        }
    }
}

/// What a conversation was told to be, and what ends of it.
struct Fate {
    id: ConversationId,
    whole: i64,
    ends: Vec<End>,
}

impl Fate {
    fn alive(&self, now: i64) -> impl Iterator<Item = End> {
        let is_alive = move |end: &&End| end.since <= now && now < end.until;
        self.ends.iter().filter(is_alive).copied()
    }

    /// An end less twenty minutes for each doubling of the amount, straight in between, in minutes.
    fn rank(&self, end: i64) -> f64 {
        let worth = u32::try_from(self.whole + 1).expect("small");
        let power = worth.ilog2();
        let part = f64::from(worth) / f64::from(1_u32 << power) - 1.0;
        f64::from(i32::try_from(end).expect("small")) - 20.0 * (f64::from(power) + part)
    }

    /// The place among what is due, `None` where it is not.
    fn place(&self, now: i64) -> Option<f64> {
        let ranks = self.alive(now).map(|end| self.rank(end.at));
        ranks.min_by(f64::total_cmp)
    }
}

fn worth(whole: i64) -> impl FnOnce(&mut Event) {
    move |event| event.amount_minor = Some(whole * 100)
}

fn pix(whole: i64, until: i64) -> impl FnOnce(&mut Event) {
    move |event| {
        worth(whole)(event);
        event.payment.pix = Some(Pix {
            code: None,
            expires_at: Some(feed::start() + TimeDelta::minutes(until)),
        });
    }
}

fn boleto(whole: i64, days: i64) -> impl FnOnce(&mut Event) {
    let first: NaiveDate = feed::start().date_naive();
    move |event| {
        worth(whole)(event);
        event.payment.boleto = Some(Boleto {
            due_on: Some(first + TimeDelta::days(days)),
            ..Boleto::default()
        });
    }
}

/// Tells one story of each kind that can be due; `until` is the minute at which most of them end.
fn tell(feed: &mut Feed, number: u64, until: i64, whole: i64) -> Vec<End> {
    let (id, key, ana) = (conversation(number), number.to_string(), member(0));
    let day_before = until - DAY;
    match number % 10 {
        0 => {
            feed.at(0)
                .sale(id, &key, Stage::PixGenerated, pix(whole, until));
            vec![End::at(until)]
        }
        1 => {
            feed.at(day_before)
                .sale(id, &key, Stage::CartAbandoned, worth(whole));
            vec![End::at(until)]
        }
        2 => {
            feed.at(day_before)
                .sale(id, &key, Stage::PaymentRefused, worth(whole));
            vec![End::at(until)]
        }
        3 => {
            let days = until % 4;
            feed.at(0)
                .sale(id, &key, Stage::BoletoGenerated, boleto(whole, days));
            vec![End::at(MIDNIGHT + days * DAY)]
        }
        4 => {
            feed.at(until - 7 * DAY)
                .sale(id, &key, Stage::Chargeback, worth(whole));
            vec![End::at(until)]
        }
        // Put aside: in no list until it is back, and then ranked by when it came back or by its code, whichever is sooner.
        5 => {
            let back = until / 2;
            let at = DateTime::from_timestamp_millis(minute(back)).expect("a time");
            feed.at(0)
                .sale(id, &key, Stage::PixGenerated, pix(whole, until));
            feed.snooze(id, &ana, SnoozeUntil::Time { at });
            let end = |at, until| End {
                since: back,
                at,
                until,
            };
            vec![end(back, i64::MAX), end(until, until)]
        }
        // A cart that is over, and an answer on WhatsApp that nobody has written back to.
        6 => {
            feed.at(day_before - 2 * DAY)
                .sale(id, &key, Stage::CartAbandoned, worth(whole));
            feed.at(day_before).receive(id, &ana, "ainda dá?");
            vec![End::at(until)]
        }
        // A sale, and a question about it.
        7 => {
            feed.at(day_before - 1)
                .sale(id, &key, Stage::PurchaseApproved, worth(whole));
            feed.at(day_before).receive(id, &ana, "não chegou");
            vec![End::at(until)]
        }
        // The same, written back to: nothing is lost by waiting.
        8 => {
            feed.at(day_before - 2)
                .sale(id, &key, Stage::PurchaseApproved, worth(whole));
            feed.at(day_before - 1).receive(id, &ana, "não chegou");
            feed.at(day_before).handed_over(id, &ana);
            Vec::new()
        }
        // A cart whose buyer answered and was written back to: a word is worth it for a day from the answer.
        _ => {
            feed.at(day_before - 60)
                .sale(id, &key, Stage::CartAbandoned, worth(whole));
            feed.at(day_before).receive(id, &ana, "vou ver");
            feed.at(day_before + 1).handed_over(id, &ana);
            vec![End::at(until)]
        }
    }
}

fn due(world: &World) -> Vec<Row> {
    let (mut rows, mut after) = (Vec::new(), None);
    loop {
        let page = world.page(View::Due, after, 200, &nobody());
        rows.extend(page.rows);
        after = page.next;
        if after.is_none() {
            assert_eq!(page.total, rows.len() as u64);
            return rows;
        }
    }
}

#[test]
fn what_is_due_is_right_at_every_minute_and_says_why() {
    let mut dice = Dice::new(5);
    let mut feed = Feed::default();
    let fates: Vec<Fate> = (0..500)
        .map(|number| {
            let until = i64::try_from(dice.below(240)).expect("small");
            let whole = i64::try_from(1 + dice.below(5_000)).expect("small");
            Fate {
                id: conversation(number),
                whole,
                ends: tell(&mut feed, number, until, whole),
            }
        })
        .collect();
    let mut world = World::of(&feed, 0);
    let nights = (0..4).flat_map(|day| [-1, 0].map(|near| MIDNIGHT + day * DAY + near));
    for now in (0..=240).chain(nights) {
        world.sweep(now);
        let rows = due(&world);
        let alive = fates.iter().filter(|fate| fate.place(now).is_some());
        assert_eq!(rows.len(), alive.count(), "minute {now}");
        let mut before = f64::MIN;
        for row in rows {
            let fate = fates.iter().find(|fate| fate.id == row.id).expect("one");
            let place = fate.place(now).expect("due");
            assert!(before <= place + 1e-4, "minute {now}: {row:?}");
            before = place;
            // What is told of the place is what made it.
            let told = row.pressure.expect("what is due is ranked");
            let ranked = (told.at - minute(0)) as f64 / 60_000.0;
            assert!((ranked - place).abs() < 1e-4, "minute {now}: {row:?}");
            let mut ends = fate.alive(now).map(|end| minute(end.at));
            assert!(ends.any(|at| at == told.ends.at), "minute {now}: {row:?}");
            // The time shown is the first to end of those that still do, else that of what ran out.
            let ending = fate.ends.iter().filter(|end| end.until == end.at);
            let (alive, over): (Vec<i64>, Vec<i64>) =
                ending.map(|end| end.at).partition(|at| now < *at);
            let shown = alive.into_iter().min().or(over.into_iter().max());
            assert_eq!(
                row.deadline.map(|ends| ends.at),
                shown.map(minute),
                "minute {now}: {row:?}"
            );
        }
    }
}

#[test]
fn the_first_end_is_shown_and_the_most_pressing_ranks() {
    let mut feed = Feed::default();
    feed.sale(conversation(1), "large", Stage::PixGenerated, |event| {
        pix(2_000, 120)(event);
        event.items[0].name = "Mentoria".to_owned();
    });
    feed.sale(conversation(1), "small", Stage::PixGenerated, pix(10, 15));
    let mut world = World::of(&feed, 1);
    let [row] = <[Row; 1]>::try_from(world.list(View::Due)).expect("one row");
    let told = row.pressure.expect("ranked");
    assert_eq!(row.amount.map(|amount| amount.minor), Some(200_000));
    assert_eq!((told.ends.at, told.amount), (minute(120), row.amount));
    assert_eq!(row.deadline.map(|ends| ends.at), Some(minute(15)));
    // In the view of its stage the row is that of the order that ends first, and speaks of it alone.
    let row = world.list(View::Pix).remove(0);
    assert_eq!(
        (
            row.amount.map(|amount| amount.minor),
            row.deadline.map(|ends| ends.at)
        ),
        (Some(1_000), Some(minute(15)))
    );
    world.sweep(15);
    let row = world.list(View::Due).remove(0);
    assert_eq!(row.deadline.map(|ends| ends.at), Some(minute(120)));
}

#[test]
fn a_customer_who_waits_for_an_answer_is_due_for_a_day() {
    let mut feed = Feed::default();
    feed.at(-3 * DAY)
        .sale(conversation(1), "1", Stage::PaymentExpired, |_| ());
    feed.at(0)
        .receive(conversation(1), &member(1), "ainda quero");
    let mut world = World::of(&feed, 1);
    let row = world.list(View::Due).remove(0);
    let ends = row.deadline.expect("a time");
    assert_eq!(
        (ends.kind, ends.from, ends.at),
        (DeadlineKind::Window, minute(0), minute(DAY))
    );
    assert_eq!(world.ids(View::Unassigned), [conversation(1)]);
    for (minutes, count) in [(DAY - 1, 1), (DAY, 0), (1, 1)] {
        world.sweep(minutes);
        assert_eq!(world.list(View::Due).len(), count, "minute {minutes}");
    }
    // A note answers nobody; what is handed over does, at once where it is pending.
    feed.at(2).note(conversation(1), &member(1), "ligar");
    world.follow(&feed);
    assert_eq!(world.list(View::Due).len(), 1);
    let answer = pending(
        conversation(1),
        Action::HandOver {
            channel: contract::Channel::Whatsapp,
            text: "Ainda dá!".to_owned(),
            template_key: None,
            order_key: None,
        },
    );
    assert_eq!(world.count(View::Due, &answer), 0);
    feed.at(5).handed_over(conversation(1), &member(0));
    world.follow(&feed);
    assert_eq!(world.list(View::Due), []);
    // Written again, and taken in by somebody who was answered before.
    feed.at(6).receive(conversation(2), &member(1), "oi?");
    feed.merge(conversation(1), conversation(2));
    world.follow(&feed);
    assert_eq!(world.ids(View::Due), [conversation(1)]);
}

#[test]
fn rows_asked_for_up_to_a_place_are_those_of_the_pages_before_it() {
    let mut feed = Feed::default();
    for number in 0..9 {
        let until = 60 + i64::try_from(number).expect("small");
        feed.sale(
            conversation(number),
            &number.to_string(),
            Stage::PixGenerated,
            pix(100, until),
        );
    }
    let world = World::of(&feed, 0);
    let first = world.page(View::Due, None, 4, &nobody());
    let all: Vec<_> = (0..9).map(conversation).collect();
    let views = world.cache.views();
    let of = (View::Due, None, &contract::Filter::default());
    let found = views.rows_of(of, &all, first.next.as_deref(), &nobody());
    assert_eq!(found.expect("rows"), first.rows);
    let whole = views.rows_of(of, &all, None, &nobody()).expect("rows");
    assert_eq!(whole.len(), 9);
}
