//! The window itself: there is one, it comes forward when it is asked for again, and it opens where it was left.

use std::{fs, thread};

use serde_json::json;
use testkit::{Place, Sale, until};

#[test]
fn a_second_start_brings_the_first_forward_and_leaves() {
    let (service, app) = super::team();
    let sale = Sale::new(1);
    service.tell(&service.kiwify(), &sale.pix_created());
    super::open(&app, &sale);
    app.press("r");
    app.wait_for_focus("composer");
    app.type_text("Oi, conseguiu pagar?");
    app.wait_for_css("[data-testid=draft][data-state=saved]");
    app.script("window.same = true", &[]);
    let windows = app.desktop().windows();
    let other = windows.cover();
    assert!(other.is_first(), "another program is in front");

    assert!(app.start_once_more().success());

    other.expect_behind();
    // It is the window that was there, with what was in it.
    assert_eq!(app.script("return window.same", &[]), json!(true));
    app.wait_for_value("composer", "Oi, conseguiu pagar?");
    app.wait_for_css("[data-testid=freshness][data-state=live]");
}

#[test]
fn many_starts_at_once_leave_one_window() {
    let (_service, app) = super::team();
    thread::scope(|scope| {
        let starts: Vec<_> = (0..4)
            .map(|_| scope.spawn(|| app.start_once_more()))
            .collect();
        for start in starts {
            assert!(start.join().expect("a start ends").success());
        }
    });
    assert_eq!(app.desktop().windows().count(), 1);
    app.wait_for_css("[data-testid=freshness][data-state=live]");
}

#[test]
fn the_window_opens_where_it_was_left() {
    let mut app = super::start();
    app.wait_for("door-team");
    for place in [
        Place {
            x: 170,
            y: 90,
            width: 1100,
            height: 700,
        },
        Place {
            x: 40,
            y: 210,
            width: 960,
            height: 640,
        },
    ] {
        app.desktop().windows().put(place);
        app.close_and_start_again();
        app.wait_for("door-team");
        app.desktop().windows().expect_at(place);
    }
}

#[test]
fn the_window_opens_where_it_was_after_a_power_cut() {
    let mut app = super::start();
    app.wait_for("door-team");
    let place = Place {
        x: 130,
        y: 70,
        width: 1040,
        height: 680,
    };
    app.desktop().windows().put(place);
    let kept = app.config_dir().join(".window-state.json");
    until("the place to be kept", || {
        let text = fs::read_to_string(&kept).unwrap_or_default();
        let holds = text.contains("\"width\": 1040") && text.contains("\"x\": 130");
        if holds { Ok(()) } else { Err(text) }
    });
    app.restart();
    app.wait_for("door-team");
    app.desktop().windows().expect_at(place);
}
