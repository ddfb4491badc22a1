//! Every screen can be used by everybody: WCAG 2.2 AA as axe-core checks it, on every ground, in both languages.
//!
//! The app's own screens are walked through in its window. The states that a sound service hardly ever lets one see (still
//! reading, could not be read) are shown by the page alone, in the same engine.

mod further_in;
mod sizes;

use std::{fs, path::PathBuf, sync::OnceLock};

use serde_json::{Value, json};
use testkit::{App, Page, Sale, Service, Source, fixtures};

/// What a page stands on: light or dark, and usual or more contrast.
type Ground = (&'static str, &'static str);

/// Which grounds a walk looks at: all four between the two of them, since colours know no language.
const IN_PORTUGUESE: [Ground; 2] = [("light", "normal"), ("dark", "more")];
const IN_ENGLISH: [Ground; 2] = [("dark", "normal"), ("light", "more")];
const BESIDE: [Ground; 2] = [("light", "normal"), ("dark", "normal")];

/// Asks axe about what is on screen: everything on the first ground, and only colours on the other. What lies under a dialog was
/// seen before.
const ASK: &str = "
    const [all] = arguments;
    const at = [...document.querySelectorAll('[role=dialog]')].pop() ?? document;
    const rules = all
      ? { runOnly: { type: 'tag', values: ['wcag2a', 'wcag2aa', 'wcag21a', 'wcag21aa', 'wcag22aa'] },
          rules: { 'target-size': { enabled: true } } }
      : { runOnly: { type: 'rule', values: ['color-contrast'] } };
    const told = (node) => `${node.target.join(' ')} ${node.any.concat(node.all, node.none)
      .map((check) => check.message).join('; ')} in ${node.html.slice(0, 160)}`;
    return axe.run(at, { ...rules, resultTypes: ['violations'], iframes: false, preload: false })
      .then(({ violations }) => violations.flatMap((one) => one.nodes.map((node) => `${one.id}: ${told(node)}`)));";

/// What is too small to be hit, on what is on screen; axe leaves out what takes no focus of its own.
const TOO_SMALL: &str = include_str!("access/too_small.js");

/// Puts the page on a ground, without the moments in which one colour becomes another.
const STAND: &str = "
    if (!window.standing) {
      window.standing = new CSSStyleSheet();
      window.standing.replaceSync('*, *::before, *::after { transition: none !important; animation: none !important; }');
      document.adoptedStyleSheets = [...document.adoptedStyleSheets, window.standing];
    }
    const { dataset } = document.documentElement;
    const before = [dataset.theme, dataset.contrast];
    [dataset.theme, dataset.contrast] = arguments;
    return new Promise((done) => requestAnimationFrame(() => requestAnimationFrame(() => done(before))));";

/// What was found on the screens seen so far.
struct Audit<'a> {
    app: &'a App,
    grounds: [Ground; 2],
    found: Vec<String>,
    screens: usize,
}

impl<'a> Audit<'a> {
    fn of(app: &'a App, grounds: [Ground; 2]) -> Self {
        Self {
            app,
            grounds,
            found: Vec::new(),
            screens: 0,
        }
    }

    /// Checks what is on screen now.
    #[track_caller]
    fn see(&mut self, screen: &str) {
        self.screens += 1;
        if self.app.script("return typeof window.axe", &[]) == "undefined" {
            self.app.script(axe(), &[]);
        }
        let small = self.app.script(TOO_SMALL, &[]);
        self.found
            .extend(told(&small).map(|one| format!("{screen}: {one}")));
        for (place, (theme, contrast)) in self.grounds.iter().enumerate() {
            let before = self.app.script(STAND, &[json!(theme), json!(contrast)]);
            let amiss = self.app.script(ASK, &[json!(place == 0)]);
            self.found
                .extend(told(&amiss).map(|one| format!("{screen} ({theme}, {contrast}): {one}")));
            let back = before.as_array().cloned().unwrap_or_default();
            self.app.script(STAND, &back);
        }
    }

    /// Fails with everything that was found.
    #[track_caller]
    fn end(self) {
        assert!(
            self.found.is_empty(),
            "{} findings on {} screens:\n{}",
            self.found.len(),
            self.screens,
            self.found.join("\n")
        );
    }
}

/// Returns what a script told, line by line.
fn told(answer: &Value) -> impl Iterator<Item = &str> {
    let lines = answer.as_array().into_iter().flatten();
    lines.map(|one| one.as_str().unwrap_or("a line that is no text"))
}

/// axe-core as npm installed it for the page's own checks.
fn axe() -> &'static str {
    static SOURCE: OnceLock<String> = OnceLock::new();
    SOURCE.get_or_init(|| {
        let file = fixtures::root().join("ui/node_modules/axe-core/axe.min.js");
        fs::read_to_string(&file).unwrap_or_else(|error| panic!("{}: {error}", file.display()))
    })
}

#[test]
fn every_screen_in_portuguese() {
    walk("pt-BR", IN_PORTUGUESE);
}

#[test]
fn every_screen_in_english() {
    walk("en", IN_ENGLISH);
}

/// Goes through the app as an admin does, and looks at each screen on the way.
fn walk(locale: &str, grounds: [Ground; 2]) {
    let mut service = Service::start("Doces do Vale");
    let app = super::start();
    speak(&app, locale);
    let mut audit = Audit::of(&app, grounds);
    first_run(&mut audit, &service);
    let source = service.kiwify();
    sales(&service, &source);
    app.wait_for("row");
    audit.see("list");
    conversation(&mut audit);
    what_cannot_go(&mut audit, &service, &source);
    narrowing(&mut audit);
    dialogs(&mut audit);
    templates(&mut audit);
    sequences(&mut audit);
    sources(&mut audit);
    people(&mut audit);
    service.kill();
    offline(&mut audit);
    audit.end();
}

fn speak(app: &App, locale: &str) {
    app.script(
        "const invoke = window.__TAURI_INTERNALS__.invoke;
         return invoke('boot').then((boot) =>
           invoke('settings_put', { settings: { ...boot.settings, locale: arguments[0], practised: true } }));",
        &[json!(locale)],
    );
    app.reload();
    app.wait_for_css(&format!("html[lang='{locale}']"));
}

fn first_run(audit: &mut Audit<'_>, service: &Service) {
    let app = audit.app;
    app.wait_for("door-team");
    audit.see("first run");
    app.click("door-here");
    app.wait_for("field-workspace");
    audit.see("a service here");
    app.press("Escape");
    app.click("door-team");
    app.fill("field-server", "ftp://example.com");
    app.fill("field-invite", &service.invite("admin"));
    app.fill("field-name", "Ana Prado");
    app.click("door-go");
    app.wait_for("door-failure");
    audit.see("joining refused");
    app.fill("field-server", &service.url());
    app.click("door-go");
    app.wait_for_css("[data-testid=freshness][data-state=live]");
    app.wait_for("empty");
    audit.see("nothing yet");
}

/// One of each, with two people who may be one.
fn sales(service: &Service, source: &Source) {
    let (one, other) = (Sale::new(1), Sale::new(2));
    let between = Sale {
        buyer: one.buyer.clone(),
        phone: one.phone.clone(),
        email: other.email.clone(),
        ..Sale::new(3)
    };
    for sale in [&one, &other, &between, &Sale::new(4), &Sale::expired(5)] {
        service.tell(source, &sale.pix_created());
    }
    service.tell(source, &Sale::new(6).pix_created());
    service.tell(source, &Sale::new(6).approved());
}

fn conversation(audit: &mut Audit<'_>) {
    let app = audit.app;
    super::open(app, &Sale::new(1));
    app.wait_for("template-1");
    app.wait_for("suggestion");
    audit.see("conversation");
    app.press("1");
    app.wait_for_css("[data-testid=hand-over]:not([disabled])");
    audit.see("a filled template");
    app.click("check");
    app.wait_for("checked");
    audit.see("what the customer will see");
    app.click("note");
    audit.see("a note");
    app.click("message-mode");
    app.press("Escape");
    for (opener, shown) in [
        ("assign", "assign-find"),
        ("snooze", "snooze-find"),
        ("labels", "label-find"),
        ("jump", "jump-find"),
    ] {
        app.click(opener);
        app.wait_for(shown);
        audit.see(opener);
        app.press("Escape");
        app.wait_gone(shown);
    }
    app.click("card-details");
    app.click("raw-event");
    app.wait_for("raw-text");
    audit.see("a raw event");
    app.press("Escape");
    app.wait_gone("raw-text");
    app.click("merge-by-hand");
    app.wait_for("merge-find");
    audit.see("joining by hand");
    app.press("Escape");
    app.wait_gone("merge-find");
    app.click("erase-open");
    app.wait_for("erase-word");
    audit.see("erasing");
    app.press("Escape");
    app.wait_gone("erase-word");
}

/// A text that is overtaken by the payment, and a template that lacks what the platform did not send.
fn what_cannot_go(audit: &mut Audit<'_>, service: &Service, source: &Source) {
    let app = audit.app;
    let sale = Sale::new(7);
    service.tell(source, &sale.pix_created());
    super::open(app, &sale);
    app.wait_for("template-1");
    app.press("1");
    app.wait_for_css("[data-testid=hand-over]:not([disabled])");
    service.tell(source, &sale.approved());
    app.wait_for("stop");
    audit.see("paid while one writes");
    app.click("stop-discard");
    app.wait_gone("stop");
    app.click("view-all");
    super::open(app, &Sale::new(6));
    app.wait_for_css("[data-fills=false]");
    app.script("document.querySelector('[data-fills=false]').click()", &[]);
    app.wait_for("blocked");
    audit.see("a template with a value missing");
    app.press("Escape");
    app.wait_gone("blocked");
}

fn narrowing(audit: &mut Audit<'_>) {
    let app = audit.app;
    app.click("add-filter");
    app.wait_for("filter-find");
    audit.see("filters");
    app.fill("filter-find", "kiwify");
    app.press("Enter");
    app.press("Escape");
    app.wait_for("chip");
    app.click("save-view");
    app.wait_for("view-name");
    audit.see("saving a view");
    app.fill("view-name", "Da Kiwify");
    app.click("view-go");
    app.wait_gone("view-name");
    app.click("list-find");
    app.fill("list-search", "nobody has this name");
    app.wait_for_css("[data-testid=empty][data-kind=unfound]");
    audit.see("nothing found");
    app.press("Escape");
    app.click("view-all");
    app.wait_for("row");
    app.press("j");
    app.press("x");
    app.wait_for("bulk");
    audit.see("picked rows");
    app.click("bulk-resolve");
    app.wait_for("bulk-go");
    audit.see("what picking would change");
    app.press("Escape");
    app.wait_gone("bulk-go");
    app.press("Escape");
    app.wait_gone("bulk");
    app.click("view-refund");
    app.wait_for("empty");
    audit.see("an empty view");
    app.click("view-all");
    app.wait_for("row");
}

fn dialogs(audit: &mut Audit<'_>) {
    let app = audit.app;
    app.press("Control+k");
    app.wait_for("search-input");
    audit.see("palette");
    app.fill("search-input", "ma");
    audit.see("palette, looking");
    app.press("Escape");
    app.wait_gone("search-input");
    app.press("?");
    app.wait_for("help-sheet");
    audit.see("help");
    app.click("help-keys-page");
    app.wait_for("keys-sheet");
    audit.see("keys");
    leave(app);
    app.press("?");
    app.click("help-practice");
    app.wait_for("practice");
    audit.see("practice");
    app.click("practice-leave");
    app.wait_gone("practice");
    app.click("settings");
    app.wait_for("settings-sheet");
    audit.see("settings");
    app.press("Escape");
    app.wait_gone("settings-sheet");
}

fn templates(audit: &mut Audit<'_>) {
    let app = audit.app;
    app.press("m");
    app.wait_for("template-card");
    audit.see("templates");
    // One whose stage has orders here, which fill its preview.
    app.script(
        "document.querySelector('[data-testid=stage-pix] [data-testid=template-card]').click()",
        &[],
    );
    app.wait_for("template-text");
    app.wait_for("preview-one");
    audit.see("a template");
    app.fill("template-text", "Oi, {{ customer.first_name }}. AGORA!");
    app.wait_for("finding");
    audit.see("a template with findings");
    app.click("templates-back");
    app.wait_for("discard-ask");
    audit.see("leaving a change");
    app.click("discard-yes");
    app.click("bring");
    app.wait_for("bring-text");
    audit.see("templates from a file");
    app.click("templates-back");
    app.click("send-out");
    app.wait_for("export-text");
    audit.see("templates as a file");
    app.click("templates-close");
    app.wait_gone("templates-sheet");
}

fn sequences(audit: &mut Audit<'_>) {
    let app = audit.app;
    app.click("settings");
    app.click("settings-sequences");
    app.wait_for("sequence-trial");
    audit.see("sequences");
    app.fill("step-count", "1");
    app.wait_for_css("[data-testid=sequence-fault][data-code=at]");
    audit.see("a step that comes too early");
    app.press("Escape");
    app.wait_for("discard-ask");
    audit.see("leaving changed sequences");
    app.click("discard-yes");
    app.wait_gone("sequences-sheet");
}

fn sources(audit: &mut Audit<'_>) {
    let app = audit.app;
    app.press("s");
    app.wait_for("source");
    audit.see("sources");
    app.click("add-source");
    app.wait_for("platform-search");
    audit.see("platforms");
    app.click("platform-custom");
    app.wait_for("blueprint");
    audit.see("a blueprint");
    app.click("sources-back");
    app.click("platform-kiwify");
    app.wait_for("source-name");
    audit.see("a new source");
    app.click("sources-back");
    app.click("sources-back");
    app.click("source");
    for (tab, shown) in [
        ("overview", "tile-accepted"),
        ("deliveries", "delivery"),
        ("history", "tab-history"),
        ("settings", "rename"),
    ] {
        app.click(&format!("tab-{tab}"));
        app.wait_for(shown);
        audit.see(&format!("a source's {tab}"));
    }
    app.click("tab-deliveries");
    app.wait_for_css("[data-testid=deliveries] [data-testid=delivery]");
    app.script(
        "document.querySelector('[data-testid=deliveries] [data-testid=delivery]').click()",
        &[],
    );
    app.wait_for("payload");
    audit.see("a delivery");
    app.press("Escape");
    app.press("Escape");
    app.wait_gone("sources-sheet");
}

fn people(audit: &mut Audit<'_>) {
    let app = audit.app;
    app.click("settings");
    app.click("settings-people");
    app.wait_for("person");
    audit.see("the team");
    app.click("invite");
    app.wait_for("make-invite");
    audit.see("inviting somebody");
    app.click("make-invite");
    app.wait_for("entry-code");
    audit.see("an invite");
    app.click("people-back");
    // The service's own first admin, who is nobody at a desk.
    app.wait_for_css("[data-testid=person][data-me=false]");
    app.script(
        "document.querySelector('[data-testid=person][data-me=false]').click()",
        &[],
    );
    app.wait_for("device");
    app.click("remove-person");
    app.wait_for("remove-person-ask");
    audit.see("a member");
    app.press("Escape");
    app.press("Escape");
    app.wait_gone("people-sheet");
}

fn offline(audit: &mut Audit<'_>) {
    let app = audit.app;
    app.wait_for_css("[data-testid=freshness][data-state=offline]");
    audit.see("offline");
    super::open(app, &Sale::new(4));
    app.press("c");
    app.wait_for_css("[data-testid=owner][data-pending=true]");
    app.click("outbox");
    app.wait_for("outbox-item");
    audit.see("what waits for the service");
    app.press("Escape");
    app.wait_gone("outbox-item");
}

/// What is asked of the page alone, the presses that lead on, and what is waited for.
const STATES: [(&str, &str, &[&str], &str); 24] = [
    (
        "reading the list",
        "hang=listPage",
        &[],
        "[data-testid=list-loading]",
    ),
    (
        "no list",
        "fail=listPage",
        &[],
        "[data-testid=empty][data-kind=failed]",
    ),
    (
        "history on its way",
        "fake=0&state=catching_up",
        &[],
        "[data-testid=empty][data-kind=syncing]",
    ),
    (
        "no sign of the service",
        "fake=0&state=offline",
        &[],
        "[data-testid=empty][data-kind=silent]",
    ),
    (
        "reading a conversation",
        "hang=conversation",
        &["j"],
        "[data-testid=thread-loading]",
    ),
    (
        "no conversation",
        "fail=conversation",
        &["j"],
        "[data-testid=thread-failed]",
    ),
    (
        "no templates at hand",
        "fail=templates",
        &["j"],
        "[data-testid=chips-failed]",
    ),
    (
        "reading sources",
        "hang=sources.list",
        &["s"],
        "[data-testid=sources-loading]",
    ),
    (
        "no sources",
        "fail=sources.list",
        &["s"],
        "[data-testid=sources-failed]",
    ),
    (
        "no source yet",
        "sources=0",
        &["s"],
        "[data-testid=sources-empty]",
    ),
    (
        "sources are not for agents",
        "role=agent",
        &["s"],
        "[data-testid=sources-no-access]",
    ),
    (
        "reading the team",
        "hang=people.list&keys=people:q",
        &["q"],
        "[data-testid=people-loading]",
    ),
    (
        "no team",
        "fail=people.list&keys=people:q",
        &["q"],
        "[data-testid=people-failed]",
    ),
    (
        "the team without the service",
        "state=offline&keys=people:q",
        &["q"],
        "[data-testid=people-failed][data-code=offline]",
    ),
    (
        "reading templates",
        "hang=templateList",
        &["m"],
        "[data-testid=templates-loading]",
    ),
    (
        "no templates",
        "fail=templateList",
        &["m"],
        "[data-testid=templates-failed]",
    ),
    (
        "templates without the service",
        "state=offline",
        &["m"],
        "[data-testid=templates-away]",
    ),
    (
        "a refused action",
        "refused=1",
        &[],
        "[data-testid=outbox][data-refused='1']",
    ),
    (
        "no colleagues",
        "fail=members",
        &["j", "a"],
        "[data-testid=assign-unread]",
    ),
    (
        "no values to filter by",
        "fail=filterValues",
        &["f"],
        "[data-testid=filter-unread]",
    ),
    (
        "no open invites",
        "fail=people.openInvites&keys=people:q",
        &["q"],
        "[data-testid=invites-unread]",
    ),
    (
        "somebody looks too",
        "company=1",
        &["j"],
        "[data-testid=presence]",
    ),
    (
        "close rows",
        "density=compact",
        &["j"],
        "[data-testid=template-1]",
    ),
    (
        "every part in every state",
        "gallery",
        &[],
        "[data-testid=gallery]",
    ),
];

#[test]
fn every_state_of_a_list() {
    let page = Page::open(&invented());
    let mut audit = Audit::of(page.app(), BESIDE);
    for (screen, asked, presses, shown) in STATES {
        page.show(&format!("{asked}&fake=60"));
        let ready = if asked == "gallery" {
            shown
        } else {
            "html[lang]"
        };
        page.app().wait_for_css(ready);
        if !presses.is_empty() {
            page.app().wait_for_css("[data-testid=row]");
        }
        for press in presses {
            page.app().press(press);
        }
        page.app().wait_for_css(shown);
        audit.see(screen);
    }
    audit.end();
}

/// The page that `cargo xtask test --only app` builds for pictures, with its invented shop.
pub(crate) fn invented() -> PathBuf {
    fixtures::root().join("target/invented-page")
}

/// Closes whatever is open, step by step.
fn leave(app: &App) {
    testkit::until("nothing to lie over the zones", || {
        let open = "return document.querySelector('[data-dialog-open]') !== null";
        if app.script(open, &[]) == Value::Bool(false) {
            return Ok(());
        }
        app.press("Escape");
        Err("a dialog is open".to_owned())
    });
}
