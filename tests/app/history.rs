//! A source whose platform answers: the app registers itself there, reads history back, and can be paused.

use contract::kind;
use serde_json::json;
use testkit::{
    App, Sale, Service, Source,
    platforms::{Plan, Platform},
    until,
};

/// How many sales the platform has kept.
const SALES: usize = 230;

#[test]
fn a_source_registers_itself_reads_history_and_pauses() {
    let platform = Platform::kiwify(Plan {
        orders: SALES,
        ..Plan::default()
    });
    let service = Service::start_beside_platforms("Doces do Vale");
    let made = service.integrate(&json!({
        "slug": "kiwify", "provider": "kiwify", "name": "Loja principal", "active": true,
        "settings": platform.settings(),
    }));
    let url = made["webhookUrl"].as_str().unwrap_or_default().to_owned();
    let app = super::seat(&service, "admin", "Ana Prado");
    app.press("s");
    app.click("source");

    let source = registered(&app, &platform, &url);
    let live = Sale::new(1);
    source.tell(&live.pix_created());
    read_back(&app, &platform);
    paused_and_resumed(&app, &source);

    app.press("Escape");
    app.wait_for_css("[data-testid=sources-sheet][data-place=list]");
    app.press("Escape");
    app.wait_gone("sources-sheet");
    super::wait_for_row(&app, &live);
    let told = service.entries();
    let told = told.iter().filter(|entry| entry.kind == kind::COMMERCE);
    assert_eq!(told.count(), SALES + 2, "each sale once");
}

/// Enters the credentials and has the service register its address; returns the source as the platform knows it now.
#[track_caller]
fn registered(app: &App, platform: &Platform, url: &str) -> Source {
    app.click("tab-settings");
    let credentials = platform.credentials();
    for (name, value) in credentials.as_object().expect("names and values") {
        app.fill(&format!("field-{name}"), value.as_str().unwrap_or_default());
    }
    app.click("save-credentials");
    app.wait_for_css("[data-testid=field-clientId][placeholder*='•']");
    app.click("register");
    app.wait_for("registered");
    let hooks = platform.registered();
    assert_eq!(hooks.len(), 1, "{hooks:?}");
    assert_eq!(hooks[0]["url"], url);
    Source::at(url, hooks[0]["token"].as_str().unwrap_or_default())
}

/// Reads history back and sees it move until it is done.
#[track_caller]
fn read_back(app: &App, platform: &Platform) {
    app.click("tab-history");
    // Slow enough to be watched, as a real platform is.
    platform.slow_down(std::time::Duration::from_millis(400));
    app.click("sync");
    app.wait_for_css("[data-testid=job] [role=progressbar]");
    app.wait_for_css("[data-testid=job][data-kind=sync][data-state=done]");
    platform.slow_down(std::time::Duration::ZERO);
    assert_eq!(app.count("sync"), 1);
    // A check that is due by the hour may stand before it.
    let told =
        "return document.querySelector('[data-testid=job][data-kind=sync]')?.innerText ?? ''";
    until("the history to tell what was new", || {
        let text = app.script(told, &[]);
        let text = text.as_str().unwrap_or_default();
        if text.contains(&format!("{SALES} novos")) {
            Ok(())
        } else {
            Err(text.to_owned())
        }
    });
    assert_eq!(platform.seen().too_fast, 0);
}

/// Pauses the source: what is sent is kept and told nobody, and the page says why; resumed, it is taken when it comes again.
#[track_caller]
fn paused_and_resumed(app: &App, source: &Source) {
    app.click("tab-overview");
    app.click("pause-source");
    app.wait_for_css("[data-testid=source-state][data-state=paused]");
    app.wait_for_text("source-state", "Pausada");
    let answered = source.post(&Sale::new(2).pix_created());
    assert_eq!(answered["result"], "ignored", "{answered}");
    app.wait_for_css("[data-testid=finding][data-key='why.paused']");
    app.click("pause-source");
    until("the source to go on", || {
        if app.text("pause-source").contains("Pausar") {
            Ok(())
        } else {
            Err(app.text("pause-source"))
        }
    });
    source.tell(&Sale::new(2).pix_created());
}
