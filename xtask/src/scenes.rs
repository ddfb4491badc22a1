//! The pictures of the documentation: what leads to each, from a first start.
//!
//! Each is taken from the real window at a real service. A [`Scene`] says how its picture is reached in a [`World`], which is
//! what has to be there first: nothing, a shop full of sales, or a shop whose platform answers.

mod desk;
mod doors;
mod named;
mod people;
mod sheets;
mod shop;
mod states;
mod zones;

use std::{collections::BTreeSet, path::Path};

use anyhow::bail;
use serde_json::json;
use testkit::{App, Picture, until};

use crate::{demo, repository::Repository};
use desk::Desk;

/// The size a window has at first, and the smallest it can have.
const USUAL: (u32, u32) = (1280, 800);
const NARROW: (u32, u32) = (960, 600);

/// How everything looks in a picture.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
struct Look {
    /// What the picture's name ends in.
    name: &'static str,
    theme: &'static str,
    contrast: &'static str,
    locale: &'static str,
}

const LIGHT: Look = Look {
    name: "light",
    theme: "light",
    contrast: "normal",
    locale: "pt-BR",
};
const DARK: Look = Look {
    name: "dark",
    theme: "dark",
    ..LIGHT
};
const CONTRAST: Look = Look {
    name: "contrast",
    contrast: "more",
    ..LIGHT
};
const ENGLISH: Look = Look {
    name: "light-en",
    locale: "en",
    ..LIGHT
};

const LOOKS: [Look; 4] = [LIGHT, DARK, CONTRAST, ENGLISH];
const BOTH: &[Look] = &[LIGHT, DARK];
const ONE: &[Look] = &[LIGHT];

/// One picture: its name, its looks and size, and what leads to it where nothing is open.
struct Scene<W> {
    name: &'static str,
    looks: &'static [Look],
    size: (u32, u32),
    go: fn(&mut W),
}

/// What stands before a scene can be reached; scenes of one world follow one another.
trait World {
    fn app(&self) -> &App;
}

impl World for App {
    fn app(&self) -> &App {
        self
    }
}

/// Takes the one picture of a demonstration: an open conversation among others.
pub(crate) fn main(repository: &Repository, file: &Path) -> anyhow::Result<()> {
    let mut desk = Desk::open(repository, "lead");
    desk.app().resize(USUAL.0, USUAL.1);
    zones::conversation(&mut desk);
    take(desk.app(), USUAL, file);
    Ok(())
}

/// Takes every picture, or those whose name contains `only`.
pub(crate) fn all(
    repository: &Repository,
    folder: &Path,
    only: Option<&str>,
) -> anyhow::Result<()> {
    let taking = Taking { folder, only };
    for look in LOOKS {
        taking.of(look, doors::SCENES, || doors::open(repository));
        taking.of(look, zones::AGENTS, || Desk::open(repository, "lead"));
        taking.of(look, zones::SCENES, || Desk::open(repository, "admin"));
        taking.of(look, sheets::SCENES, || Desk::open(repository, "admin"));
        taking.of(look, states::SCENES, || Desk::open(repository, "lead"));
        taking.of(look, shop::SCENES, || shop::open(repository));
    }
    let faults = named::faults(repository, &names());
    if faults.is_empty() {
        return Ok(());
    }
    bail!("{}", faults.join("\n"));
}

/// Returns the names of all pictures, without what they end in as files.
fn names() -> BTreeSet<String> {
    fn of<W>(scenes: &[Scene<W>]) -> impl Iterator<Item = String> {
        let named = |scene: &Scene<W>| {
            scene
                .looks
                .iter()
                .map(|look| picture(scene.name, *look))
                .collect::<Vec<_>>()
        };
        scenes.iter().flat_map(named)
    }
    of(doors::SCENES)
        .chain(of(zones::AGENTS))
        .chain(of(zones::SCENES))
        .chain(of(sheets::SCENES))
        .chain(of(states::SCENES))
        .chain(of(shop::SCENES))
        .collect()
}

fn picture(scene: &str, look: Look) -> String {
    format!("{scene}-{}", look.name)
}

/// What is to be taken, and where it goes.
struct Taking<'a> {
    folder: &'a Path,
    only: Option<&'a str>,
}

impl Taking<'_> {
    /// Takes a world's pictures in one look; the world is made when there is one to take.
    fn of<W: World>(&self, look: Look, scenes: &[Scene<W>], world: impl FnOnce() -> W) {
        let wanted = |scene: &&Scene<W>| {
            let name = picture(scene.name, look);
            scene.looks.contains(&look) && self.only.is_none_or(|only| name.contains(only))
        };
        let mut wanted = scenes.iter().filter(wanted).peekable();
        if wanted.peek().is_none() {
            return;
        }
        let mut world = world();
        for scene in wanted {
            put_look(world.app(), look);
            fit(world.app(), scene.size);
            (scene.go)(&mut world);
            let name = picture(scene.name, look);
            take(
                world.app(),
                scene.size,
                &self.folder.join(format!("{name}.png")),
            );
        }
    }
}

/// Starts the page anew as it is to look: nothing is open in it then.
fn put_look(app: &App, look: Look) {
    until("the look", || {
        // What the page writes down by itself meanwhile, as its place, has the look it had.
        app.script(
            "const invoke = window.__TAURI_INTERNALS__.invoke;
             const [theme, contrast, locale] = arguments;
             return invoke('boot').then((boot) =>
               invoke('settings_put', { settings: { ...boot.settings, density: 'cozy', theme, contrast, locale } }));",
            &[json!(look.theme), json!(look.contrast), json!(look.locale)],
        );
        app.reload();
        app.wait_for_css("[data-testid=door-team], [data-testid=freshness]");
        let seen = app.script(
            "const { lang, dataset } = document.documentElement;
             return [dataset.theme, dataset.contrast, lang]",
            &[],
        );
        if seen == json!([look.theme, look.contrast, look.locale]) {
            Ok(())
        } else {
            Err(format!("it is {seen}"))
        }
    });
}

fn fit(app: &App, (width, height): (u32, u32)) {
    app.resize(width, height);
    until("the window's size", || {
        match app.script("return [innerWidth, innerHeight]", &[]) {
            size if size == json!([width, height]) => Ok(()),
            size => Err(size.to_string()),
        }
    });
}

/// Takes a picture; few colours are kept, which is enough for a page and makes it small.
fn take(app: &App, size: (u32, u32), file: &Path) {
    fit(app, size);
    until("everything to stand", || {
        let moving = "return document.getAnimations().some((one) =>
                      one.playState === 'running' && one.effect.getComputedTiming().endTime !== Infinity)";
        if app.script(moving, &[]) == json!(false) {
            Ok(())
        } else {
            Err("something moves".to_owned())
        }
    });
    app.screenshot(file);
    if let Some(picture) = Picture::read(file) {
        picture.write_in_few_colours(file);
    }
    println!("   {}", file.display());
}

/// What a person would do next, in the words of the tests of the window.
mod hands {
    use super::{App, demo, json, until};

    /// Waits until all of the opening's sales are in the list.
    pub(super) fn wait_for_the_opening(app: &App) {
        app.wait_for("row");
        let quiet = json!("the counters stand still");
        until("the sales of the opening", || {
            // A second without a change: the opening is over, and what follows comes slowly.
            let seen = app.script(
                "const read = () => document.querySelector('[data-testid=count-all]')?.textContent ?? '';
                 const before = read();
                 return new Promise((done) => setTimeout(() =>
                   done(read() === before && Number(before) >= arguments[0] ? 'the counters stand still' : read()), 1000));",
                &[json!(demo::opening() / 8)],
            );
            if seen == quiet {
                Ok(())
            } else {
                Err(format!("{seen} conversations"))
            }
        });
    }

    /// Opens somebody's conversation as one does who knows the name; a sale that was told just now may still be on its way.
    pub(super) fn open(app: &App, name: &str) {
        app.wait_for("row");
        until(name, || {
            app.press("Control+k");
            app.wait_for_focus("search-input");
            app.fill("search-input", name);
            let found = app.script(
                "const found = () => [...document.querySelectorAll('[data-testid=search-hit]')]
                   .some((one) => one.textContent.includes(arguments[0]));
                 return new Promise((done) => setTimeout(() => done(found()), 700));",
                &[json!(name)],
            );
            app.press(if found == json!(true) {
                "Enter"
            } else {
                "Escape"
            });
            app.wait_gone("search-input");
            if found == json!(true) {
                Ok(())
            } else {
                Err("nobody is found".to_owned())
            }
        });
        app.wait_for_text("thread-name", name);
    }

    /// Waits until the row of the open conversation says a word, as the name of a stage.
    pub(super) fn wait_for_chosen_row(app: &App, word: &str) {
        until("the row of the open conversation", || {
            let text = app.script(
                "return document.querySelector('[data-testid=row][aria-selected=true]')?.innerText ?? ''",
                &[],
            );
            match text.as_str() {
                Some(text) if text.contains(word) => Ok(()),
                _ => Err(text.to_string()),
            }
        });
    }

    /// Moves what scrolls until something stands at its lower edge.
    pub(super) fn show(app: &App, testid: &str) {
        app.wait_for(testid);
        app.script(
            "document.querySelector(arguments[0]).scrollIntoView({ block: 'end' })",
            &[json!(format!("[data-testid={testid}]"))],
        );
    }

    /// Fills a template by its key, again where the conversation was only just coming.
    pub(super) fn fill_template(app: &App, key: &str) {
        until("a filled template", || {
            app.wait_for(&format!("template-{key}"));
            app.press(key);
            let filled = app.script(
                "const filled = () => document.querySelector('[data-testid=hand-over]:not([disabled])') !== null;
                 return new Promise((done) => setTimeout(() => done(filled()), 700));",
                &[],
            );
            if filled == json!(true) {
                return Ok(());
            }
            app.press("Escape");
            Err("it is not ready to be sent".to_owned())
        });
    }

    /// Clicks one of several things that are named alike.
    pub(super) fn click_css(app: &App, css: &str) {
        app.wait_for_css(css);
        app.script(
            "document.querySelector(arguments[0]).click()",
            &[json!(css)],
        );
    }
}
