//! Templates of the team: a lead writes one, and whoever sits elsewhere has it under the key at once.

use contract::kind;
use serde_json::json;
use testkit::{App, Sale, Service, until};

const KEY: &str = "pix.help";
const FIRST: &str = "Oi, {{ customer.first_name }}! Conseguiu pagar {{ product }}? Posso ajudar.";
const SECOND: &str = "Oi, {{ customer.first_name }}! Ficou alguma pergunta sobre o PIX?";
const THEIRS: &str = "Oi, {{ customer.first_name }}! Posso ajudar com {{ product }}?";

#[test]
fn what_a_lead_saves_lies_under_the_key_of_an_agent_elsewhere() {
    let service = Service::start("Doces do Vale");
    let sale = Sale::new(1);
    service.tell(&service.kiwify(), &sale.pix_created());
    let (ana, bruno) = super::two_seats(&service, "lead");
    super::open(&bruno, &sale);
    super::wait_for_row(&ana, &sale);

    ana.press("m");
    open_template(&ana);
    a_hole_is_shown_before_it_is_saved(&ana);
    ana.fill("template-name", "Pergunta do PIX");
    save(&ana, FIRST);
    used_by_key(
        &bruno,
        "Pergunta do PIX",
        "Conseguiu pagar Curso de Confeitaria?",
    );

    // Somebody else saves meanwhile: nothing is written over unasked.
    service.save_template(&json!({
        "key": KEY, "locale": "pt-BR", "name": "Pergunta do PIX", "stages": ["pix"], "platforms": [],
        "moment": "any", "channel": null, "subject": "Sobre o seu PIX", "text": THEIRS,
        "marketing": false, "place": 70, "version": 1,
    }));
    ana.fill("template-text", SECOND);
    click_once_ready(&ana);
    ana.wait_for("conflict");
    ana.wait_for_value("template-text", SECOND);
    ana.click("take-theirs");
    ana.wait_for_value("template-text", &on_screen(THEIRS));
    ana.wait_gone("conflict");
    save(&ana, SECOND);
    used_by_key(
        &bruno,
        "Pergunta do PIX",
        "Ficou alguma pergunta sobre o PIX?",
    );

    ana.click("versions");
    ana.wait_for_css("[data-testid=version][data-version='3']");
    let first = "[data-testid=version][data-version='1'] [data-testid=restore]";
    let restore = ana.wait_for_css(first);
    ana.driver().click(&restore).unwrap();
    ana.wait_for_value("template-text", &on_screen(FIRST));
    click_once_ready(&ana);
    ana.wait_for_text("template-status", "Salvo");
    used_by_key(
        &bruno,
        "Pergunta do PIX",
        "Conseguiu pagar Curso de Confeitaria?",
    );

    let saved = service.entries();
    let saved = saved
        .iter()
        .filter(|entry| entry.kind == kind::TEMPLATE_SAVED);
    assert_eq!(saved.count(), 4, "three by Ana, one by somebody else");
}

/// Writes a text as its field does: values by their labels, in one piece.
fn on_screen(text: &str) -> String {
    text.replace("{{ customer.first_name }}", "{{primeiro\u{a0}nome}}")
        .replace("{{ product }}", "{{produto}}")
}

#[track_caller]
fn open_template(app: &App) {
    let card = app.wait_for_css(&format!("[data-testid=template-card][data-key='{KEY}']"));
    app.driver().click(&card).expect("the card can be clicked");
    app.wait_for("edit-template");
}

/// A value that PIX orders do not have is shown as a hole in each of them.
#[track_caller]
fn a_hole_is_shown_before_it_is_saved(app: &App) {
    app.wait_for_text("preview-count", "1 de 1");
    app.fill("template-text", "Oi! Segue o boleto: {{ boleto.url }}");
    app.wait_for_text("preview-count", "0 de 1");
    app.wait_for_text("preview-one", "falta");
}

/// Types a text and saves it.
#[track_caller]
fn save(app: &App, text: &str) {
    app.fill("template-text", text);
    click_once_ready(app);
    app.wait_for_text("template-status", "Salvo");
}

#[track_caller]
fn click_once_ready(app: &App) {
    app.wait_for_css("[data-testid=save-template]:not([disabled])");
    app.click("save-template");
}

/// Waits until the template fills as it was saved, by the key it lies under, and leaves the field empty.
#[track_caller]
fn used_by_key(app: &App, name: &str, part: &str) {
    until(&format!("{part:?} by key"), || {
        let key = app.script(
            "return [...document.querySelectorAll('[data-testid^=template-][data-fills]')]
               .find((one) => one.textContent.includes(arguments[0]))?.dataset.testid.slice(-1) ?? null",
            &[json!(name)],
        );
        app.press(key.as_str().ok_or("no chip has the name")?);
        app.wait_for_focus("composer");
        let value = app.script(
            "return document.querySelector('[data-testid=composer]').value",
            &[],
        );
        app.press_all(&["Control+a", "Delete", "Escape"]);
        match value.as_str() {
            Some(text) if text.contains(part) => Ok(()),
            _ => Err(value.to_string()),
        }
    });
}
