//! What the page may ask of the host, and what it is refused.

use serde_json::{Value, json};
use testkit::App;

/// Calls a command as the page does and returns `{"ok": …}` or `{"error": …}`.
fn call(app: &App, command: &str, arguments: &Value) -> Value {
    app.script(
        "const [command, args] = arguments;
         return window.__TAURI_INTERNALS__.invoke(command, args)
           .then((ok) => ({ ok }), (error) => ({ error }));",
        &[json!(command), arguments.clone()],
    )
}

#[test]
fn the_page_learns_which_program_it_runs_in() {
    let app = super::start();
    let answer = call(&app, "app_info", &json!({}));
    assert_eq!(answer["ok"]["version"], env!("CARGO_PKG_VERSION"));
    assert_eq!(answer["ok"]["platform"], "linux");
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
fn a_strangers_link_is_refused() {
    let app = super::start();
    for link in ["https://evil.example/", "file:///etc/passwd", "javascript:alert(1)"] {
        let answer = call(&app, "open_link", &json!({ "link": link }));
        assert_eq!(answer["error"]["code"], "link_refused", "{link}: {answer}");
    }
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
         const fetched = fetch('https://example.com/').then(() => true, () => false);
         return fetched.then((left) => ({
           injected: window.injected === true, polluted: {}.polluted === true, left,
           global: typeof window.__TAURI__,
         }));",
        &[],
    );
    let expected = json!({"injected": false, "polluted": false, "left": false, "global": "undefined"});
    assert_eq!(found, expected);
}

#[test]
fn the_window_never_leaves_its_page() {
    let app = super::start();
    let before = app.script("return location.href", &[]);
    app.script("setTimeout(() => { location.href = 'https://example.com/' }, 0)", &[]);
    // A second script runs after the attempt, on whatever page there is then.
    let after = app.script(
        "return new Promise((done) => setTimeout(() => done(location.href), 100))",
        &[],
    );
    assert_eq!(before, after);
}
