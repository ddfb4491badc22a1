//! Approved sales are announced by the desktop's own notifications.

use std::time::{Duration, Instant};

use serde_json::json;
use testkit::{Sale, until};

#[test]
fn a_sale_is_announced_and_a_click_opens_its_card() {
    let (service, app) = super::team();
    let source = service.kiwify();
    let (sale, other) = (Sale::new(1), Sale::new(2));
    service.tell(&source, &other.pix_created());
    super::open(&app, &other);
    service.tell(&source, &sale.approved());
    until("a notification on screen", || {
        match app.desktop().notices_on_screen() {
            0 => Err("there is none".to_owned()),
            _ => Ok(()),
        }
    });
    app.desktop().click_notice();
    app.wait_for_text("thread-name", &sale.buyer);
    let notice = app
        .desktop()
        .expect_notice("the sale", |notice| notice.summary.contains("197,00"));
    assert_eq!(notice.summary, "Venda aprovada · R$\u{a0}197,00");
    assert_eq!(notice.body, "Curso de Confeitaria, Mariana");
}

#[test]
fn a_notice_goes_when_its_conversation_is_opened() {
    let (service, app) = super::team();
    let sale = Sale::new(1);
    service.tell(&service.kiwify(), &sale.approved());
    let on_screen = |expected: usize| {
        until("notifications on screen", || {
            match app.desktop().notices_on_screen() {
                count if count == expected => Ok(()),
                count => Err(format!("there are {count}, not {expected}")),
            }
        });
    };
    on_screen(1);
    let shown = Instant::now();
    app.click("view-all");
    super::open(&app, &sale);
    on_screen(0);
    assert!(shown.elapsed() < BY_ITSELF, "it went by itself");
}

/// After so long the desktop takes a notification away by itself.
const BY_ITSELF: Duration = Duration::from_secs(10);

#[test]
fn a_hundred_sales_at_once_make_two_notices_at_most() {
    let (service, app) = super::team();
    let source = service.kiwify();
    for number in 1..=100 {
        service.tell(&source, &Sale::new(number).approved());
    }
    app.wait_for_text("count-approved", "100");
    let announced = || {
        let notices = app.desktop().notices();
        let sales = notices.iter().map(|notice| sales_in(&notice.summary));
        (notices.len(), sales.sum::<u32>())
    };
    let count = until("all sales to be announced", || match announced() {
        (count, 100) => Ok(count),
        (count, sales) => Err(format!("{sales} in {count}")),
    });
    assert!(count <= 2, "{:?}", app.desktop().notices());
}

/// How many sales a notification tells of.
fn sales_in(summary: &str) -> u32 {
    let first = summary.split(' ').next().unwrap_or_default();
    first.parse().unwrap_or(1)
}

#[test]
fn whoever_wants_no_notices_gets_none() {
    let (service, app) = super::team();
    let source = service.kiwify();
    let boot = super::call(&app, "boot", &json!({}));
    let mut settings = boot["ok"]["settings"].clone();
    settings["notifySales"] = json!(false);
    super::call(&app, "settings_put", &json!({ "settings": settings }));
    service.tell(&source, &Sale::new(1).approved());
    app.wait_for_text("count-approved", "1");
    settings["notifySales"] = json!(true);
    // The first sale's notice would have been due before the second's, which is expected to be the only one.
    until("the first sale's notice to be due", || {
        let quiet = app.script(
            "return new Promise((done) => setTimeout(done, 1000, true))",
            &[],
        );
        if quiet == json!(true) {
            Ok(())
        } else {
            Err("the page did not answer".to_owned())
        }
    });
    super::call(&app, "settings_put", &json!({ "settings": settings }));
    let second = Sale {
        centavos: 4_200,
        ..Sale::new(2)
    };
    service.tell(&source, &second.approved());
    app.desktop()
        .expect_notice("the second sale", |notice| notice.summary.contains("42,00"));
    assert_eq!(app.desktop().notices().len(), 1);
}
