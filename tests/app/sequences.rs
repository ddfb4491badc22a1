//! Sequences of the team: a lead moves a step, sees what it comes to for real orders, and whoever sits elsewhere has it when it is
//! due, once.

use chrono::{TimeDelta, Utc};
use contract::kind;
use follow_up::sequence::hours::Hours;
use testkit::{App, Sale, Service, until};

/// What is left of the hours of contact, or of the night, at least where either is relied on: more than a journey takes.
const LONG_ENOUGH: TimeDelta = TimeDelta::minutes(10);

#[test]
fn a_step_that_a_lead_moves_is_due_elsewhere_and_done_once() {
    let service = Service::start("Doces do Vale");
    let now = Utc::now();
    let sale = Sale {
        made_at: now - TimeDelta::minutes(8),
        pix_until: now + TimeDelta::hours(30),
        ..Sale::new(1)
    };
    service.tell(&service.kiwify(), &sale.pix_created());
    let (ana, bruno) = super::two_seats(&service, "lead");
    for app in [&ana, &bruno] {
        super::open(app, &sale);
        app.wait_for_css("[data-testid=sequence][data-state=waiting]");
        app.wait_for_text("sequence", "Passo 1 de 3");
    }

    open_sequences(&ana);
    ana.wait_for_text("sequence-trial", &sale.buyer);
    // Fewer than five minutes is no step: it is said, and nothing can be saved.
    set_first_step(&ana, "2");
    ana.wait_for_css("[data-testid=sequence-fault][data-code=at]");
    ana.wait_for_css("[data-testid=sequences-save][disabled]");
    set_first_step(&ana, "5");
    ana.wait_for_css("[data-testid=sequences-save]:not([disabled])");
    ana.click("sequences-save");
    ana.wait_for_text("toast", "salvas");
    let kinds = || service.entries().into_iter().map(|entry| entry.kind);
    assert_eq!(
        kinds().filter(|kind| kind == kind::SEQUENCE_SAVED).count(),
        1
    );
    leave_sequences(&ana);

    match open_for(&sale) {
        Some(true) => due_there_and_done_once(&service, &ana, &bruno, &sale),
        // At night the step waits for the morning, at each desk.
        Some(false) => {
            for app in [&ana, &bruno] {
                app.wait_for_css("[data-testid=sequence][data-state=waiting]");
                app.wait_for_text("sequence", "8:00");
            }
        }
        None => {}
    }
}

#[test]
fn an_agent_reads_what_only_leads_change() {
    let (service, app) = super::team();
    service.tell(&service.kiwify(), &Sale::new(1).boleto_created());
    super::wait_for_row(&app, &Sale::new(1));
    open_sequences(&app);
    app.click("sequence-tab-boleto");
    app.wait_for_text("sequence-boleto", "1 dia antes do vencimento");
    app.wait_for_text("sequence-trial", &Sale::new(1).buyer);
    for changes in ["sequences-save", "step-add", "step-count"] {
        assert_eq!(app.count(changes), 0, "{changes}");
    }
}

/// Takes the step up where it is due: its text is there to be checked, and once it has left, the step is nobody's any more.
fn due_there_and_done_once(service: &Service, ana: &App, bruno: &App, sale: &Sale) {
    for app in [ana, bruno] {
        app.wait_for_css("[data-testid=sequence][data-state=due]");
    }
    bruno.click("view-steps");
    super::wait_for_row(bruno, sale);
    super::open(bruno, sale);
    bruno.wait_for("step-take");
    bruno.click("step-take");
    bruno.wait_for_css("[data-testid=hand-over]:not([disabled])");
    bruno.click("hand-over");
    assert!(bruno.expect_opened(1).starts_with("https://wa.me/"));
    for app in [ana, bruno] {
        app.wait_gone("step-take");
        app.wait_for("sequence");
        app.wait_for_css("[data-testid=sequence]:not([data-state=due])");
    }
    // It can be taken back for a few seconds, and leaves for the service after them.
    until("the text is told of once", || match handed_over(service) {
        1 => Ok(()),
        count => Err(format!("{count} times")),
    });
    for app in [ana, bruno] {
        app.wait_for_css("[data-testid=sequence]:not([data-state=due])");
    }
    assert_eq!(handed_over(service), 1);
}

fn handed_over(service: &Service) -> usize {
    let told = service.entries();
    told.iter()
        .filter(|entry| entry.kind == kind::HANDED_OVER)
        .count()
}

/// Tells whether the buyer may be written to now; `None` where that is about to change.
fn open_for(sale: &Sale) -> Option<bool> {
    let hours = Hours::of(Some(&sale.phone), false);
    let now = Utc::now();
    let is_open = |at| hours.open_from(at) == at;
    let (now, soon) = (is_open(now), is_open(now + LONG_ENOUGH));
    (now == soon).then_some(now)
}

#[track_caller]
fn open_sequences(app: &App) {
    app.click("settings");
    app.click("settings-sequences");
    app.wait_for("sequences-sheet");
    app.wait_for("sequence-step");
}

#[track_caller]
fn leave_sequences(app: &App) {
    app.press("Escape");
    app.wait_gone("sequences-sheet");
    if app.count("settings-sheet") > 0 {
        app.press("Escape");
        app.wait_gone("settings-sheet");
    }
}

/// Says after how many minutes the first step comes.
#[track_caller]
fn set_first_step(app: &App, minutes: &str) {
    app.script(
        "const field = document.querySelector('[data-step=\"0\"] [data-testid=step-count]');
         field.value = arguments[0];
         field.dispatchEvent(new Event('input', { bubbles: true }));",
        &[minutes.into()],
    );
}
