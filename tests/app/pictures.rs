//! What the main screens look like, against pictures that were looked at and kept.
//!
//! The page alone is shown, with its invented shop at a time that stands still, so that only the look can differ. After a
//! change that is meant, `cargo xtask screenshots --accept` keeps the new pictures; look at them before they go in.

use std::{fs, path::PathBuf};

use serde_json::json;
use testkit::{App, Launch, Page, Picture, fixtures, until};

use super::access::invented;

const WIDTH: u32 = 1280;
const HEIGHT: u32 = 800;

/// A Saturday afternoon on which some PIX codes are about to end.
const NOW: &str = "2026-11-21T14:02:00-03:00";

/// A screen: its name, how its page is asked for, how one gets there, and what says that it stands.
struct Screen {
    name: &'static str,
    asked: &'static str,
    go: fn(&App),
    stands: &'static str,
}

const SCREENS: [Screen; 7] = [
    Screen {
        name: "first-run",
        asked: "phase=first_run",
        go: |_| (),
        stands: "[data-testid=door-sample]",
    },
    Screen {
        name: "empty",
        asked: "fake=0&sources=0",
        go: |_| (),
        stands: "[data-testid=empty]",
    },
    Screen {
        name: "inbox",
        asked: "fake=200",
        go: |app| {
            app.click("view-pix");
            app.wait_for("row");
            app.press("j");
            app.wait_for("template-1");
            app.press("1");
        },
        stands: "[data-testid=draft][data-state=saved]",
    },
    Screen {
        name: "template",
        asked: "fake=200",
        go: |app| {
            app.wait_for("row");
            app.press("m");
            app.wait_for("new-template");
            app.click("language-pt-BR");
            app.wait_for("template-card");
            app.script(
                "document.querySelector('[data-testid=template-card][data-key=\"cart.link\"]').click()",
                &[],
            );
        },
        stands: "[data-testid=preview-one]",
    },
    Screen {
        name: "sources",
        asked: "fake=200",
        go: |app| {
            app.wait_for("row");
            app.press("s");
        },
        stands: "[data-testid=source]",
    },
    Screen {
        name: "settings",
        asked: "fake=200",
        // By keyboard: whether a pointer leaves the focus in sight is the engine's mood.
        go: |app| {
            app.wait_for("row");
            app.script(
                "document.querySelector('[data-testid=settings]').focus()",
                &[],
            );
            app.press("Enter");
        },
        stands: "[data-testid=settings-sheet]",
    },
    Screen {
        name: "palette",
        asked: "fake=200",
        go: |app| {
            app.wait_for("row");
            app.press("Control+k");
            app.wait_for("search-input");
            app.fill("search-input", "ma");
        },
        stands: "[data-testid=search-hit]",
    },
];

#[test]
fn light_in_portuguese() {
    compare("light", "pt-BR");
}

#[test]
fn dark_in_portuguese() {
    compare("dark", "pt-BR");
}

#[test]
fn light_in_english() {
    compare("light", "en");
}

#[test]
fn dark_in_english() {
    compare("dark", "en");
}

/// Another computer smooths letters otherwise; that must not be taken for another look.
#[test]
fn letters_drawn_otherwise_are_the_same_look() {
    let folder = tempfile::tempdir().unwrap();
    let fonts = folder.path().join("fonts.conf");
    let text = r#"<?xml version="1.0"?><!DOCTYPE fontconfig SYSTEM "fonts.dtd">
        <fontconfig><include>/etc/fonts/fonts.conf</include><match target="font">
        <edit name="antialias" mode="assign"><bool>true</bool></edit>
        <edit name="hinting" mode="assign"><bool>true</bool></edit>
        <edit name="hintstyle" mode="assign"><const>hintfull</const></edit>
        <edit name="autohint" mode="assign"><bool>true</bool></edit>
        <edit name="rgba" mode="assign"><const>rgb</const></edit>
        </match></fontconfig>"#;
    fs::write(&fonts, text).unwrap();
    let page = Page::open_with(&invented(), |launch: Launch| {
        launch.env("FONTCONFIG_FILE", fonts.to_string_lossy())
    });
    let mut found = Vec::new();
    for screen in &SCREENS {
        let here = take(&page, screen, "light", "pt-BR");
        found.extend(unlike(&here, &format!("{}-light-pt-BR", screen.name)));
    }
    assert_eq!(found, Vec::<String>::new());
}

#[test]
fn a_zone_that_moved_is_noticed() {
    let page = Page::open(&invented());
    let inbox = SCREENS
        .iter()
        .find(|screen| screen.name == "inbox")
        .unwrap();
    take(&page, inbox, "light", "pt-BR");
    let kept = Picture::read(&file("inbox-light-pt-BR")).expect("a kept picture");
    for moved in [
        "document.querySelector('.zones').style.setProperty('--chosen', '368px')",
        "document.querySelector('[data-testid=row]').style.visibility = 'hidden'",
        "document.querySelector('.context').style.background = 'var(--accent-soft)'",
    ] {
        page.app().script(moved, &[]);
        let apart = shot(page.app()).against(&kept);
        assert!(apart.is_other(), "{moved}: {} cells", apart.cells);
    }
}

/// The shop a build invents, and the gallery of parts, are for development.
#[test]
fn what_is_shipped_holds_neither_the_invented_shop_nor_the_gallery() {
    let only_there = ["gallery-chips", "con_new_"];
    let holds = |folder: PathBuf| {
        let files =
            fs::read_dir(&folder).unwrap_or_else(|error| panic!("{}: {error}", folder.display()));
        let texts: String = files
            .map(|entry| {
                String::from_utf8_lossy(&fs::read(entry.unwrap().path()).unwrap()).into_owned()
            })
            .collect();
        only_there.map(|mark| texts.contains(mark))
    };
    assert_eq!(holds(invented().join("assets")), [true, true]);
    let shipped = fixtures::root().join("ui/dist/assets");
    assert_eq!(holds(shipped), [false, false]);
}

/// Compares every screen, or keeps it where that is asked for.
fn compare(theme: &str, locale: &str) {
    let page = Page::open(&invented());
    let mut found = Vec::new();
    for screen in &SCREENS {
        let name = format!("{}-{theme}-{locale}", screen.name);
        let here = take(&page, screen, theme, locale);
        if std::env::var_os("BALCAO_ACCEPT").is_some() {
            accept(&here, &name);
        } else {
            found.extend(unlike(&here, &name));
        }
    }
    assert_eq!(
        found,
        Vec::<String>::new(),
        "pictures are in target/app-failures; `cargo xtask screenshots --accept` keeps what is meant"
    );
}

/// Shows a screen and takes its picture, as small as it is kept.
fn take(page: &Page, screen: &Screen, theme: &str, locale: &str) -> Picture {
    let now = NOW.replace(':', "%3A");
    page.show(&format!(
        "{}&now={now}&theme={theme}&locale={locale}",
        screen.asked
    ));
    let app = page.app();
    app.wait_for_css(&format!("html[data-theme={theme}][lang='{locale}']"));
    fit(app, (WIDTH, HEIGHT));
    (screen.go)(app);
    app.wait_for_css(screen.stands);
    shot(app)
}

/// Gives the page a size; what the window adds around it is taken into account.
pub(crate) fn fit(app: &App, (width, height): (u32, u32)) {
    let mut window = (width, height);
    until("the page's size", || {
        app.resize(window.0, window.1);
        let size = app.script("return [innerWidth, innerHeight]", &[]);
        let side = |at: usize| u32::try_from(size[at].as_u64().unwrap_or(0)).unwrap_or(0);
        if size == json!([width, height]) {
            return Ok(());
        }
        window.0 = (window.0 + width).saturating_sub(side(0));
        window.1 = (window.1 + height).saturating_sub(side(1));
        Err(size.to_string())
    });
}

fn shot(app: &App) -> Picture {
    let folder = tempfile::tempdir().expect("a temporary folder");
    let file = folder.path().join("now.png");
    // Two pictures that are alike: whatever was still on its way has arrived.
    let mut last = None;
    until("the page to stand still", || {
        app.screenshot(&file);
        let now = Picture::read(&file).expect("a picture");
        if now.size() != (WIDTH as usize, HEIGHT as usize) {
            // What a window shows above its page may come late.
            fit(app, (WIDTH, HEIGHT));
            return Err(format!("it is {:?}", now.size()));
        }
        let now = now.small();
        let same = last.as_ref() == Some(&now);
        last = Some(now.clone());
        if same {
            Ok(now)
        } else {
            Err("it still changes".to_owned())
        }
    })
}

fn file(name: &str) -> PathBuf {
    fixtures::root().join(format!("tests/app/pictures/{name}.png"))
}

/// Keeps a picture, unless the one that is kept looks the same.
fn accept(here: &Picture, name: &str) {
    let kept = Picture::read(&file(name));
    if kept.is_none_or(|kept| here.against(&kept).cells > 0) {
        here.write(&file(name));
    }
}

/// Says how a picture differs from the kept one, and leaves both to be looked at.
fn unlike(here: &Picture, name: &str) -> Option<String> {
    let Some(kept) = Picture::read(&file(name)) else {
        return Some(format!("{name}: there is no kept picture"));
    };
    let apart = here.against(&kept);
    if !apart.is_other() {
        return None;
    }
    let folder = fixtures::root().join("target/app-failures");
    here.write(&folder.join(format!("{name}-now.png")));
    apart
        .map
        .write(&folder.join(format!("{name}-difference.png")));
    Some(format!(
        "{name}: {} of 10000 cells differ, by at most {} of 255",
        apart.cells, apart.largest
    ))
}
