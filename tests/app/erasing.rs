//! A customer is erased from the window: gone from the list, from search, and from the files on both sides.

use testkit::{Sale, Service, fixtures, until};

#[test]
fn an_erased_customer_is_gone_from_every_screen_and_file() {
    let service = Service::start("Doces do Vale");
    let source = service.kiwify();
    let (gone, stays) = (
        Sale {
            buyer: "Zuleica Quaresma".to_owned(),
            email: "zuleica.quaresma@example.com".to_owned(),
            document: Some("52998224725".to_owned()),
            ..Sale::new(1)
        },
        Sale::new(2),
    );
    for sale in [&gone, &stays] {
        service.tell(&source, &sale.pix_created());
    }
    let app = super::seat(&service, "admin", "Ana Prado");
    super::wait_for_row(&app, &stays);
    super::open(&app, &gone);
    app.press("n");
    app.wait_for_focus("composer");
    app.type_text("Zuleica quer nota fiscal\n");
    app.wait_for_css("[data-testid=note-item][data-pending=false]");
    super::wait_until_sent(&app);
    app.press("r");
    app.wait_for_focus("composer");
    app.type_text("Oi, Zuleica");
    app.wait_for_css("[data-testid=draft][data-state=saved]");
    let marks = [
        "Zuleica",
        "zuleica.quaresma",
        "52998224725",
        gone.order.as_str(),
    ];
    for mark in &marks[..2] {
        assert!(holds(&app.data_dir(), mark), "{mark} is there before");
    }

    app.click("erase-open");
    app.wait_for("erase-sheet");
    app.fill("erase-word", "apaga");
    app.wait_for_css("[data-testid=erase-do]:disabled");
    app.fill("erase-word", "apagar");
    app.click("erase-do");
    app.wait_gone("erase-sheet");
    app.wait_for_text("toast", "apagados");
    until("one conversation to be left", || match super::rows(&app) {
        rows if rows == [stays.buyer.clone()] => Ok(()),
        rows => Err(format!("{rows:?}")),
    });
    app.wait_gone("thread-name");

    app.press("/");
    app.wait_for_focus("list-search");
    app.type_text("zuleica");
    app.wait_for_css("[data-testid=empty][data-kind=unfound]");
    app.press("Escape");
    for mark in marks {
        until(&format!("no {mark} in the app's files"), || {
            if holds(&app.data_dir(), mark) {
                Err("it is there".to_owned())
            } else {
                Ok(())
            }
        });
        until(&format!("no {mark} in the service's files"), || {
            if found(&service.bytes(), mark) {
                Err("it is there".to_owned())
            } else {
                Ok(())
            }
        });
    }
}

fn holds(folder: &std::path::Path, mark: &str) -> bool {
    found(&fixtures::bytes_below(folder), mark)
}

fn found(bytes: &[u8], mark: &str) -> bool {
    bytes
        .windows(mark.len())
        .any(|window| window == mark.as_bytes())
}
