//! What is being typed: at most 300 ms of it are lost when the power goes, and it never turns up in another conversation.

use std::time::{Duration, Instant};

use testkit::{App, Sale, Service};

/// How much typing may be lost.
const LOST: Duration = Duration::from_millis(300);

const TEXT: &str = "Oi, tudo bem? Vi que o PIX da sua compra ainda esta em aberto e queria saber se posso ajudar \
                    com alguma coisa, ou se prefere pagar de outro jeito. Qualquer coisa me chama por aqui mesmo.";

#[test]
fn of_what_is_typed_when_the_power_goes_at_most_300_ms_are_lost() {
    let service = Service::start("Doces do Vale");
    let source = service.kiwify();
    let (one, other) = (Sale::new(1), Sale::new(2));
    for sale in [&one, &other] {
        service.tell(&source, &sale.pix_created());
    }
    let mut app = super::seat(&service, "agent", "Ana Prado");
    super::wait_for_row(&app, &other);
    // The pause between two writes is 250 ms long: cut off at its start, in its middle, and long after the first.
    for letters in [12, 31, 90] {
        super::open(&app, &one);
        app.script(
            "document.querySelector('[data-testid=composer]').focus()",
            &[],
        );
        let typed = type_one_by_one(&app, &TEXT[..letters]);
        let struck = app.cut_off();
        app.start_again();
        super::open(&app, &one);
        let kept = composed(&app);
        assert!(TEXT.starts_with(&kept), "{kept}");
        let due = typed.iter().filter(|at| struck - **at > LOST).count();
        assert!(kept.len() >= due, "{} of {due} are left", kept.len());
        super::open(&app, &other);
        assert_eq!(composed(&app), "", "it is in its own conversation");
        super::open(&app, &one);
        app.script(
            "document.querySelector('[data-testid=composer]').focus()",
            &[],
        );
        app.press_all(&["Control+a", "Delete"]);
        app.wait_for_css("[data-testid=draft][data-state=nothing]");
    }
}

/// Types a text and returns when each of its letters stood in the field.
fn type_one_by_one(app: &App, text: &str) -> Vec<Instant> {
    let type_one = |letter: char| {
        app.type_text(&letter.to_string());
        Instant::now()
    };
    text.chars().map(type_one).collect()
}

/// Returns what the composer holds once the conversation on screen is the one that was asked for.
#[track_caller]
fn composed(app: &App) -> String {
    app.wait_for_css("[data-testid=conversation][data-id] [data-testid=composer]");
    let value = app.script(
        "return document.querySelector('[data-testid=composer]').value",
        &[],
    );
    value.as_str().unwrap_or_default().to_owned()
}

/// How many conversations there are to switch between; each gets a letter of its own.
const LETTERS: [&str; 5] = ["a", "b", "c", "d", "e"];
const SWITCHES: usize = 100;

#[test]
fn a_hundred_switches_between_conversations_cross_no_draft() {
    let service = Service::start("Doces do Vale");
    let source = service.kiwify();
    for number in 1..=5 {
        service.tell(&source, &Sale::new(number).pix_created());
    }
    let mut app = super::seat(&service, "agent", "Ana Prado");
    app.wait_for_text("count-due", "5");
    let people = super::listed(&app, "due");
    let mut typed = [0_usize; LETTERS.len()];
    let mut at = 0;
    app.press_all(&["j", "Enter"]);
    for switch in 0..SWITCHES {
        let (_, id) = &people[at];
        app.wait_for_css(&format!("[data-testid=conversation][data-id={id}]"));
        app.wait_for_focus("composer");
        typed[at] += 1;
        // Down the list and up again, each time as fast as keys can follow one another.
        let (step, next) = if (switch / (people.len() - 1)).is_multiple_of(2) {
            ("j", at + 1)
        } else {
            ("k", at - 1)
        };
        app.press_all(&[LETTERS[at], "Escape", step, "Enter"]);
        at = next;
    }
    check(&app, &people, typed);
    app.restart();
    check(&app, &people, typed);
}

/// Each conversation holds its own letter, as often as it was typed there.
#[track_caller]
fn check(app: &App, people: &[(String, String)], typed: [usize; LETTERS.len()]) {
    for (((name, _), letter), count) in people.iter().zip(LETTERS).zip(typed) {
        super::open_name(app, name);
        app.wait_for_value("composer", &letter.repeat(count));
    }
}
