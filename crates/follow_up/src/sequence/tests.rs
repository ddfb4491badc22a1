use chrono::{
    DateTime, Datelike, FixedOffset, NaiveDate, Offset, TimeDelta, TimeZone, Timelike, Utc,
};
use contract::{Stage, StageGroup};
use proptest::prelude::*;

use super::hours::{Hours, earlier, is_holiday, working_days_after};
use super::{
    CAP, Case, Handed, LINGERS, Need, Other, PlannedStep, Rest, SequenceState, SequenceStep,
    Sequences, SkipReason, StageSequence, StepAt, StopReason,
};
use crate::built_in;
use crate::words::Locale;

fn at(text: &str) -> DateTime<Utc> {
    text.parse().expect("a time")
}

fn need(key: &str) -> Need {
    let template = built_in::templates()
        .iter()
        .find(|template| template.key == key && template.locale == Locale::PtBr);
    template.map(Need::of).unwrap_or_default()
}

/// A PIX of a Thursday, 10:00 in São Paulo, good until 12:00 of the next day.
fn case() -> Case<'static> {
    Case {
        stage: Stage::PixGenerated,
        since: at("2026-11-19T13:00:00Z"),
        paid: false,
        paid_elsewhere: false,
        products: &[],
        ends: Some(at("2026-11-20T15:00:00Z")),
        due_day: None,
        handed: &[],
        others: &[],
        heard_at: None,
        opted_out: false,
        taken_by: None,
        rest: None,
        source_heard_at: None,
        source_patience: None,
        phone: Some("+5511900000000"),
    }
}

fn state(case: &Case<'_>, now: &str) -> Option<SequenceState> {
    let look = Sequences::default().look(case, at(now), need);
    look.map(|look| look.state)
}

fn due(step: u32, since: &str, template: &str) -> SequenceState {
    SequenceState::Due {
        step,
        of: 3,
        since: at(since).timestamp_millis(),
        template: template.to_owned(),
    }
}

fn waiting(step: u32, when: &str, template: &str) -> SequenceState {
    SequenceState::Waiting {
        step,
        of: 3,
        at: at(when).timestamp_millis(),
        template: template.to_owned(),
    }
}

fn stopped(reason: StopReason) -> SequenceState {
    SequenceState::Stopped { reason, by: None }
}

#[test]
fn steps_come_in_their_time_and_pass_when_the_next_one_comes() {
    let handed = [Handed {
        template: Some("pix.help"),
        at: at("2026-11-19T13:05:00Z"),
    }];
    let begun = Case {
        handed: &handed,
        ..case()
    };
    for (case, now, expected) in [
        (
            case(),
            "2026-11-19T13:14:59Z",
            waiting(1, "2026-11-19T13:15:00Z", "pix.help"),
        ),
        (
            case(),
            "2026-11-19T13:15:00Z",
            due(1, "2026-11-19T13:15:00Z", "pix.help"),
        ),
        (
            case(),
            "2026-11-19T15:59:59Z",
            due(1, "2026-11-19T13:15:00Z", "pix.help"),
        ),
        (
            case(),
            "2026-11-19T16:00:00Z",
            due(2, "2026-11-19T16:00:00Z", "pix.code"),
        ),
        // The night: from 21:00 the code is held, and at 8:00 it still lives.
        (
            case(),
            "2026-11-20T00:00:00Z",
            waiting(2, "2026-11-20T11:00:00Z", "pix.code"),
        ),
        (
            case(),
            "2026-11-20T11:00:00Z",
            due(2, "2026-11-19T16:00:00Z", "pix.code"),
        ),
        // The text of the third step says that the code ran out: at its time it has not, two hours later it has.
        (
            case(),
            "2026-11-20T14:00:00Z",
            waiting(3, "2026-11-20T15:00:00Z", "pix.over_help"),
        ),
        (
            case(),
            "2026-11-20T15:00:00Z",
            due(3, "2026-11-20T13:00:00Z", "pix.over_help"),
        ),
        (case(), "2026-11-23T13:00:00Z", SequenceState::Done),
        // Handed over before its time.
        (
            begun,
            "2026-11-19T13:15:00Z",
            waiting(2, "2026-11-19T16:00:00Z", "pix.code"),
        ),
    ] {
        assert_eq!(state(&case, now), Some(expected), "{now}");
    }
}

#[test]
fn every_rule_stops_it_and_says_why() {
    let products = ["Curso".to_owned()];
    let bought = Case {
        products: &products,
        ..case()
    };
    let other = Other {
        begun_at: at("2026-11-19T13:30:00Z"),
        products: &products,
        grew: false,
        handed_at: None,
    };
    let older = [Other {
        begun_at: at("2026-11-19T12:00:00Z"),
        ..other
    }];
    let elsewhere = [Other {
        handed_at: Some(at("2026-11-19T12:00:00Z")),
        ..older[0]
    }];
    let long_ago = [Other {
        handed_at: Some(at("2026-11-18T12:00:00Z")),
        ..older[0]
    }];
    let grown = [Other {
        grew: true,
        ..older[0]
    }];
    let newer = [other];
    let of_another_thing = [Other {
        products: &[],
        ..other
    }];
    let stage = |stage| Case { stage, ..case() };
    let still = due(1, "2026-11-19T13:15:00Z", "pix.help");
    for (name, case, expected) in [
        (
            "approved",
            stage(Stage::PurchaseApproved),
            stopped(StopReason::Paid),
        ),
        (
            "delivered",
            stage(Stage::Delivered),
            stopped(StopReason::Paid),
        ),
        (
            "paid",
            Case {
                paid: true,
                ..case()
            },
            stopped(StopReason::Paid),
        ),
        (
            "elsewhere",
            Case {
                paid_elsewhere: true,
                ..case()
            },
            stopped(StopReason::Paid),
        ),
        (
            "refunded",
            stage(Stage::Refunded),
            stopped(StopReason::Reversed),
        ),
        (
            "chargeback",
            stage(Stage::Chargeback),
            stopped(StopReason::Reversed),
        ),
        (
            "cancelled",
            stage(Stage::Cancelled),
            stopped(StopReason::Cancelled),
        ),
        (
            "expired",
            stage(Stage::PaymentExpired),
            stopped(StopReason::Expired),
        ),
        (
            "opted out",
            Case {
                opted_out: true,
                ..case()
            },
            stopped(StopReason::OptedOut),
        ),
        (
            "replied",
            Case {
                heard_at: Some(case().since),
                ..case()
            },
            stopped(StopReason::Replied),
        ),
        (
            "had replied before",
            Case {
                heard_at: Some(case().since - TimeDelta::seconds(1)),
                ..case()
            },
            still.clone(),
        ),
        (
            "taken",
            Case {
                taken_by: Some("Bia"),
                ..case()
            },
            SequenceState::Stopped {
                reason: StopReason::TakenOver,
                by: Some("Bia".to_owned()),
            },
        ),
        (
            "resolved",
            Case {
                rest: Some(Rest::Resolved),
                ..case()
            },
            stopped(StopReason::Resolved),
        ),
        (
            "aside",
            Case {
                rest: Some(Rest::Aside),
                ..case()
            },
            stopped(StopReason::Aside),
        ),
        (
            "newer",
            Case {
                others: &newer,
                ..bought
            },
            stopped(StopReason::NewerOrder),
        ),
        (
            "older",
            Case {
                others: &older,
                ..bought
            },
            still.clone(),
        ),
        (
            "another thing",
            Case {
                others: &of_another_thing,
                ..bought
            },
            still.clone(),
        ),
        (
            "grown",
            Case {
                others: &grown,
                ..bought
            },
            stopped(StopReason::NewerOrder),
        ),
        (
            "elsewhere in a sequence",
            Case {
                others: &elsewhere,
                ..bought
            },
            stopped(StopReason::OtherSequence),
        ),
        (
            "long ago in another",
            Case {
                others: &long_ago,
                ..bought
            },
            still.clone(),
        ),
        (
            "silent",
            Case {
                source_heard_at: Some(at("2026-11-18T13:29:59Z")),
                ..case()
            },
            SequenceState::Paused {
                step: 1,
                of: 3,
                heard_at: at("2026-11-18T13:29:59Z").timestamp_millis(),
            },
        ),
        (
            "heard",
            Case {
                source_heard_at: Some(at("2026-11-18T13:30:00Z")),
                ..case()
            },
            still.clone(),
        ),
    ] {
        assert_eq!(
            state(&case, "2026-11-19T13:30:00Z"),
            Some(expected),
            "{name}"
        );
    }
}

/// Returns the first moments at which steps are due, by asking every quarter of an hour for three weeks.
fn first_due(sequences: &Sequences, case: &Case<'_>) -> Vec<(u32, i64)> {
    let mut seen = Vec::new();
    for quarters in 0..21 * 24 * 4 {
        let now = case.since + TimeDelta::minutes(15 * quarters);
        let state = sequences.look(case, now, need).map(|look| look.state);
        if let Some(SequenceState::Due { step, .. }) = state
            && !seen.iter().any(|(known, _)| *known == step)
        {
            seen.push((step, now.timestamp_millis()));
        }
    }
    seen
}

#[test]
fn what_is_planned_is_when_steps_come() {
    let sequences = Sequences {
        rest_days: true,
        ..Sequences::default()
    };
    let boleto = Case {
        stage: Stage::BoletoGenerated,
        due_day: NaiveDate::from_ymd_opt(2026, 11, 25),
        ends: Some(at("2026-11-26T03:00:00Z")),
        ..case()
    };
    let skips = |reasons: &[(usize, SkipReason)]| reasons.to_vec();
    for (name, case, skipped) in [
        ("a code", case(), skips(&[])),
        (
            "a code that ends soon",
            Case {
                ends: Some(at("2026-11-19T13:30:00Z")),
                ..case()
            },
            skips(&[(1, SkipReason::Expired)]),
        ),
        (
            "a code without an end",
            Case {
                ends: None,
                ..case()
            },
            skips(&[(2, SkipReason::NeverOver)]),
        ),
        (
            "at night before a Sunday",
            Case {
                since: at("2026-11-22T01:00:00Z"),
                ends: Some(at("2026-11-24T01:00:00Z")),
                ..case()
            },
            // All come at eight on Monday; the last one counts, and waits for the end.
            skips(&[(0, SkipReason::Overtaken), (1, SkipReason::Overtaken)]),
        ),
        ("a boleto", boleto, skips(&[])),
        (
            "a boleto of the last minute",
            Case {
                since: at("2026-11-25T11:00:00Z"),
                ..boleto
            },
            skips(&[(0, SkipReason::Before)]),
        ),
        (
            "a boleto without a day",
            Case {
                due_day: None,
                ..boleto
            },
            skips(&[
                (0, SkipReason::NoDay),
                (1, SkipReason::NoDay),
                (2, SkipReason::NoDay),
            ]),
        ),
    ] {
        let stage = sequences.at(case.stage.group()).expect("a sequence");
        let plan = sequences.plan(stage, &case, need);
        assert_eq!(plan.stopped, None, "{name}");
        let numbered = || plan.steps.iter().enumerate();
        let told: Vec<(usize, SkipReason)> = numbered()
            .filter_map(|(number, step)| Some((number, step.skipped?)))
            .collect();
        assert_eq!(told, skipped, "{name}");
        let planned: Vec<(u32, i64)> = (1..)
            .zip(&plan.steps)
            .filter_map(|(number, step)| Some((number, step.at?)))
            .collect();
        assert_eq!(planned, first_due(&sequences, &case), "{name}");
    }
}

#[test]
fn a_plan_tells_what_was_moved_and_what_ends_it() {
    let evening = Case {
        since: at("2026-11-19T23:50:00Z"),
        ..case()
    };
    let sequences = Sequences::default();
    let stage = sequences.at(StageGroup::Pix).expect("a sequence");
    let plan = sequences.plan(stage, &evening, need);
    let first = PlannedStep {
        template: "pix.help".to_owned(),
        at: Some(at("2026-11-20T11:00:00Z").timestamp_millis()),
        moved: true,
        skipped: None,
    };
    // Five past nine in the evening is the next morning's; so is ten to midnight, which leaves nothing to the first.
    let overtaken = PlannedStep {
        at: None,
        moved: false,
        skipped: Some(SkipReason::Overtaken),
        ..first.clone()
    };
    assert_eq!(plan.steps.first(), Some(&overtaken));
    let alone = StageSequence {
        steps: stage.steps.iter().take(1).cloned().collect(),
        ..stage.clone()
    };
    let plan = sequences.plan(&alone, &evening, need);
    assert_eq!(plan.steps, [first]);
    for (case, stopped) in [
        (
            Case {
                paid: true,
                ..case()
            },
            Some(StopReason::Paid),
        ),
        (
            Case {
                heard_at: Some(at("2026-11-19T14:00:00Z")),
                ..case()
            },
            Some(StopReason::Replied),
        ),
        (case(), None),
    ] {
        assert_eq!(sequences.plan(stage, &case, need).stopped, stopped);
    }
}

#[test]
fn a_code_that_ran_out_stops_what_would_show_it() {
    let short = Case {
        ends: Some(at("2026-11-19T13:45:00Z")),
        ..case()
    };
    let mut sequences = Sequences::default();
    for sequence in &mut sequences.stages {
        sequence.steps.truncate(2);
    }
    let look = |now: &str| sequences.look(&short, at(now), need).map(|look| look.state);
    let first = SequenceState::Due {
        step: 1,
        of: 2,
        since: at("2026-11-19T13:15:00Z").timestamp_millis(),
        template: "pix.help".to_owned(),
    };
    assert_eq!(look("2026-11-19T13:20:00Z"), Some(first));
    assert_eq!(
        look("2026-11-19T16:30:00Z"),
        Some(stopped(StopReason::Expired))
    );
    // With a step left that speaks of it, that one is waited for.
    assert_eq!(
        state(&short, "2026-11-19T16:30:00Z"),
        Some(waiting(3, "2026-11-20T13:00:00Z", "pix.over_help"))
    );
}

#[test]
fn a_boleto_is_followed_by_its_last_day_and_asked_after_once_it_can_have_cleared() {
    let boleto = Case {
        stage: Stage::BoletoGenerated,
        due_day: NaiveDate::from_ymd_opt(2026, 11, 19),
        ends: Some(at("2026-11-20T03:00:00Z")),
        since: at("2026-11-16T13:00:00Z"),
        ..case()
    };
    for (now, expected) in [
        (
            "2026-11-17T12:00:00Z",
            waiting(1, "2026-11-18T12:00:00Z", "boleto.line"),
        ),
        (
            "2026-11-18T12:00:00Z",
            due(1, "2026-11-18T12:00:00Z", "boleto.line"),
        ),
        (
            "2026-11-19T12:00:00Z",
            due(2, "2026-11-19T12:00:00Z", "boleto.ending"),
        ),
        // The 20th is a holiday, then comes a weekend: three working days end on Wednesday.
        (
            "2026-11-20T12:00:00Z",
            waiting(3, "2026-11-25T12:00:00Z", "boleto.over_help"),
        ),
        (
            "2026-11-25T12:00:00Z",
            due(3, "2026-11-25T12:00:00Z", "boleto.over_help"),
        ),
    ] {
        assert_eq!(state(&boleto, now), Some(expected), "{now}");
    }
    let unknown = Case {
        due_day: None,
        ends: None,
        ..boleto
    };
    assert_eq!(
        state(&unknown, "2026-11-18T12:00:00Z"),
        Some(SequenceState::Done)
    );
}

#[test]
fn stages_without_a_sequence_have_none() {
    for stage in [
        Stage::InAnalysis,
        Stage::PaymentAuthorized,
        Stage::PaymentPending,
    ] {
        assert_eq!(
            state(&Case { stage, ..case() }, "2026-11-19T13:30:00Z"),
            None
        );
    }
    let mut off = Sequences::default();
    for sequence in &mut off.stages {
        sequence.on = false;
    }
    assert_eq!(off.look(&case(), at("2026-11-19T13:30:00Z"), need), None);
}

#[test]
fn how_much_earlier_it_is_follows_the_area_code() {
    for (phone, hours) in [
        (Some("+5568999990000"), 2),
        (Some("+5592999990000"), 1),
        (Some("+5511999990000"), 0),
        (Some("+351911234567"), 0),
        (Some("+55"), 0),
        (None, 0),
    ] {
        assert_eq!(earlier(phone), hours, "{phone:?}");
    }
}

#[test]
fn every_area_code_keeps_the_hours_of_its_zone_all_year() {
    let zones: [(chrono_tz::Tz, &[u32]); 8] = [
        (chrono_tz::America::Rio_Branco, &[68]),
        (chrono_tz::America::Manaus, &[92, 97]),
        (chrono_tz::America::Cuiaba, &[65, 66]),
        (chrono_tz::America::Campo_Grande, &[67]),
        (chrono_tz::America::Porto_Velho, &[69]),
        (chrono_tz::America::Boa_Vista, &[95]),
        (chrono_tz::America::Recife, &[81, 87]),
        (
            chrono_tz::America::Sao_Paulo,
            &[
                11, 12, 13, 14, 15, 16, 17, 18, 19, 21, 22, 24, 27, 28, 31, 32, 33, 34, 35, 37, 38,
                41, 42, 43, 44, 45, 46, 47, 48, 49, 51, 53, 54, 55, 61, 62, 63, 64, 71, 73, 74, 75,
                77, 79, 82, 83, 84, 85, 86, 88, 89, 91, 93, 94, 96, 98, 99,
            ],
        ),
    ];
    for (zone, areas) in zones {
        for area in areas {
            let hours = Hours::of(Some(&format!("+55{area}900000000")), false);
            for hour in (0..24 * 366).step_by(7) {
                let now = at("2026-01-01T00:30:00Z") + TimeDelta::hours(hour);
                let local = now.with_timezone(&zone);
                let is_open = (8..21).contains(&local.hour());
                assert_eq!(hours.open_from(now) == now, is_open, "{area} {local}");
                if !is_open {
                    let opens = hours.open_from(now).with_timezone(&zone);
                    assert_eq!((opens.hour(), opens.minute()), (8, 0), "{area} {local}");
                    assert!(hours.open_from(now) - now < TimeDelta::hours(11), "{area}");
                }
            }
        }
    }
    for phone in [
        None,
        Some("+351912345678"),
        Some("+55"),
        Some(""),
        Some("+55é1"),
    ] {
        let hours = Hours::of(phone, false);
        assert_eq!(hours, Hours::of(Some("+5511900000000"), false), "{phone:?}");
    }
}

#[test]
fn holidays_are_those_of_the_law_and_working_days_pass_them_over() {
    let day = |text: &str| text.parse::<NaiveDate>().expect("a day");
    for (text, expected) in [
        ("2026-01-01", true),
        ("2026-04-03", true), // Good Friday
        ("2027-03-26", true),
        ("2026-04-21", true),
        ("2026-11-20", true),
        ("2023-11-20", false),
        ("2026-12-25", true),
        ("2026-02-17", false), // carnival is no national holiday
        ("2026-11-19", false),
    ] {
        assert_eq!(is_holiday(day(text)), expected, "{text}");
    }
    for (from, days, expected) in [
        ("2026-11-16", 3, "2026-11-19"),
        ("2026-11-19", 3, "2026-11-25"),
        ("2026-11-21", 0, "2026-11-21"),
        ("2026-11-21", 1, "2026-11-23"),
    ] {
        assert_eq!(
            working_days_after(day(from), days),
            day(expected),
            "{from} {days}"
        );
    }
    let rests = Hours::of(None, true);
    // From Friday's holiday on: Saturday is open, Sunday is not.
    assert_eq!(
        rests.open_from(at("2026-11-20T15:00:00Z")),
        at("2026-11-21T11:00:00Z")
    );
    assert_eq!(
        rests.open_from(at("2026-11-21T15:00:00Z")),
        at("2026-11-21T15:00:00Z")
    );
    assert_eq!(
        rests.open_from(at("2026-11-22T15:00:00Z")),
        at("2026-11-23T11:00:00Z")
    );
}

#[test]
fn what_comes_with_the_program_is_sound_and_names_templates_of_its_stage() {
    let sequences = Sequences::default();
    sequences.check().expect("sound");
    for sequence in &sequences.stages {
        for step in &sequence.steps {
            for locale in Locale::ALL {
                let found = built_in::templates()
                    .iter()
                    .find(|template| template.key == step.template && template.locale == locale);
                let stages = &found.expect("there").stages;
                assert!(stages.contains(&sequence.group), "{}", step.template);
            }
        }
    }
}

#[test]
fn faults_are_named_by_their_field() {
    let step = |minutes, template: &str| SequenceStep {
        at: StepAt::Stage { minutes },
        template: template.to_owned(),
    };
    let of = |group, steps| Sequences {
        stages: vec![StageSequence {
            group,
            on: true,
            steps,
        }],
        ..Sequences::default()
    };
    let day = |days| SequenceStep {
        at: StepAt::DueDay { days },
        template: format!("d{days}"),
    };
    let many = (1..=7).map(|n| step(n * 10, &n.to_string())).collect();
    for (name, sequences, expected) in [
        (
            "good",
            of(StageGroup::Pix, vec![step(15, "a"), step(20, "b")]),
            None,
        ),
        (
            "mixed",
            of(StageGroup::Boleto, vec![day(-1), step(60, "a"), day(0)]),
            None,
        ),
        (
            "no such stage",
            of(StageGroup::Approved, vec![step(15, "a")]),
            Some("stages"),
        ),
        ("no steps", of(StageGroup::Pix, vec![]), Some("steps")),
        ("too many", of(StageGroup::Pix, many), Some("steps")),
        (
            "same twice",
            of(StageGroup::Pix, vec![step(15, "a"), step(20, "a")]),
            Some("template"),
        ),
        (
            "no name",
            of(StageGroup::Pix, vec![step(15, "")]),
            Some("template"),
        ),
        (
            "at once",
            of(StageGroup::Pix, vec![step(1, "a")]),
            Some("at"),
        ),
        (
            "back in time",
            of(StageGroup::Pix, vec![step(20, "a"), step(15, "b")]),
            Some("at"),
        ),
        (
            "by a due day",
            of(StageGroup::Pix, vec![day(1)]),
            Some("at"),
        ),
        ("too far", of(StageGroup::Boleto, vec![day(11)]), Some("at")),
        (
            "never silent",
            Sequences {
                silent_hours: 0,
                ..Sequences::default()
            },
            Some("silentHours"),
        ),
    ] {
        let fault = sequences.check().err().map(|fault| fault.0);
        assert_eq!(fault, expected, "{name}");
    }
    let mut twice = Sequences::default();
    twice.stages.extend(Sequences::default().stages);
    assert_eq!(twice.check().err().map(|fault| fault.0), Some("stages"));
}

/// What a person with a clock and a list would do, minute by minute.
struct Oracle<'a> {
    minutes: &'a [u32],
    zone: FixedOffset,
    rest_days: bool,
    since: DateTime<Utc>,
    ends: Option<DateTime<Utc>>,
    needs: &'a [Need],
    handed: &'a [(usize, DateTime<Utc>)],
    other_at: Option<DateTime<Utc>>,
}

impl Oracle<'_> {
    fn may_write(&self, at: DateTime<Utc>) -> bool {
        let local = at.with_timezone(&self.zone);
        let is_rest = local.weekday().num_days_from_sunday() == 0 || is_holiday(local.date_naive());
        local.hour() >= 8 && local.hour() < 21 && !(self.rest_days && is_rest)
    }

    /// Walks the clock and returns the step that is asked for at `now`, and since when.
    fn asked(&self, now: DateTime<Utc>) -> Option<(usize, DateTime<Utc>)> {
        let mut asked: Option<(usize, DateTime<Utc>)> = None;
        let mut told = 0;
        let mut clock = self.since;
        while clock <= now {
            while self.may_write(clock)
                && let Some(minutes) = self.minutes.get(told)
                && self.since + TimeDelta::minutes(i64::from(*minutes)) <= clock
            {
                asked = Some((told, clock));
                told += 1;
            }
            clock += TimeDelta::minutes(5);
        }
        let (step, since) = asked?;
        let was_written = self
            .handed
            .iter()
            .any(|(template, when)| *when >= since || (*template == step && *when >= self.since));
        let is_alive = self.ends.is_none_or(|ends| now < ends);
        let is_over = self.ends.is_some_and(|ends| now >= ends);
        let fits = match self.needs[step] {
            Need::Nothing => true,
            Need::Alive => is_alive,
            Need::Over => is_over,
        };
        let is_capped = self.other_at.is_some_and(|at| at <= now && now < at + CAP);
        let is_late = now >= since + LINGERS;
        let holds = self.may_write(now) && fits && !was_written && !is_capped && !is_late;
        holds.then_some((step, since))
    }
}

fn grid(minutes: u32) -> TimeDelta {
    TimeDelta::minutes(i64::from(minutes) * 5)
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 400, ..ProptestConfig::default() })]

    #[test]
    fn a_step_is_due_exactly_when_somebody_with_a_clock_would_say_so(
        (area, east) in prop::sample::select(vec![("68", -5), ("92", -4), ("67", -4), ("81", -3), ("11", -3)]),
        begun in 0_u32..4_000,
        gaps in prop::collection::vec(1_u32..500, 1..5),
        needs in prop::collection::vec(prop::sample::select(vec![Need::Nothing, Need::Alive, Need::Over]), 5),
        ends in prop::option::of(0_u32..1_500),
        handed in prop::collection::vec((0_usize..6, -100_i64..1_500), 0..4),
        other in prop::option::of(-300_i64..1_500),
        rest_days in any::<bool>(),
        elapsed in 0_u32..2_500,
    ) {
        let since = at("2026-11-13T03:00:00Z") + grid(begun);
        let now = since + grid(elapsed);
        let minutes: Vec<u32> = gaps
            .iter()
            .scan(0, |sum, gap| { *sum += gap * 5; Some(*sum) })
            .collect();
        let names: Vec<String> = (0..6).map(|number| format!("t{number}")).collect();
        let off = |grids: i64| since + TimeDelta::minutes(grids * 5);
        let handed: Vec<(usize, DateTime<Utc>)> =
            handed.into_iter().map(|(template, when)| (template, off(when))).collect();
        let other_at = other.map(off);
        let oracle = Oracle {
            minutes: &minutes,
            zone: FixedOffset::east_opt(east * 3600).expect("a zone"),
            rest_days,
            since,
            ends: ends.map(|ends| since + grid(ends)),
            needs: &needs,
            handed: &handed,
            other_at,
        };
        let sequences = Sequences {
            stages: vec![StageSequence {
                group: StageGroup::Pix,
                on: true,
                steps: minutes.iter().zip(&names).map(|(minutes, name)| SequenceStep {
                    at: StepAt::Stage { minutes: *minutes },
                    template: name.clone(),
                }).collect(),
            }],
            rest_days,
            silent_hours: 24,
        };
        let mut told: Vec<Handed<'_>> = handed
            .iter()
            .map(|(template, when)| Handed { template: Some(&names[*template]), at: *when })
            .collect();
        let others: Vec<Other<'_>> = other_at
            .map(|handed_at| Other { begun_at: since, products: &[], grew: false, handed_at: Some(handed_at) })
            .into_iter()
            .collect();
        let phone = format!("+55{area}900000000");
        let by_name = |key: &str| needs[key[1..].parse::<usize>().expect("a number")];
        let known = Case { others: &others, ends: oracle.ends, since, phone: Some(&phone), ..case() };
        let look = sequences
            .look(&Case { handed: &told, ..known }, now, by_name)
            .expect("a sequence");
        let expected = oracle.asked(now);
        let found = match &look.state {
            SequenceState::Due { step, since, .. } => Some((*step as usize - 1, *since)),
            _ => None,
        };
        prop_assert_eq!(found, expected.map(|(step, since)| (step, since.timestamp_millis())));
        // In whatever order it was told.
        told.reverse();
        let again = sequences.look(&Case { handed: &told, ..known }, now, by_name);
        prop_assert_eq!(again.as_ref(), Some(&look));
        // Between the two times nothing changes but by somebody's doing, and a step is waited for to a time at which it comes.
        let case = Case { handed: &told, ..known };
        let state = |at| sequences.look(&case, at, by_name).map(|look| look.state);
        if let Some(from) = look.from {
            prop_assert_eq!(state(from), Some(look.state.clone()));
        }
        if let Some(until) = look.until {
            prop_assert_eq!(state(until - TimeDelta::milliseconds(1)), Some(look.state.clone()));
        }
        if let SequenceState::Waiting { step, at, .. } = &look.state && others.is_empty() {
            let at = DateTime::from_timestamp_millis(*at).expect("a time");
            let is_there = matches!(state(at), Some(SequenceState::Due { step: due, .. }) if due == *step);
            prop_assert!(at > now && is_there, "{:?} at {}", state(at), at);
        }
    }
}

#[test]
fn a_zone_is_the_one_that_the_tables_have() {
    let now = at("2026-07-01T12:00:00Z");
    let zone = chrono_tz::America::Noronha.offset_from_utc_datetime(&now.naive_utc());
    // Noronha's own zone differs from that of its area code: the mainland's hours are kept.
    assert_eq!(zone.fix().local_minus_utc(), -2 * 3600);
    let hours = Hours::of(Some("+5581900000000"), false);
    assert_eq!(hours.closes(now), Some(at("2026-07-02T00:00:00Z")));
}
