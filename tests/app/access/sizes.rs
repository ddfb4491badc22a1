//! At each size of everything, on the usual and on the smallest window: nothing beside the window, nothing under its edge, nothing
//! too small to be hit.

use std::path::PathBuf;

use serde_json::json;
use testkit::{App, Page, Sale, Service, until};

use super::{TOO_SMALL, invented, leave, sales, told};
use crate::pictures::fit;

const SIZES: [(u32, u32); 2] = [(1280, 800), (960, 600)];
const ZOOMS: [u16; 3] = [80, 125, 150];

const STICKS_OUT: &str = include_str!("sticks_out.js");
const SCROLLS_WITHIN: &str = include_str!("scrolls_within.js");

/// A dialog of the page alone: its name, how its page is asked for, what is pressed or clicked on the way, and what says that it
/// stands.
struct Dialog {
    name: &'static str,
    asked: &'static str,
    go: &'static [Step],
    stands: &'static str,
}

enum Step {
    Press(&'static str),
    Click(&'static str),
}
use Step::{Click, Press};

const fn dialog(
    name: &'static str,
    asked: &'static str,
    go: &'static [Step],
    stands: &'static str,
) -> Dialog {
    Dialog {
        name,
        asked,
        go,
        stands,
    }
}

const SEQUENCES: &[Step] = &[
    Click("[data-testid=settings]"),
    Click("[data-testid=settings-sequences]"),
];
const A_MEMBER: &[Step] = &[
    Press("q"),
    Click("[data-testid=person][data-me=false]"),
    Click("[data-testid=remove-person]"),
];
const AN_INVITE: &[Step] = &[
    Press("q"),
    Click("[data-testid=invite]"),
    Click("[data-testid=make-invite]"),
];
const OPEN_INVITES: &[Step] = &[
    Press("q"),
    Click("[data-testid=invite]"),
    Click("[data-testid=make-invite]"),
    Click("[data-testid=people-back]"),
];
const NOTICES: &[Step] = &[
    Click("[data-testid=settings]"),
    Click("[data-testid=settings-notices]"),
];
const KEYS: &[Step] = &[
    Click("[data-testid=settings]"),
    Click("[data-testid=settings-keys]"),
];
const SIGNING_OUT: &[Step] = &[
    Click("[data-testid=settings]"),
    Click("[data-testid=sign-out]"),
];

const DIALOGS: [Dialog; 13] = [
    dialog("sequences", "", SEQUENCES, "[data-testid=sequence-trial]"),
    dialog(
        "sequences that are read",
        "role=agent",
        SEQUENCES,
        "[data-testid=sequence-trial]",
    ),
    dialog(
        "the team",
        "keys=people:q",
        &[Press("q")],
        "[data-testid=person]",
    ),
    dialog(
        "inviting somebody",
        "keys=people:q",
        &[Press("q"), Click("[data-testid=invite]")],
        "[data-testid=make-invite]",
    ),
    dialog(
        "an invite",
        "keys=people:q",
        AN_INVITE,
        "[data-testid=entry-code]",
    ),
    dialog(
        "open invites",
        "keys=people:q",
        OPEN_INVITES,
        "[data-testid=open-invite]",
    ),
    dialog(
        "a member",
        "keys=people:q",
        A_MEMBER,
        "[data-testid=remove-person-ask]",
    ),
    dialog(
        "settings",
        "",
        &[Click("[data-testid=settings]")],
        "[data-testid=settings-sheet]",
    ),
    dialog("signing out", "", SIGNING_OUT, "[data-testid=sign-out-yes]"),
    dialog("notices", "", NOTICES, "[data-testid=notices-sheet]"),
    dialog("keys", "", KEYS, "[data-testid=keys-sheet]"),
    dialog("help", "", &[Press("?")], "[data-testid=help-sheet]"),
    dialog(
        "the outbox",
        "refused=1",
        &[Click("[data-testid=outbox]")],
        "[data-testid=outbox-item]",
    ),
];

#[test]
fn the_zones_hold_at_every_zoom() {
    let service = Service::start("Doces do Vale");
    let app = crate::start();
    app.click("door-team");
    app.fill("field-server", &service.url());
    app.fill("field-invite", &service.invite("admin"));
    app.fill("field-name", "Ana Prado");
    app.click("door-go");
    app.wait_for_css("[data-testid=freshness][data-state=live]");
    sales(&service, &service.kiwify());
    crate::open(&app, &Sale::new(1));
    app.wait_for("template-1");
    app.press("1");
    app.wait_for_css("[data-testid=hand-over]:not([disabled])");
    app.press("Escape");
    let mut found = Vec::new();
    for (width, height) in SIZES {
        for zoom in ZOOMS {
            put_zoom(&app, zoom, (width, height));
            let mut look = |screen: &str| {
                found.extend(amiss(&app, screen, (width, height), zoom));
            };
            look("zones");
            for (key, shown) in [
                ("s", "[data-testid=source]"),
                ("m", "[data-testid=template-card]"),
            ] {
                app.press(key);
                app.wait_for_css(shown);
                look(key);
                app.script(
                    "document.querySelector(arguments[0]).click()",
                    &[json!(shown)],
                );
                app.wait_for_css("[data-testid=tile-accepted], [data-testid=template-text]");
                look(&format!("{key}-inside"));
                app.press("Escape");
                app.press("Escape");
                leave(&app);
            }
            app.press("Control+k");
            app.wait_for("search-input");
            look("palette");
            leave(&app);
        }
    }
    assert_eq!(found, Vec::<String>::new());
}

#[test]
fn the_dialogs_hold_at_every_zoom() {
    let page = Page::open(&invented());
    let app = page.app();
    let mut found = Vec::new();
    for locale in ["pt-BR", "en"] {
        for dialog in &DIALOGS {
            app.resize(1280, 800);
            page.show(&format!("fake=60&locale={locale}&{}", dialog.asked));
            app.wait_for("row");
            for step in dialog.go {
                take(app, step);
            }
            app.wait_for_css(dialog.stands);
            for (size, zoom) in SIZES
                .iter()
                .flat_map(|size| ZOOMS.map(|zoom| (*size, zoom)))
            {
                zoom_alone(app, size, zoom);
                let screen = format!("{locale} {}", dialog.name);
                found.extend(amiss(app, &screen, size, zoom));
                let within = app.script(SCROLLS_WITHIN, &[]);
                found.extend(
                    told(&within).map(|one| format!("{screen}, {size:?}, {zoom} %: {one}")),
                );
            }
        }
    }
    assert_eq!(found, Vec::<String>::new());
}

fn take(app: &App, step: &Step) {
    match step {
        Press(key) => app.press(key),
        Click(selector) => {
            app.wait_for_css(selector);
            app.script(
                "document.querySelector(arguments[0]).click()",
                &[json!(selector)],
            );
        }
    }
}

/// Gives the page alone as many pixels of its own as a zoomed window leaves it, which is what zooming comes to.
fn zoom_alone(app: &App, (width, height): (u32, u32), zoom: u16) {
    let own = |pixels: u32| pixels * 100 / u32::from(zoom);
    fit(app, (own(width), own(height)));
    until("nothing to move", || still(app));
}

/// Tells what is wrong with what is on screen at a size.
fn amiss(app: &App, screen: &str, (width, height): (u32, u32), zoom: u16) -> Vec<String> {
    picture(app, &format!("{width}-{zoom}-{screen}"));
    let at = format!("{width}x{height} at {zoom} %, {screen}");
    let answers = [STICKS_OUT, TOO_SMALL].map(|script| app.script(script, &[]));
    let lines = answers.iter().flat_map(told);
    lines.map(|one| format!("{at}: {one}")).collect()
}

/// Gives the window a size and everything in it another, as one does from the palette.
fn put_zoom(app: &App, zoom: u16, (width, height): (u32, u32)) {
    app.resize(width, height);
    app.press("Control+k");
    app.wait_for_focus("search-input");
    app.fill("search-input", &format!("tamanho {zoom}"));
    app.wait_for_text("command", &format!("{zoom}"));
    app.press("Enter");
    app.wait_gone("search-input");
    let wanted = f64::from(width) * 100.0 / f64::from(zoom);
    until("the zoom", || {
        let inner = app.script("return innerWidth", &[]).as_f64().unwrap_or(0.0);
        if (inner - wanted).abs() > 2.0 {
            return Err(format!("the window is {inner} wide, not {wanted}"));
        }
        still(app)
    });
}

/// Tells whether something moves: the drawer leaves by and by where the window becomes too small for it.
fn still(app: &App) -> Result<(), String> {
    let moves = "return document.getAnimations().some((one) => one instanceof CSSTransition)";
    if app.script(moves, &[]) == json!(true) {
        return Err("something still moves".to_owned());
    }
    Ok(())
}

/// Leaves a picture where one is asked for by `BALCAO_LOOK_AT`, a folder.
fn picture(app: &App, name: &str) {
    if let Some(folder) = std::env::var_os("BALCAO_LOOK_AT") {
        app.screenshot(&PathBuf::from(folder).join(format!("{name}.png")));
    }
}
