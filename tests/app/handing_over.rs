//! A template by its key becomes a chat in WhatsApp, a mail or a copy, with exactly the text that was shown.

use contract::{Channel, Entry, entry::HandedOver};
use serde_json::Value;
use testkit::{App, Sale};
use url::Url;

#[test]
fn a_filled_template_opens_in_whatsapp_and_the_timeline_tells_it() {
    let (service, app) = super::team();
    let sale = Sale::new(1);
    service.tell(&service.kiwify(), &sale.pix_created());
    super::open(&app, &sale);
    app.wait_for("template-1");
    app.press("1");
    let text = composed(&app, &sale);
    app.click("hand-over");
    let opened = Url::parse(&app.expect_opened(1)).unwrap();
    assert!(opened.as_str().starts_with("https://wa.me/5511900000001?"));
    let sent: Vec<(String, String)> = opened.query_pairs().into_owned().collect();
    assert_eq!(sent, [("text".to_owned(), text.clone())]);
    app.wait_for_css("[data-testid=handed-over][data-pending=false]");
    app.wait_for_text("handed-over", "WhatsApp");
    assert!(
        app.text("handed-over")
            .contains(text.lines().next().unwrap())
    );
}

#[test]
fn the_same_text_leaves_by_mail_and_by_the_clipboard_to_the_letter() {
    let (service, app) = super::team();
    let (one, other) = (Sale::new(1), Sale::new(2));
    let source = service.kiwify();
    for sale in [&one, &other] {
        service.tell(&source, &sale.pix_created());
    }
    super::open(&app, &one);
    let text = filled(&app, &one, "email");
    app.click("hand-over");
    let opened = app.expect_opened(1);
    let mail = Url::parse(&opened).unwrap();
    assert_eq!((mail.scheme(), mail.path()), ("mailto", one.email.as_str()));
    let parts: Vec<(String, String)> = mail.query_pairs().into_owned().collect();
    let [(subject, said), (body, written)] = parts.as_slice() else {
        panic!("{parts:?}");
    };
    assert_eq!((subject.as_str(), body.as_str()), ("subject", "body"));
    assert!(!said.trim().is_empty() && !said.contains("{{"), "{said:?}");
    // The lines of a mail end in two characters (RFC 6068, section 5).
    assert_eq!(*written, text.replace('\n', "\r\n"));
    assert!(
        !opened.contains('+'),
        "a mail program takes a plus as it is: {opened}"
    );
    app.wait_for_css("[data-testid=handed-over][data-pending=false]");
    app.wait_for_text("handed-over", "e-mail");

    super::open(&app, &other);
    let text = filled(&app, &other, "clipboard");
    app.click("hand-over");
    app.desktop().expect_clipboard(&text);
    app.wait_for_css("[data-testid=handed-over][data-pending=false]");
    app.wait_for_text("handed-over", text.lines().next().unwrap());
    assert_eq!(app.opened().len(), 1, "nothing was opened for it");
    let channels: Vec<Channel> = handed_over(&service.entries());
    assert_eq!(channels, [Channel::Email, Channel::Clipboard]);
}

/// Fills the first template, chooses a channel and returns what is in the field.
#[track_caller]
fn filled(app: &App, sale: &Sale, channel: &str) -> String {
    app.wait_for("template-1");
    app.press("1");
    let text = composed(app, sale);
    app.click("channel");
    app.click(&format!("channel-{channel}"));
    app.wait_gone(&format!("channel-{channel}"));
    text
}

/// By which channels texts left, in the order in which the service was told.
fn handed_over(entries: &[Entry]) -> Vec<Channel> {
    let told = entries
        .iter()
        .filter(|entry| entry.kind == contract::kind::HANDED_OVER);
    let read = |entry: &Entry| entry.read::<HandedOver>().expect("what was handed over");
    told.map(|entry| read(entry).channel).collect()
}

#[test]
fn a_paid_order_is_not_chased_even_when_the_text_was_ready() {
    let (mut service, app) = super::team();
    let source = service.kiwify();
    let sale = Sale::new(1);
    service.tell(&source, &sale.pix_created());
    super::open(&app, &sale);
    app.wait_for("template-1");
    app.press("1");
    composed(&app, &sale);
    service.tell(&source, &sale.approved());
    app.wait_for_css("[data-testid=card][data-stage=purchase_approved]");
    app.wait_for_css("[data-testid=stop][data-group=approved]");
    app.script(
        "document.querySelector('[data-testid=hand-over]').click()",
        &[],
    );
    app.wait_for_css("[data-testid=hand-over]:disabled");
    assert_eq!(app.opened(), Vec::<String>::new());
    service.kill();
}

#[test]
fn what_no_program_opens_is_told_to_nobody_and_stays_in_the_field() {
    let (service, mut app) = super::team();
    let sale = Sale::new(1);
    service.tell(&service.kiwify(), &sale.pix_created());
    super::open(&app, &sale);
    app.wait_for("template-1");
    app.press("1");
    let text = composed(&app, &sale);
    app.let_opening(false);
    let before = service.entries().len();
    app.click("hand-over");
    app.wait_for_css("[data-testid=composer-failure][data-code=link_not_opened]");
    app.wait_for_value("composer", &text);
    app.wait_gone("outbox");
    app.wait_for_css("[data-testid=draft][data-state=saved]");
    // The draft is on the disk all the while.
    app.cut_off();
    app.start_again();
    super::open(&app, &sale);
    app.wait_for_value("composer", &text);
    assert_eq!(app.count("handed-over"), 0);
    app.let_opening(true);
    app.click("hand-over");
    app.wait_for_css("[data-testid=handed-over][data-pending=false]");
    assert_eq!(app.count("handed-over"), 1);
    assert_eq!(app.opened().len(), 2, "tried twice, told once");
    assert_eq!(service.entries().len(), before + 1);
}

#[test]
fn keys_as_fast_as_they_can_follow_act_on_the_row_that_was_walked_to() {
    let (service, app) = super::team();
    let source = service.kiwify();
    for number in 1..=4 {
        service.tell(&source, &Sale::new(number).pix_created());
    }
    app.wait_for_text("count-due", "4");
    let people = super::listed(&app, "due");
    app.press_all(&["j", "c", "j", "c", "j", "1"]);
    testkit::until("a text in the field", || {
        let value = app.script(
            "return document.querySelector('[data-testid=composer]')?.value ?? ''",
            &[],
        );
        match value.as_str() {
            Some(text) if !text.is_empty() => Ok(()),
            _ => Err("it is empty".to_owned()),
        }
    });
    let id = app.attribute("conversation", "data-id");
    assert_eq!(id.as_ref(), Some(&people[2].1), "the third row's");
    app.press("Escape");
    super::wait_until_sent(&app);
    let claimed: Vec<String> = service
        .entries()
        .iter()
        .filter(|entry| entry.kind == contract::kind::CLAIMED)
        .filter_map(|entry| entry.conversation_id.map(|id| id.to_string()))
        .collect();
    assert_eq!(claimed, [people[0].1.clone(), people[1].1.clone()]);
}

/// Waits until the composer holds a text for this buyer and returns it.
#[track_caller]
fn composed(app: &App, sale: &Sale) -> String {
    let first_name = sale.buyer.split(' ').next().unwrap_or_default();
    testkit::until("a filled template", || {
        let value = app.script(
            "const field = document.querySelector('[data-testid=composer]'); return field.value ?? field.innerText",
            &[],
        );
        match value {
            Value::String(text) if text.contains(first_name) => Ok(text),
            other => Err(format!("the composer holds {other}")),
        }
    })
}
