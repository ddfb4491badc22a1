//! Dates as platforms write them. Whether a date makes sense beside the time of arrival is judged elsewhere.

use chrono::{DateTime, FixedOffset, NaiveDate, NaiveDateTime, TimeZone, Utc};

use crate::reading::CLOCK_LEAD;

/// Brazil's time since it gave up summer time in 2019, in seconds east of Greenwich.
pub(crate) const BRASILIA: i32 = -3 * 3600;

/// Reads RFC 3339, as in `2025-09-12T15:40:30Z`.
pub(crate) fn rfc3339(text: &str) -> Option<DateTime<Utc>> {
    DateTime::parse_from_rfc3339(text.trim())
        .ok()
        .map(|time| time.to_utc())
}

/// Reads RFC 3339, or the same with an offset that lacks its colon, as in `2026-08-03T13:15:22+0000`.
pub(crate) fn offset(text: &str) -> Option<DateTime<Utc>> {
    rfc3339(text).or_else(|| {
        DateTime::parse_from_str(text.trim(), "%Y-%m-%dT%H:%M:%S%.f%z")
            .ok()
            .map(|time| time.to_utc())
    })
}

/// Reads Unix milliseconds.
pub(crate) fn millis(number: i64) -> Option<DateTime<Utc>> {
    DateTime::from_timestamp_millis(number)
}

/// Reads a date and time without a zone: `2025-09-12 14:21`, `2025-09-12 14:21:05` or `13/09/2025 14:21`.
pub(crate) fn zoneless(text: &str) -> Option<NaiveDateTime> {
    ["%Y-%m-%d %H:%M", "%Y-%m-%d %H:%M:%S", "%d/%m/%Y %H:%M"]
        .iter()
        .find_map(|form| NaiveDateTime::parse_from_str(text.trim(), form).ok())
}

/// Reads a day: `15/09/2025` or `2025-09-15`; a time behind it is cut.
pub(crate) fn day(text: &str) -> Option<NaiveDate> {
    let text = text.split(['T', ' ']).next().unwrap_or(text);
    ["%d/%m/%Y", "%Y-%m-%d"]
        .iter()
        .find_map(|form| NaiveDate::parse_from_str(text, form).ok())
}

/// Returns Brasília's clock.
pub(crate) fn brasilia() -> Option<FixedOffset> {
    FixedOffset::east_opt(BRASILIA)
}

/// Takes a time on a Brazilian clock.
pub(crate) fn on_brasilia_clock(time: NaiveDateTime) -> Option<DateTime<Utc>> {
    brasilia()?
        .from_local_datetime(&time)
        .single()
        .map(|time| time.to_utc())
}

/// Returns the day on a Brazilian calendar.
pub(crate) fn brasilia_day(time: DateTime<Utc>) -> Option<NaiveDate> {
    let zone = FixedOffset::east_opt(BRASILIA)?;
    Some(time.with_timezone(&zone).date_naive())
}

/// Reads a date and time whose zone is not told: Brazil's clock, or UTC's where Brazil's would put it into the future.
pub(crate) fn on_some_clock(text: &str, now: DateTime<Utc>) -> Option<DateTime<Utc>> {
    let time = zoneless(text)?;
    let latest = now.checked_add_signed(CLOCK_LEAD)?;
    let brazilian = on_brasilia_clock(time).filter(|at| *at <= latest);
    Some(brazilian.unwrap_or_else(|| time.and_utc()))
}

/// Writes a time on Brazil's clock, without a zone: `2026-11-21 09:00:00`.
pub(crate) fn brasilia_text(time: DateTime<Utc>) -> Option<String> {
    let local = time.with_timezone(&FixedOffset::east_opt(BRASILIA)?);
    Some(local.format("%Y-%m-%d %H:%M:%S").to_string())
}

#[cfg(test)]
mod tests {
    use super::{day, millis, offset, on_brasilia_clock, on_some_clock, rfc3339, zoneless};

    #[test]
    fn reads_dates() {
        let shown = |text| {
            zoneless(text)
                .and_then(on_brasilia_clock)
                .map(|time| time.to_rfc3339())
        };
        for (text, expected) in [
            ("2025-09-12 14:21", Some("2025-09-12T17:21:00+00:00")),
            ("2025-09-12 23:21:07", Some("2025-09-13T02:21:07+00:00")),
            ("13/09/2025 14:21", Some("2025-09-13T17:21:00+00:00")),
            ("13/13/2025 14:21", None),
            ("2025-09-12", None),
            ("", None),
        ] {
            assert_eq!(shown(text).as_deref(), expected, "{text}");
        }
        assert!(rfc3339("2025-09-12T15:40:30.123Z").is_some());
        assert!(rfc3339("2025-09-12 15:40").is_none());
        for text in [
            "2026-08-03T13:15:22+0000",
            "2026-08-03T10:15:22-0300",
            "2026-08-03T10:15:22-03:00",
            "2026-08-03T13:15:22.000Z",
        ] {
            assert_eq!(offset(text), rfc3339("2026-08-03T13:15:22Z"), "{text}");
        }
        assert_eq!(offset("2026-08-03T13:15:22"), None);
        assert!(millis(i64::MAX).is_none());
        assert_eq!(day("15/09/2025"), day("2025-09-15T03:00:00Z"));
        assert_eq!(day("00/09/2025"), None);
    }

    #[test]
    fn takes_the_clock_that_is_not_ahead() {
        let now = rfc3339("2026-11-21T12:00:00Z").expect("a time");
        for (text, expected) in [
            ("2026-11-21 09:00:00", "2026-11-21T12:00:00+00:00"),
            ("2026-11-21 09:10:00", "2026-11-21T12:10:00+00:00"),
            ("2026-11-21 09:10:01", "2026-11-21T09:10:01+00:00"),
            ("2026-11-21 12:00:00", "2026-11-21T12:00:00+00:00"),
        ] {
            let read = on_some_clock(text, now).map(|time| time.to_rfc3339());
            assert_eq!(read.as_deref(), Some(expected), "{text}");
        }
        assert_eq!(on_some_clock("yesterday", now), None);
    }
}
