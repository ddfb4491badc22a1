//! What lies over the zones: the palette, keys, settings, templates, sequences, sources, and what is asked before somebody is erased.

use testkit::App;

use super::{
    BOTH, CONTRAST, LIGHT, NARROW, ONE, Scene, USUAL, World,
    desk::Desk,
    hands,
    zones::{conversation, meet_twice, opened},
};

pub(super) const SCENES: &[Scene<Desk>] = &[
    Scene {
        name: "palette",
        looks: BOTH,
        size: USUAL,
        go: |desk| {
            opened(desk);
            palette(desk.app(), "");
        },
    },
    Scene {
        name: "palette-command",
        looks: ONE,
        size: USUAL,
        go: |desk| {
            opened(desk);
            palette(desk.app(), "boleto");
            desk.app().wait_for("command");
        },
    },
    Scene {
        name: "help",
        looks: ONE,
        size: USUAL,
        go: |desk| {
            opened(desk);
            help(desk.app());
        },
    },
    Scene {
        name: "keys",
        looks: ONE,
        size: USUAL,
        go: |desk| {
            desk.app().wait_for("row");
            help(desk.app());
            desk.app().click("help-keys-page");
            desk.app().wait_for("keys-sheet");
        },
    },
    Scene {
        name: "practice",
        looks: ONE,
        size: USUAL,
        go: |desk| {
            desk.app().wait_for("row");
            help(desk.app());
            desk.app().click("help-practice");
            desk.app().wait_for("practice-do");
        },
    },
    Scene {
        name: "settings",
        looks: &[LIGHT, CONTRAST],
        size: USUAL,
        go: |desk| {
            opened(desk);
            desk.app().click("settings");
            desk.app().wait_for("settings-sheet");
        },
    },
    Scene {
        name: "conversation",
        looks: &[CONTRAST],
        size: USUAL,
        go: conversation,
    },
    Scene {
        name: "team",
        looks: ONE,
        size: USUAL,
        go: |desk| {
            desk.app().click("settings");
            desk.app().click("settings-people");
            desk.app().wait_for("person");
        },
    },
    Scene {
        name: "templates",
        looks: ONE,
        size: USUAL,
        go: |desk| templates(desk.app()),
    },
    Scene {
        name: "template",
        looks: BOTH,
        size: USUAL,
        go: |desk| {
            templates(desk.app());
            let of_a_pix = "[data-testid=stage-pix] [data-testid=template-card]";
            hands::click_css(desk.app(), of_a_pix);
            desk.app().wait_for("preview-one");
        },
    },
    Scene {
        name: "sequences",
        looks: BOTH,
        size: USUAL,
        go: |desk| sequences(desk.app()),
    },
    Scene {
        name: "sequences-narrow",
        looks: ONE,
        size: NARROW,
        go: |desk| sequences(desk.app()),
    },
    Scene {
        name: "sources",
        looks: BOTH,
        size: USUAL,
        go: |desk| sources(desk.app()),
    },
    Scene {
        name: "platforms",
        looks: ONE,
        size: USUAL,
        go: |desk| {
            sources(desk.app());
            desk.app().click("add-source");
            desk.app().wait_for("platform-search");
        },
    },
    Scene {
        name: "new-source",
        looks: ONE,
        size: USUAL,
        go: |desk| {
            sources(desk.app());
            desk.app().click("add-source");
            desk.app().click("platform-shopify");
            desk.app().fill("source-name", "Loja da Ana");
        },
    },
    Scene {
        name: "erase",
        looks: BOTH,
        size: USUAL,
        go: |desk| erase(desk),
    },
    Scene {
        name: "erase-narrow",
        looks: BOTH,
        size: NARROW,
        go: |desk| {
            meet_twice(desk);
            desk.app().press("i");
            desk.app().click("erase-open");
            desk.app().fill("erase-word", "apag");
        },
    },
];

fn palette(app: &App, text: &str) {
    app.press("Control+k");
    app.wait_for_focus("search-input");
    app.type_text(text);
}

fn help(app: &App) {
    app.press("?");
    app.wait_for("help-sheet");
}

fn templates(app: &App) {
    app.wait_for("row");
    app.press("m");
    app.wait_for("template-card");
}

fn sequences(app: &App) {
    app.wait_for("row");
    app.click("settings");
    app.click("settings-sequences");
    app.wait_for("sequence-trial");
}

fn sources(app: &App) {
    app.wait_for("row");
    app.press("s");
    app.wait_for("source");
}

fn erase(desk: &mut Desk) {
    meet_twice(desk);
    desk.app().click("erase-open");
    desk.app().fill("erase-word", "apag");
}
