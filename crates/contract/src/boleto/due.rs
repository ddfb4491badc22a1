//! The due date behind a count of days with four digits, which reached 9999 on 2025-02-21 and went on at 1000.

use chrono::{Days, NaiveDate};

/// Day 0 of the first count; its 9999 is 2025-02-21.
const FIRST_BASE: (i32, u32, u32) = (1997, 10, 7);

/// Day 0 of the second count; its 1000 is 2025-02-22.
const SECOND_BASE: (i32, u32, u32) = (2022, 5, 29);

/// The dates taken lie at most so many days before and after the reference; less than the 9000 between the counts.
const WINDOW: (Days, Days) = (Days::new(3000), Days::new(5500));

/// Says when a boleto is due.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Due {
    /// No due date in the line.
    Untold,
    /// Due on this day.
    On(NaiveDate),
    /// One of two days, and the reference date is near neither.
    OneOf(NaiveDate, NaiveDate),
}

impl Due {
    /// Returns the day, where there is one and only one.
    #[must_use]
    pub const fn on(self) -> Option<NaiveDate> {
        match self {
            Self::On(day) => Some(day),
            Self::Untold | Self::OneOf(..) => None,
        }
    }

    /// Reads four digits; below 1000 no due date is told.
    pub(super) fn of_factor(digits: &str, reference: NaiveDate) -> Self {
        let Some((first, second)) = candidates(digits) else {
            return Self::Untold;
        };
        match [first, second].map(|day| is_near(day, reference)) {
            [true, _] => Self::On(first),
            [_, true] => Self::On(second),
            _ => Self::OneOf(first, second),
        }
    }
}

fn candidates(digits: &str) -> Option<(NaiveDate, NaiveDate)> {
    let days: u64 = digits
        .parse()
        .ok()
        .filter(|days| (1000..=9999).contains(days))?;
    Some((day(FIRST_BASE, days)?, day(SECOND_BASE, days)?))
}

fn day((year, month, day): (i32, u32, u32), after: u64) -> Option<NaiveDate> {
    NaiveDate::from_ymd_opt(year, month, day)?.checked_add_days(Days::new(after))
}

fn is_near(day: NaiveDate, reference: NaiveDate) -> bool {
    let earliest = reference
        .checked_sub_days(WINDOW.0)
        .unwrap_or(NaiveDate::MIN);
    let latest = reference
        .checked_add_days(WINDOW.1)
        .unwrap_or(NaiveDate::MAX);
    (earliest..=latest).contains(&day)
}

/// Returns the four digits of a due date; `0000` for none, `None` when no count reaches it.
pub(super) fn factor(due: Option<NaiveDate>) -> Option<String> {
    let Some(due) = due else {
        return Some("0000".to_owned());
    };
    [FIRST_BASE, SECOND_BASE].into_iter().find_map(|base| {
        let days = due.signed_duration_since(day(base, 0)?).num_days();
        (1000..=9999).contains(&days).then(|| days.to_string())
    })
}
