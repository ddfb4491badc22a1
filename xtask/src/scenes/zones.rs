//! The four zones: lists, conversations, and what is asked in them.

use super::{
    BOTH, DARK, ENGLISH, LIGHT, NARROW, ONE, Scene, USUAL, World,
    desk::Desk,
    hands,
    people::{about_to_pay, second_try, twice},
};
use testkit::{App, Sale};

/// What everybody sees who looks after sales.
pub(super) const AGENTS: &[Scene<Desk>] = &[
    Scene {
        name: "inbox",
        looks: BOTH,
        size: USUAL,
        go: |desk| {
            desk.app().click("view-due");
            desk.app().wait_for("row");
        },
    },
    Scene {
        name: "conversation",
        looks: &[LIGHT, DARK, ENGLISH],
        size: USUAL,
        go: conversation,
    },
    Scene {
        name: "narrow",
        looks: BOTH,
        size: NARROW,
        go: conversation,
    },
];

pub(super) const SCENES: &[Scene<Desk>] = &[
    Scene {
        name: "filters",
        looks: ONE,
        size: USUAL,
        go: |desk| filters(desk),
    },
    Scene {
        name: "found",
        looks: ONE,
        size: USUAL,
        go: |desk| {
            let app = desk.app();
            app.wait_for("row");
            app.press("/");
            app.wait_for("list-search");
            app.fill("list-search", "conceicao");
            app.wait_for("found");
            app.press("Enter");
            app.wait_for("thread-name");
        },
    },
    Scene {
        name: "empty",
        looks: ONE,
        size: USUAL,
        go: |desk| {
            desk.app().click("view-snoozed");
            desk.app().wait_for("empty");
        },
    },
    Scene {
        name: "compact",
        looks: ONE,
        size: USUAL,
        go: |desk| compact(desk),
    },
    Scene {
        name: "bulk",
        looks: ONE,
        size: USUAL,
        go: |desk| bulk(desk),
    },
    Scene {
        name: "card-history",
        looks: ONE,
        size: USUAL,
        go: |desk| {
            meet_second_try(desk);
            desk.app().click("card-details");
            desk.app().wait_for("whence");
            hands::wait_for_chosen_row(desk.app(), "Aprovada");
        },
    },
    Scene {
        name: "narrowed",
        looks: ONE,
        size: USUAL,
        go: |desk| narrowed(desk),
    },
    Scene {
        name: "contact",
        looks: ONE,
        size: USUAL,
        go: |desk| {
            meet_second_try(desk);
            for part in ["phone", "email", "document"] {
                desk.app().click(&format!("reveal-{part}"));
                desk.app().wait_gone(&format!("reveal-{part}"));
            }
        },
    },
    Scene {
        name: "snooze",
        looks: ONE,
        size: USUAL,
        go: |desk| {
            meet_twice(desk);
            desk.app().press("h");
            desk.app().wait_for_focus("snooze-find");
        },
    },
    Scene {
        name: "assign",
        looks: ONE,
        size: USUAL,
        go: |desk| {
            meet_twice(desk);
            desk.app().press("a");
            desk.app().wait_for_focus("assign-find");
        },
    },
    Scene {
        name: "same-person",
        looks: BOTH,
        size: USUAL,
        go: |desk| same_person(desk),
    },
    Scene {
        name: "same-person-narrow",
        looks: BOTH,
        size: NARROW,
        go: |desk| {
            same_person(desk);
            desk.app().press("i");
            hands::show(desk.app(), "merge-by-hand");
        },
    },
    Scene {
        name: "stop",
        looks: ONE,
        size: USUAL,
        go: |desk| stop(desk),
    },
    Scene {
        name: "offline",
        looks: ONE,
        size: USUAL,
        go: |desk| {
            desk.cut_off();
            meet_twice(desk);
            desk.app().press("c");
            desk.app()
                .wait_for_css("[data-testid=owner][data-pending=true]");
        },
    },
    Scene {
        name: "outbox",
        looks: ONE,
        size: USUAL,
        go: |desk| {
            meet_twice(desk);
            desk.app().click("outbox");
            desk.app().wait_for("outbox-item");
        },
    },
];

/// Opens the first conversation with a PIX code and fills a template.
pub(super) fn conversation(desk: &mut Desk) {
    opened(desk);
    hands::fill_template(desk.app(), "1");
}

/// Opens the first conversation with a PIX code.
pub(super) fn opened(desk: &mut Desk) {
    let app = desk.app();
    app.click("view-pix");
    app.wait_for("row");
    app.press("j");
    app.wait_for("copy-pix");
}

pub(super) fn meet_twice(desk: &mut Desk) {
    let [one, other, between] = twice();
    let made: fn(&Sale) -> String = Sale::pix_created;
    desk.meet(&[(&one, made), (&other, made), (&between, made)]);
}

fn meet_second_try(desk: &mut Desk) {
    let sale = second_try();
    desk.meet(&[
        (&sale, Sale::refused),
        (&sale, Sale::pix_created),
        (&sale, Sale::approved),
    ]);
}

fn same_person(desk: &mut Desk) {
    meet_twice(desk);
    desk.app().wait_for("suggestion");
}

/// Narrows the list to what is worth most and keeps that as a view.
fn filters(desk: &Desk) {
    let app = desk.app();
    for (values, name) in [
        (&["stages-refused"][..], "Cartão recusado"),
        (
            &["platforms-kiwify", "stages-pix", "stages-cart"],
            "Kiwify em aberto",
        ),
    ] {
        app.click("view-all");
        for value in values {
            put_filter(app, value);
        }
        app.click("save-view");
        app.fill("view-name", name);
        app.click("view-go");
        app.wait_gone("view-name");
    }
    app.click("add-filter");
    app.wait_for("filter-field");
}

/// Shows all conversations in the lowest rows.
fn compact(desk: &mut Desk) {
    let app = desk.app();
    app.click("settings");
    hands::click_css(app, "[data-testid=density-compact]");
    app.press("Escape");
    app.wait_gone("settings-sheet");
    app.click("view-all");
    app.wait_for("row");
    opened(desk);
}

/// Puts a value on by the menu: its field first.
fn put_filter(app: &App, value: &str) {
    let field = value.split('-').next().unwrap_or_default();
    app.click("add-filter");
    hands::click_css(app, &format!("[data-testid=filter-field][data-id={field}]"));
    hands::click_css(app, &format!("[data-testid=filter-value][data-id={value}]"));
    app.press("Escape");
    app.wait_gone("filter-find");
}

/// Picks four rows, one of which is one's own already, and asks what would change.
fn bulk(desk: &Desk) {
    let app = desk.app();
    app.click("view-all");
    app.wait_for("row");
    app.press("j");
    app.wait_for("thread-name");
    app.press("c");
    app.wait_for_css("[data-testid=owner][data-mine=true][data-pending=false]");
    app.press_all(&["x", "Shift+ArrowDown", "Shift+ArrowDown", "Shift+ArrowDown"]);
    app.wait_for("bulk");
    app.click("bulk-claim");
    app.wait_for("bulk-wont");
}

/// Leaves notes among a sale's events, one of which calls a colleague, and shows notes alone.
fn narrowed(desk: &mut Desk) {
    meet_second_try(desk);
    let app = desk.app();
    app.press("n");
    app.wait_for_focus("composer");
    app.type_text("Prefere ser chamado depois das 18h.\n");
    app.wait_for_text("note-item", "18h");
    app.press("n");
    app.wait_for_focus("composer");
    app.type_text("@bru");
    app.wait_for("suggestion-option");
    app.press("Enter");
    app.wait_for_value("composer", "@Bruno Teles ");
    app.type_text("pediu nota no CNPJ da marcenaria, confirma antes de responder?\n");
    app.wait_for("mention");
    app.press("Escape");
    hands::click_css(app, "[data-testid=only-notes]");
    app.wait_gone("card");
    app.wait_gone("toast");
}

/// Writes to somebody who pays meanwhile.
fn stop(desk: &mut Desk) {
    let sale = about_to_pay();
    desk.meet(&[(&sale, Sale::pix_created)]);
    hands::fill_template(desk.app(), "1");
    desk.tell(&sale.approved());
    desk.app()
        .wait_for_css("[data-testid=stop][data-group=approved]");
}
