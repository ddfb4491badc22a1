//! The hours in which a customer may be written to: by the area code's time zone, Sundays and national holidays left out where
//! asked for.

use chrono::{DateTime, Datelike, Days, FixedOffset, NaiveDate, NaiveTime, TimeZone, Utc, Weekday};

/// The first hour of a day in which customers may be written to.
const OPENS: u32 = 8;

/// The hour from which they may not.
const CLOSES: u32 = 21;

/// The hour at which what is due on a day is.
const MORNING: u32 = 9;

/// Longest row of days on which nobody is written to that is looked through.
const MOST_REST: usize = 30;

/// Knows the hours of one customer.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Hours {
    zone: FixedOffset,
    rest_days: bool,
}

impl Hours {
    /// Returns the hours by a phone in E.164; São Paulo's where it tells none.
    #[must_use]
    pub fn of(phone: Option<&str>, rest_days: bool) -> Self {
        let east = offset(area(phone)).saturating_mul(60 * 60);
        Self {
            zone: FixedOffset::east_opt(east).expect("a few hours are a zone"),
            rest_days,
        }
    }

    /// Returns the first moment from `at` on at which the customer may be written to.
    #[must_use]
    pub fn open_from(&self, at: DateTime<Utc>) -> DateTime<Utc> {
        let local = at.with_timezone(&self.zone);
        let mut day = local.date_naive();
        for _ in 0..MOST_REST {
            if !self.rests(day) {
                let opens = self.on(day, OPENS);
                if at <= opens {
                    return opens;
                }
                if at < self.on(day, CLOSES) {
                    return at;
                }
            }
            day = next(day);
        }
        at
    }

    /// Returns when the hours that `at` is in end; `None` where it is in none.
    #[must_use]
    pub fn closes(&self, at: DateTime<Utc>) -> Option<DateTime<Utc>> {
        let day = at.with_timezone(&self.zone).date_naive();
        (self.open_from(at) == at).then(|| self.on(day, CLOSES))
    }

    /// Returns the openings and closings of the days around `at`.
    #[must_use]
    pub fn around(&self, at: DateTime<Utc>) -> Vec<DateTime<Utc>> {
        let mut times = Vec::new();
        let today = at.with_timezone(&self.zone).date_naive();
        let before = std::iter::successors(Some(today), |day| day.pred_opt());
        let after = std::iter::successors(Some(next(today)), |day| day.succ_opt());
        let open = |day: &NaiveDate| !self.rests(*day);
        let near = before.take(MOST_REST).filter(open).take(2);
        for day in near.chain(after.take(MOST_REST).filter(open).take(1)) {
            times.extend([self.on(day, OPENS), self.on(day, CLOSES)]);
        }
        times
    }

    /// Returns the morning of a day.
    #[must_use]
    pub fn morning(&self, day: NaiveDate) -> DateTime<Utc> {
        self.on(day, MORNING)
    }

    fn rests(&self, day: NaiveDate) -> bool {
        self.rest_days && (day.weekday() == Weekday::Sun || is_holiday(day))
    }

    fn on(&self, day: NaiveDate, hour: u32) -> DateTime<Utc> {
        let time = NaiveTime::from_hms_opt(hour, 0, 0).unwrap_or(NaiveTime::MIN);
        let local = self.zone.from_local_datetime(&day.and_time(time));
        local
            .single()
            .map_or(DateTime::<Utc>::MAX_UTC, |at| at.with_timezone(&Utc))
    }
}

/// Returns how many hours earlier it is where a phone in E.164 is from than in São Paulo; 0 where it tells no area of Brazil.
#[must_use]
pub fn earlier(phone: Option<&str>) -> u8 {
    let behind = offset(None).saturating_sub(offset(area(phone)));
    u8::try_from(behind).unwrap_or(0)
}

fn area(phone: Option<&str>) -> Option<&str> {
    phone?.strip_prefix("+55")?.get(..2)
}

/// Returns the hours east of Greenwich of an area code: Acre −5, the west −4, all others −3. There has been no daylight-saving
/// time since Decree 9.772 of 2019, and Fernando de Noronha shares Pernambuco's area code, so it is taken for Pernambuco.
fn offset(area: Option<&str>) -> i32 {
    match area {
        Some("68") => -5,
        Some("65" | "66" | "67" | "69" | "92" | "95" | "97") => -4,
        _ => -3,
    }
}

/// Returns the day so many working days later: neither weekends nor national holidays count.
#[must_use]
pub fn working_days_after(day: NaiveDate, days: u32) -> NaiveDate {
    let mut at = day;
    let mut left = days;
    while left > 0 {
        let following = next(at);
        if following == at {
            break;
        }
        at = following;
        let rests = matches!(at.weekday(), Weekday::Sat | Weekday::Sun) || is_holiday(at);
        left -= u32::from(!rests);
    }
    at
}

/// Tells whether a day is a national holiday: laws 662/1949, 6.802/1980, 14.759/2023, and Good Friday.
#[must_use]
pub fn is_holiday(day: NaiveDate) -> bool {
    let fixed = [
        (1, 1),
        (4, 21),
        (5, 1),
        (9, 7),
        (10, 12),
        (11, 2),
        (11, 15),
        (11, 20),
        (12, 25),
    ];
    let is_awareness_day_before_its_law = (day.month(), day.day()) == (11, 20) && day.year() < 2024;
    (fixed.contains(&(day.month(), day.day())) && !is_awareness_day_before_its_law)
        || easter(day.year()).and_then(|easter| easter.checked_sub_days(Days::new(2))) == Some(day)
}

/// Returns Easter Sunday by the calendar's anonymous algorithm.
fn easter(year: i32) -> Option<NaiveDate> {
    let (a, b, c) = (year % 19, year / 100, year % 100);
    let (d, e) = (b / 4, b % 4);
    let g = (8 * b + 13) / 25;
    let h = (19 * a + b - d - g + 15) % 30;
    let (i, k) = (c / 4, c % 4);
    let l = (32 + 2 * e + 2 * i - h - k) % 7;
    let m = (a + 11 * h + 22 * l) / 451;
    let month = (h + l - 7 * m + 114) / 31;
    let day = (h + l - 7 * m + 114) % 31 + 1;
    NaiveDate::from_ymd_opt(year, month.try_into().ok()?, day.try_into().ok()?)
}

fn next(day: NaiveDate) -> NaiveDate {
    day.succ_opt().unwrap_or(day)
}
