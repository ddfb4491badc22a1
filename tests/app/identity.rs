//! Two conversations that may be one person's: joined, separated, kept apart; at once here, and as the service says after.

use contract::kind;
use testkit::{App, Sale, Service, Source, until};

/// Two buyers, and a sale by which they look like one: it has the first one's phone and the second one's e-mail.
fn suggested(service: &Service, source: &Source) -> (Sale, Sale) {
    let (one, other) = (Sale::new(1), Sale::new(2));
    let between = Sale {
        buyer: one.buyer.clone(),
        phone: one.phone.clone(),
        email: other.email.clone(),
        ..Sale::new(3)
    };
    for sale in [&one, &other, &between] {
        service.tell(source, &sale.pix_created());
    }
    (one, other)
}

#[test]
fn a_suggestion_is_joined_and_separated_again() {
    let (service, app) = super::team();
    let source = service.kiwify();
    let (one, other) = suggested(&service, &source);
    super::wait_for_row(&app, &other);
    super::open(&app, &one);
    app.wait_for_text("suggestion-name", &other.buyer);
    app.click("merge");
    app.wait_for_css("[data-testid=merged-person][data-state=merged]");
    app.wait_for_text("merged-person", &other.buyer);
    assert_eq!(app.count("suggestion"), 0);
    wait_for_no_row(&app, &other);

    // What is told of the one that was joined is told here now.
    service.tell(&source, &other.approved());
    app.wait_for_css("[data-testid=card][data-stage=purchase_approved]");

    app.click("separate");
    app.wait_gone("merged-person");
    app.click("view-all");
    super::open(&app, &other);
    app.wait_for_css("[data-testid=card][data-stage=purchase_approved]");
    assert_eq!(
        app.count("suggestion"),
        0,
        "who was separated is not suggested again"
    );
}

#[test]
fn joining_is_taken_back_by_a_key_and_two_people_stay_two() {
    let (service, app) = super::team();
    let (one, other) = suggested(&service, &service.kiwify());
    super::wait_for_row(&app, &other);
    super::open(&app, &one);
    app.wait_for("suggestion");
    app.click("merge");
    app.wait_for_css("[data-testid=merged-person][data-state=merged]");
    app.press("Control+z");
    app.wait_gone("merged-person");
    super::wait_for_row(&app, &other);
    assert_eq!(app.count("suggestion"), 0);
}

#[test]
fn separating_is_taken_back_by_a_key_and_the_two_are_one_again() {
    let (service, app) = super::team();
    let (one, other) = suggested(&service, &service.kiwify());
    super::wait_for_row(&app, &other);
    super::open(&app, &one);
    app.click("merge");
    app.wait_for_css("[data-testid=merged-person][data-state=merged]");
    super::wait_until_sent(&app);
    app.click("separate");
    app.wait_gone("merged-person");
    super::wait_until_sent(&app);
    super::wait_for_row(&app, &other);
    app.press("Control+z");
    app.wait_for_css("[data-testid=merged-person][data-state=merged]");
    super::wait_until_sent(&app);
    app.wait_for_text("merged-person", &other.buyer);
    wait_for_no_row(&app, &other);
    let told = kinds(&service, &[kind::MERGED, kind::UNMERGED]);
    assert_eq!(told, [kind::MERGED, kind::UNMERGED, kind::MERGED]);
}

#[test]
fn keeping_apart_is_taken_back_while_it_has_not_left() {
    let (service, mut app) = super::team();
    let (one, other) = suggested(&service, &service.kiwify());
    super::wait_for_row(&app, &other);
    super::open(&app, &one);
    let before = service.entries().len();
    app.click("keep-apart");
    app.wait_gone("suggestion");
    app.press("Control+z");
    app.wait_for_text("suggestion-name", &other.buyer);
    super::wait_until_sent(&app);
    assert_eq!(service.entries().len(), before, "nobody was told");
    app.restart();
    super::open(&app, &one);
    app.wait_for_text("suggestion-name", &other.buyer);
}

#[test]
fn a_suggestion_that_is_wrong_is_gone_for_good() {
    let (service, mut app) = super::team();
    let (one, other) = suggested(&service, &service.kiwify());
    super::wait_for_row(&app, &other);
    super::open(&app, &one);
    app.click("keep-apart");
    app.wait_gone("suggestion");
    app.wait_gone("outbox");
    app.restart();
    super::open(&app, &one);
    app.wait_for("person-email");
    assert_eq!(app.count("suggestion"), 0);
}

/// What the service tells of, of these kinds.
fn kinds(service: &Service, wanted: &[&str]) -> Vec<String> {
    let told = service.entries().into_iter().map(|entry| entry.kind);
    told.filter(|kind| wanted.contains(&kind.as_str()))
        .collect()
}

/// Waits until the list no longer shows the buyer of a sale.
#[track_caller]
fn wait_for_no_row(app: &App, sale: &Sale) {
    until(&format!("no {}", sale.buyer), || {
        let rows = super::rows(app);
        if rows.contains(&sale.buyer) {
            Err(format!("the list has {rows:?}"))
        } else {
            Ok(())
        }
    });
}
