//! Every act is taken back by Ctrl Z: while it still waits here, and by its opposite once it has left.

use serde_json::{Value, json};
use testkit::{App, Sale, Service, until};

/// One act: what leads to it, how it is done, and what shows that it was taken back.
struct Act {
    name: &'static str,
    before: fn(&App),
    done: fn(&App),
    back: fn(&App),
}

const OWNED: &str = "[data-testid=owner][data-mine=true]";
const RESOLVED: &str = "[data-testid=handling][data-state=resolved]";

const CLAIM: Act = Act {
    name: "claim",
    before: |_| (),
    done: |app| seen_after(app, "c", OWNED),
    back: |app| app.wait_gone("owner"),
};
const SNOOZE: Act = Act {
    name: "snooze",
    before: |_| (),
    done: |app| {
        app.press("h");
        app.choose("snooze", "reply");
        app.wait_for_css("[data-testid=handling][data-state=snoozed]");
    },
    back: |app| app.wait_gone("handling"),
};
const RESOLVE: Act = Act {
    name: "resolve",
    before: |_| (),
    done: |app| seen_after(app, "e", RESOLVED),
    back: |app| app.wait_gone("handling"),
};
const LABEL: Act = Act {
    name: "label",
    before: |_| (),
    done: |app| {
        label(app);
        app.wait_for_text("label", "VIP");
    },
    back: |app| app.wait_gone("label"),
};

/// In this order each begins where the one before was taken back to.
const LEFT: [Act; 8] = [
    CLAIM,
    SNOOZE,
    RESOLVE,
    LABEL,
    Act {
        name: "release",
        before: |app| seen_after(app, "c", OWNED),
        done: |app| {
            app.press("c");
            app.wait_gone("owner");
        },
        back: |app| drop(app.wait_for_css(OWNED)),
    },
    Act {
        name: "wake",
        before: SNOOZE.done,
        done: |app| {
            app.click("wake");
            app.wait_gone("handling");
        },
        back: |app| drop(app.wait_for_css("[data-testid=handling][data-state=snoozed]")),
    },
    Act {
        name: "reopen",
        before: |app| seen_after(app, "e", RESOLVED),
        done: |app| {
            app.press("e");
            app.wait_gone("handling");
        },
        back: |app| drop(app.wait_for_css(RESOLVED)),
    },
    Act {
        name: "taking a label off",
        before: |app| {
            label(app);
            app.wait_for_text("label", "VIP");
        },
        done: |app| {
            label(app);
            app.wait_gone("label");
        },
        back: |app| app.wait_for_text("label", "VIP"),
    },
];

#[track_caller]
fn seen_after(app: &App, key: &str, css: &str) {
    app.press(key);
    app.wait_for_css(css);
}

/// Puts the label on, or takes it off.
#[track_caller]
fn label(app: &App) {
    app.press("t");
    app.wait_for_focus("label-find");
    app.type_text("VIP\n");
    app.press("Escape");
    app.wait_gone("ask-label");
}

#[test]
fn what_has_left_is_taken_back_by_its_opposite() {
    let service = Service::start("Doces do Vale");
    let colleague = service.join("Bruno Teles");
    assert!(!colleague.is_empty());
    let sale = Sale::new(1);
    service.tell(&service.kiwify(), &sale.pix_created());
    let app = super::seat(&service, "lead", "Ana Prado");
    super::open(&app, &sale);
    for act in LEFT {
        (act.before)(&app);
        super::wait_until_sent(&app);
        (act.done)(&app);
        super::wait_until_sent(&app);
        app.press("Control+z");
        (act.back)(&app);
        super::wait_until_sent(&app);
        (act.back)(&app);
        assert_eq!(refused_toasts(&app), 0, "{}", act.name);
    }
    given_away_comes_back(&app);
    what_was_just_said_is_taken_back(&app);
    what_was_said_stays(&app);
}

/// What a lead gave to a colleague is theirs again.
#[track_caller]
fn given_away_comes_back(app: &App) {
    app.press("a");
    app.wait_for_focus("assign-find");
    app.type_text("bru\n");
    app.wait_for_css("[data-testid=owner][data-mine=false]");
    super::wait_until_sent(app);
    app.press("Control+z");
    app.wait_for_css(OWNED);
    super::wait_until_sent(app);
    app.wait_for_css(OWNED);
}

/// What nobody has read yet is a draft again, though the service is there.
#[track_caller]
fn what_was_just_said_is_taken_back(app: &App) {
    for (key, item, text) in [
        ("n", "note-item", "liga depois das seis"),
        ("o", "received", "Pago amanhã cedo"),
        ("r", "handed-over", "Oi, conseguiu pagar?"),
    ] {
        app.press(key);
        app.wait_for_focus("composer");
        app.type_text(text);
        app.press("Enter");
        app.wait_for(item);
        // Until the focus has left the field, the key is the field's own.
        app.wait_for_focus("list");
        app.press("Control+z");
        app.wait_gone(item);
        super::wait_until_sent(app);
        app.press(key);
        app.wait_for_value("composer", text);
        app.wait_for_focus("composer");
        app.press_all(&["Control+a", "Delete", "Escape"]);
    }
    assert_eq!(refused_toasts(app), 0);
}

/// What others have read cannot be unsaid, and that is said.
#[track_caller]
fn what_was_said_stays(app: &App) {
    app.press("n");
    app.wait_for_focus("composer");
    app.type_text("liga depois das seis\n");
    app.wait_for_css("[data-testid=note-item][data-pending=false]");
    super::wait_until_sent(app);
    app.press("Control+z");
    app.wait_for_css("[data-testid=toast][data-tone=refused]");
    app.wait_for_text("note-item", "liga depois das seis");
}

fn refused_toasts(app: &App) -> usize {
    let refused = app
        .driver()
        .find_all("[data-testid=toast][data-tone=refused]");
    refused.map_or(0, |found| found.len())
}

#[test]
fn what_waits_here_is_taken_back_as_if_it_had_never_been() {
    let mut service = Service::start("Doces do Vale");
    let sale = Sale::new(1);
    service.tell(&service.kiwify(), &sale.pix_created());
    let app = super::seat(&service, "agent", "Ana Prado");
    super::open(&app, &sale);
    service.kill();
    app.wait_for_css("[data-testid=freshness][data-state=offline]");
    for act in [CLAIM, SNOOZE, RESOLVE, LABEL] {
        (act.done)(&app);
        take_back(&app);
        (act.back)(&app);
        app.wait_gone("outbox");
    }
    app.press("n");
    app.wait_for_focus("composer");
    app.type_text("liga depois das seis\n");
    app.wait_for("note-item");
    take_back(&app);
    app.wait_gone("note-item");

    // A text that was opened outside is one's own again, to be changed or opened anew.
    app.press("r");
    app.wait_for_focus("composer");
    app.type_text("Oi, conseguiu pagar?\n");
    app.wait_for_css("[data-testid=handed-over][data-pending=true]");
    app.wait_for_value("composer", "");
    take_back(&app);
    app.wait_gone("handed-over");
    app.wait_for_value("composer", "Oi, conseguiu pagar?");
    app.wait_gone("outbox");

    service.start_again();
    let before = service.entries().len();
    super::back_to_live(&app);
    super::wait_until_sent(&app);
    assert_eq!(service.entries().len(), before, "nothing was sent");
}

/// Takes the last act back while it surely is here: not in the moment in which it is tried to be sent.
#[track_caller]
fn take_back(app: &App) {
    until("the act to wait", || {
        let outbox = super::call(app, "outbox", &json!({}));
        if outbox["ok"][0]["state"]["state"] == "waiting" {
            Ok(())
        } else {
            Err(outbox.to_string())
        }
    });
    app.press("Control+z");
}

#[test]
fn what_was_done_to_many_is_taken_back_as_one() {
    let service = Service::start("Doces do Vale");
    let source = service.kiwify();
    for number in 1..=4 {
        service.tell(&source, &Sale::new(number).pix_created());
    }
    let app = super::seat(&service, "agent", "Ana Prado");
    app.wait_for_text("count-due", "4");
    let counted = |view: &str, count: usize| {
        app.wait_for_css(&format!("[data-testid=count-{view}][data-count='{count}']"));
    };
    for (key, view) in [("c", "mine"), ("e", "resolved")] {
        app.press_all(&["g", "v"]);
        app.press_all(&["j", "x", "j", "x", "j", "x"]);
        app.wait_for_text("bulk", "3");
        app.press(key);
        app.wait_for_css("[data-testid=bulk-will][data-count='3']");
        app.wait_for_focus("bulk-go");
        app.press("Enter");
        app.wait_gone("bulk-preview");
        counted(view, 3);
        super::wait_until_sent(&app);
        app.press("Control+z");
        counted(view, 0);
        super::wait_until_sent(&app);
        counted(view, 0);
        counted("due", 4);
    }
}

/// What is asked before it is done to many: its key, the choice among those offered, and in which rows of which view it is
/// seen.
struct Asked {
    key: &'static str,
    name: &'static str,
    choose: fn(&App),
    view: &'static str,
    seen: fn(&Value) -> bool,
}

const ASKED: [Asked; 3] = [
    Asked {
        key: "a",
        name: "assign",
        choose: |app| app.type_text("bru\n"),
        view: "all",
        seen: |row| row["owner"]["name"] == "Bruno Teles",
    },
    Asked {
        key: "t",
        name: "label",
        choose: |app| app.type_text("VIP\n"),
        view: "all",
        seen: |row| row["labels"] == json!(["VIP"]),
    },
    Asked {
        key: "h",
        name: "snooze",
        choose: |app| app.choose("bulk-snooze", "reply"),
        view: "snoozed",
        seen: Value::is_object,
    },
];

#[test]
fn giving_labelling_and_putting_aside_many_is_taken_back_as_one() {
    let service = Service::start("Doces do Vale");
    service.join("Bruno Teles");
    let source = service.kiwify();
    for number in 1..=4 {
        service.tell(&source, &Sale::new(number).pix_created());
    }
    let app = super::seat(&service, "lead", "Ana Prado");
    app.wait_for_text("count-all", "4");
    for asked in &ASKED {
        app.press_all(&["g", "v", "g", "t"]);
        app.wait_for_css("[data-testid=view-all][aria-current=page]");
        app.wait_for_css("[data-testid=list][aria-busy=false]");
        app.press_all(&["j", "x", "j", "x", "j", "x"]);
        app.wait_for_text("bulk", "3");
        app.press(asked.key);
        app.wait_for_focus(&format!("bulk-{}-find", asked.name));
        (asked.choose)(&app);
        app.wait_for_css("[data-testid=bulk-will][data-count='3']");
        app.wait_for_focus("bulk-go");
        app.press("Enter");
        app.wait_gone("bulk-preview");
        wait_for_rows(&app, asked, 3);
        super::wait_until_sent(&app);
        wait_for_rows(&app, asked, 3);
        app.press("Control+z");
        wait_for_rows(&app, asked, 0);
        super::wait_until_sent(&app);
        wait_for_rows(&app, asked, 0);
        assert_eq!(refused_toasts(&app), 0, "{}", asked.name);
    }
}

/// Waits until so many rows show what was done.
#[track_caller]
fn wait_for_rows(app: &App, asked: &Asked, count: usize) {
    let page = json!({"asked": {"view": asked.view, "after": null, "limit": 10}});
    until(asked.name, || {
        let told = super::call(app, "list_page", &page);
        let rows = told["ok"]["rows"].as_array().cloned().unwrap_or_default();
        match rows.iter().filter(|row| (asked.seen)(row)).count() {
            seen if seen == count => Ok(()),
            seen => Err(format!("{seen} of {}: {told}", rows.len())),
        }
    });
}
