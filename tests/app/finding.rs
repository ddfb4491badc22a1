//! Search finds a conversation by each thing it is known by, and nobody else.

use testkit::{App, Sale, Service, until};

fn wanted() -> Sale {
    Sale {
        order: "7c0a2f91-3b6e-4d18-a5c4-90e1f7d2b836".to_owned(),
        buyer: "Íris Conceição Araújo".to_owned(),
        phone: "+5547988776655".to_owned(),
        email: "iris.araujo@example.com".to_owned(),
        document: Some("52998224725".to_owned()),
        product: "Oficina de Pão Rústico".to_owned(),
        ..Sale::new(77)
    }
}

#[test]
fn a_conversation_is_found_by_each_of_its_marks() {
    let service = Service::start("Doces do Vale");
    let source = service.kiwify();
    for number in 1..=9 {
        service.tell(&source, &Sale::new(number).pix_created());
    }
    let sale = wanted();
    service.tell(&source, &sale.pix_created());
    let by_slip = Sale {
        order: "1d9b3e55-8f02-47aa-bb61-5e40c7a9d023".to_owned(),
        product: "Curso de Geleias".to_owned(),
        ..sale.clone()
    };
    service.tell(&source, &by_slip.boleto_created());
    let app = super::seat(&service, "agent", "Ana Prado");
    app.wait_for_text("count-all", "10");
    app.press_all(&["g", "t"]);
    app.wait_for_css("[data-testid=view-all][aria-current=page]");
    mark(&app, &sale);

    let (code, line) = (sale.pix_code(), by_slip.boleto_line());
    let end = |text: &str, count: usize| text[text.len() - count..].to_owned();
    let searches = [
        "iris conceicao".to_owned(),
        "ARAUJO".to_owned(),
        sale.email.clone(),
        "52998224725".to_owned(),
        "529.982.247-25".to_owned(),
        "+55 47 98877-6655".to_owned(),
        "5547988776655".to_owned(),
        "47988776655".to_owned(),
        "(47) 8877-6655".to_owned(),
        "88776655".to_owned(),
        sale.order.clone(),
        end(&sale.order, 6),
        end(&code, 4),
        end(&code, 8),
        end(&line, 6),
        "pao rustico".to_owned(),
        "geleias".to_owned(),
        "atacadista".to_owned(),
        "embrulho para presente".to_owned(),
    ];
    for text in &searches {
        app.press("/");
        app.wait_for_focus("list-search");
        app.type_text(text);
        until(text, || match super::rows(&app) {
            rows if rows == [sale.buyer.clone()] => Ok(()),
            rows => Err(format!("found are {rows:?}")),
        });
        app.press("Escape");
        app.wait_gone("list-search");
    }
}

/// Puts a label and a note on the conversation.
#[track_caller]
fn mark(app: &App, sale: &Sale) {
    super::open(app, sale);
    app.press("t");
    app.wait_for_focus("label-find");
    app.type_text("Atacadista\n");
    app.wait_for_text("label", "Atacadista");
    app.press("Escape");
    app.wait_gone("ask-label");
    app.press("n");
    app.wait_for_focus("composer");
    app.type_text("quer embrulho para presente\n");
    app.wait_for_css("[data-testid=note-item][data-pending=false]");
    super::wait_until_sent(app);
}
