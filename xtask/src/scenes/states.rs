//! What is not met every day: other densities, money that went back, what cannot be sent, what was refused, a service that is
//! away or slow.

use serde_json::json;
use testkit::Sale;

use super::{
    BOTH, NARROW, ONE, Scene, USUAL, World,
    desk::Desk,
    hands,
    people::{by_boleto, disputing, too_late, wanted_by_two},
};

pub(super) const SCENES: &[Scene<Desk>] = &[
    Scene {
        name: "boleto",
        looks: BOTH,
        size: USUAL,
        go: |desk| meet_boleto(desk),
    },
    Scene {
        name: "boleto-narrow",
        looks: ONE,
        size: NARROW,
        go: |desk| {
            meet_boleto(desk);
            desk.app().press("i");
            desk.app().wait_for("copy-boleto");
        },
    },
    Scene {
        name: "chargeback",
        looks: BOTH,
        size: USUAL,
        go: |desk| {
            let sale = disputing();
            desk.meet(&[(&sale, Sale::approved), (&sale, Sale::charged_back)]);
            desk.app()
                .wait_for_css("[data-testid=card][data-stage=chargeback]");
        },
    },
    Scene {
        name: "blocked",
        looks: BOTH,
        size: USUAL,
        go: |desk| {
            let sale = too_late();
            desk.meet(&[(&sale, Sale::pix_created)]);
            let lacking = "[data-testid^=template-][data-fills=false]";
            hands::click_css(desk.app(), lacking);
            desk.app().wait_for("blocked");
        },
    },
    Scene {
        name: "standard",
        looks: ONE,
        size: USUAL,
        go: |desk| as_dense_as(desk, "standard"),
    },
    Scene {
        name: "compact",
        looks: BOTH,
        size: USUAL,
        go: |desk| as_dense_as(desk, "compact"),
    },
    Scene {
        name: "refused",
        looks: ONE,
        size: USUAL,
        go: |desk| {
            let sale = wanted_by_two();
            desk.meet(&[(&sale, Sale::pix_created)]);
            desk.come_too_late();
            desk.app().click("outbox");
            desk.app()
                .wait_for_css("[data-testid=outbox-item][data-state=refused]");
        },
    },
    Scene {
        name: "reconnecting",
        looks: ONE,
        size: USUAL,
        go: |desk| {
            meet_boleto(desk);
            desk.lose();
        },
    },
    Scene {
        name: "rebuilding",
        looks: ONE,
        size: USUAL,
        go: |desk| {
            desk.come_back();
            desk.begin_anew();
            desk.app().wait_for("empty");
        },
    },
];

fn meet_boleto(desk: &mut Desk) {
    let sale = by_boleto();
    desk.meet(&[(&sale, Sale::boleto_created)]);
    desk.app().wait_for("copy-boleto");
}

/// Shows the list as close as asked for; the next look puts it back.
fn as_dense_as(desk: &Desk, density: &str) {
    let app = desk.app();
    app.script(
        "const invoke = window.__TAURI_INTERNALS__.invoke;
         return invoke('boot').then((boot) =>
           invoke('settings_put', { settings: { ...boot.settings, density: arguments[0] } }));",
        &[json!(density)],
    );
    app.reload();
    app.click("view-all");
    app.wait_for_css(&format!("[data-testid=row].{density}"));
    app.press("j");
    app.wait_for("template-1");
}
