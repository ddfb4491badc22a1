//! The service goes away and comes back; nothing is lost, nothing doubled, and whoever was first keeps the conversation.

use testkit::Sale;

#[test]
fn what_happened_meanwhile_arrives_once() {
    let (mut service, app) = super::team();
    let source = service.kiwify();
    let before: Vec<Sale> = (1..=3).map(Sale::new).collect();
    let meanwhile: Vec<Sale> = (4..=8).map(Sale::new).collect();
    let after: Vec<Sale> = (9..=10).map(Sale::new).collect();
    tell_all(&service, &source, &before);
    app.wait_for_text("count-pix", "3");

    service.kill();
    app.wait_for_css("[data-testid=freshness][data-state=offline]");
    super::open(&app, &Sale::new(2));

    service.elsewhere(|service| tell_all(service, &source, &meanwhile));
    super::back_to_live(&app);
    tell_all(&service, &source, &after);
    app.wait_for_text("count-pix", "10");

    app.click("view-all");
    app.wait_for_text("count-all", "10");
    let mut expected: Vec<String> = (1..=10).map(|number| Sale::new(number).buyer).collect();
    expected.sort();
    testkit::until("ten rows, each once", || {
        let mut rows = super::rows(&app);
        rows.sort();
        if rows == expected {
            Ok(())
        } else {
            Err(format!("{rows:?}"))
        }
    });
}

#[track_caller]
fn tell_all(service: &testkit::Service, source: &testkit::Source, sales: &[Sale]) {
    for sale in sales {
        service.tell(source, &sale.pix_created());
    }
}

#[test]
fn a_claim_that_came_too_late_is_shown_as_refused() {
    let (mut service, app) = super::team();
    let colleague = service.join("Bruno Teles");
    let sale = Sale::new(1);
    service.tell(&service.kiwify(), &sale.pix_created());
    super::open(&app, &sale);
    let conversation = app.attribute("conversation", "data-id").unwrap();

    service.kill();
    app.wait_for_css("[data-testid=freshness][data-state=offline]");
    app.press("c");
    app.wait_for_css("[data-testid=owner][data-pending=true]");
    service.elsewhere(|service| service.claim(&colleague, &conversation));

    app.wait_for_css("[data-testid=owner][data-mine=false][data-pending=false]");
    let holder = app.attribute("assign", "aria-label").unwrap();
    assert!(holder.contains("Bruno Teles"), "{holder}");
    app.click("outbox");
    app.wait_for_text("outbox-item", "Bruno Teles");
}
