//! What the app writes to its log: never a customer, a code or a key.

use std::fs;

use testkit::{App, Sale, until};

#[test]
fn no_customer_and_no_secret_reaches_a_log() {
    let (service, app) = super::team();
    let source = service.kiwify();
    let sale = Sale::new(1);
    service.tell(&source, &sale.pix_created());
    super::open(&app, &sale);
    app.click("copy-pix");
    app.desktop().expect_clipboard(&sale.pix_code());
    app.press("1");
    app.wait_for_css("[data-testid=hand-over]:not([disabled])");
    app.click("hand-over");
    app.expect_opened(1);
    service.tell(&source, &sale.approved());
    app.wait_for_css("[data-testid=card][data-stage=purchase_approved]");

    // The page is drawn when the screen asks for it, which can be after everything above.
    let written = until("the first paint in the log", || {
        let written = written(&app);
        if written.contains("app.first_paint_ms") {
            Ok(written)
        } else {
            Err(written)
        }
    });
    let token = fs::read_to_string(app.data_dir().join("session.token")).unwrap();
    let token = token.lines().last().unwrap().to_owned();
    let secrets = [
        sale.buyer.clone(),
        "Mariana".to_owned(),
        "900000001".to_owned(),
        sale.email.clone(),
        sale.pix_code(),
        sale.product.clone(),
        "wa.me".to_owned(),
        token,
    ];
    for secret in secrets {
        assert!(!written.contains(&secret), "{secret} is in {written}");
    }
}

/// Everything the app has logged, to its file and to standard error.
fn written(app: &App) -> String {
    let files = fs::read_dir(app.data_dir().join("logs")).expect("there is a log");
    let files = files.flatten().map(|file| fs::read_to_string(file.path()));
    app.log() + &files.flatten().collect::<String>()
}
