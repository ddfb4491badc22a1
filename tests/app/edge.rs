//! What the page may ask of the host, and what it is refused.

use std::net::TcpListener;

use serde_json::{Value, json};

use super::call;

#[test]
fn the_page_learns_which_program_it_runs_in() {
    let app = super::start();
    let answer = call(&app, "boot", &json!({}));
    assert_eq!(answer["ok"]["version"], env!("CARGO_PKG_VERSION"));
    assert_eq!(answer["ok"]["phase"], "first_run");
}

#[test]
fn a_copied_text_reaches_the_systems_clipboard() {
    let app = super::start();
    let text = "00020126580014br.gov.bcb.pix — R$\u{a0}197,00\nsegunda linha";
    let answer = call(&app, "copy_text", &json!({ "text": text }));
    assert_eq!(answer["error"], Value::Null);
    app.desktop().expect_clipboard(text);
}

#[test]
fn what_the_capability_does_not_grant_is_refused() {
    let app = super::start();
    // The isolation frame drops these without an answer, so the page waits in vain; half a second tells.
    for command in [
        "plugin:clipboard-manager|read_text",
        "plugin:opener|open_url",
        "plugin:notification|notify",
        "plugin:window|close",
    ] {
        let answer = app.script(
            "const answer = window.__TAURI_INTERNALS__.invoke(arguments[0], { url: 'https://example.com' })
               .then(() => 'answered', () => 'refused');
             return Promise.race([answer, new Promise((done) => setTimeout(done, 500, 'dropped'))]);",
            &[json!(command)],
        );
        assert_ne!(answer, "answered", "{command}");
    }
    // One of the app's own names that it does not have gets past the frame and is refused by the host.
    let answer = call(&app, "no_such_command", &json!({}));
    assert!(answer["error"].is_string(), "{answer}");
}

#[test]
fn the_page_runs_no_code_but_its_own() {
    let app = super::start();
    let found = app.script(
        "const inline = document.createElement('script');
         inline.textContent = 'window.injected = true';
         document.head.append(inline);
         Object.prototype.polluted = true;
         return {
           injected: window.injected === true, polluted: {}.polluted === true,
           global: typeof window.__TAURI__,
         };",
        &[],
    );
    let expected = json!({"injected": false, "polluted": false, "global": "undefined"});
    assert_eq!(found, expected);
}

#[test]
fn nothing_in_the_page_reaches_the_network() {
    let stranger = TcpListener::bind("127.0.0.1:0").unwrap();
    stranger.set_nonblocking(true).unwrap();
    let address = format!("http://{}/", stranger.local_addr().unwrap());
    let app = super::start();
    let before = app.script("return location.href", &[]);
    let attempts = [
        "fetch(arguments[0]).catch(() => {})",
        "new Image().src = arguments[0]",
        "navigator.sendBeacon(arguments[0])",
        "const frame = document.createElement('iframe'); frame.src = arguments[0]; document.body.append(frame)",
        "window.open(arguments[0])",
        "const to = arguments[0]; setTimeout(() => { location.href = to }, 0)",
    ];
    for attempt in attempts {
        app.script(attempt, &[json!(address)]);
        // The page is asked again after it had time to try.
        let after = app.script(
            "return new Promise((done) => setTimeout(() => done(location.href), 150))",
            &[],
        );
        assert_eq!(before, after, "{attempt}");
        let reached = stranger.accept();
        assert!(reached.is_err(), "{attempt} reached {address}");
    }
}

#[test]
fn the_app_starts_again_on_the_same_files() {
    let mut app = super::start();
    app.restart();
    let answer = call(&app, "boot", &json!({}));
    assert_eq!(answer["ok"]["phase"], "first_run");
}

#[test]
fn the_frame_that_seals_messages_is_not_seen() {
    let app = super::start();
    let display = app.script(
        "return getComputedStyle(document.getElementById('__tauri_isolation__')).display",
        &[],
    );
    assert_eq!(display, "none");
}

#[test]
fn the_page_sees_the_systems_language() {
    let app = super::start();
    assert_eq!(app.script("return navigator.language", &[]), "pt-BR");
}
