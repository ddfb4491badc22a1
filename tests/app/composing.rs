//! The field of a message, in the engine that draws it: as high as its text at any width, with chips where values stand.

use serde_json::{Value, json};
use testkit::{App, Page, until};

use super::access::invented;

/// What is read of the field: how high it is, how high its text, and how far its copy is off.
const LOOK: &str = "
    const pair = document.querySelector('[data-testid=marked]');
    const field = document.querySelector('[data-testid=composer]');
    const copy = pair.firstElementChild;
    return { field: field.offsetHeight, copy: copy.offsetHeight, width: field.clientWidth, drift: pair.dataset.drift };";

/// Opens a conversation with a PIX code and fills the first template.
#[track_caller]
fn filled(page: &Page) -> &App {
    page.show("fake=60");
    let app = page.app();
    app.click("view-pix");
    app.wait_for("row");
    app.press("j");
    app.wait_for("template-1");
    app.press("1");
    app.wait_for("value-filled");
    app
}

#[test]
fn the_field_is_as_high_as_its_text_at_any_width() {
    let page = Page::open(&invented());
    let app = filled(&page);
    let more = " Um texto longo, que ocupa muitas linhas no campo de mensagem.".repeat(6);
    app.script(
        "const field = document.querySelector('[data-testid=composer]');
         field.focus();
         field.setSelectionRange(field.value.length, field.value.length);
         document.execCommand('insertText', false, arguments[0]);",
        &[json!(more)],
    );
    let mut heights = Vec::new();
    for width in [960, 1500, 1280, 1000, 1500] {
        app.resize(width, 800);
        let look = until("the field to follow", || {
            let look = app.script(LOOK, &[]);
            let follows = look["field"] == look["copy"] && look["drift"] == "0";
            follows
                .then(|| look.clone())
                .ok_or_else(|| look.to_string())
        });
        heights.push((number(&look, "width"), number(&look, "field")));
    }
    heights.sort_unstable();
    heights.dedup();
    let falls = heights.windows(2).all(|pair| pair[0].1 >= pair[1].1);
    assert!(heights.len() > 2 && falls, "wider is lower: {heights:?}");
}

/// Where an engine breaks the copy's lines otherwise, the copy is left out, with the room it would take.
#[test]
fn no_room_is_kept_for_a_copy_that_is_left_out() {
    let page = Page::open(&invented());
    let app = filled(&page);
    app.script(
        "document.querySelector('[data-testid=marked]').firstElementChild.style.letterSpacing = '5px'",
        &[],
    );
    for width in [1400, 1000, 1500] {
        app.resize(width, 800);
        until("the field alone", || {
            let look = app.script(
                "const pair = document.querySelector('[data-testid=marked]');
                 const field = document.querySelector('[data-testid=composer]');
                 return { off: pair.dataset.drift !== '0', room: pair.scrollHeight, field: field.offsetHeight };",
                &[],
            );
            let is_tight = look["off"] == true && look["room"] == look["field"];
            is_tight.then_some(()).ok_or_else(|| look.to_string())
        });
    }
}

#[test]
fn a_value_says_its_name_to_the_caret_and_undo_stays_the_fields_own() {
    let page = Page::open(&invented());
    let app = filled(&page);
    let text = app.script(
        "const field = document.querySelector('[data-testid=composer]');
         field.focus();
         const name = document.querySelector('[data-testid=value-filled]').textContent;
         const at = field.value.indexOf(name) + 1;
         field.setSelectionRange(at, at);
         return field.value;",
        &[],
    );
    app.wait_for_text("value-tag", "primeiro nome");
    app.type_text("x");
    app.wait_gone("value-tag");
    app.press("Control+z");
    app.wait_for_value("composer", text.as_str().unwrap_or_default());
}

fn number(look: &Value, name: &str) -> i64 {
    look[name].as_i64().unwrap_or_default()
}

/// Puts the caret at the end of the field and writes on.
fn write_on(app: &App, text: &str) {
    app.script(
        "const field = document.querySelector('[data-testid=composer]');
         field.focus();
         field.setSelectionRange(field.value.length, field.value.length);",
        &[],
    );
    app.type_text(text);
}

#[test]
fn a_template_over_ones_own_text_is_taken_back_and_a_value_goes_where_it_is_looked_for() {
    let page = Page::open(&invented());
    let app = filled(&page);
    app.script(
        "document.querySelector('[data-testid=composer]').select()",
        &[],
    );
    app.type_text("oi, tudo bem");
    app.wait_for_value("composer", "oi, tudo bem");
    app.click("template-1");
    app.wait_for("value-filled");
    app.press("Control+z");
    app.wait_for_value("composer", "oi, tudo bem");
    app.wait_gone("value-filled");
    app.press("Control+Shift+z");
    app.wait_for("value-filled");
    app.press("Control+z");
    app.wait_for_value("composer", "oi, tudo bem");
    app.press("Control+z");
    app.wait_for_value("composer", "oi, tudo ");
    app.press("Control+y");
    app.wait_for_value("composer", "oi, tudo bem");
    write_on(app, " /primeiro");
    app.wait_for_text("suggestion-option", "primeiro nome");
    app.press("Enter");
    app.wait_for("value-filled");
    let chip = app.text("value-filled");
    app.wait_for_value("composer", &format!("oi, tudo bem {chip}"));
}
