//! What is not met every day: a boleto, in both sizes of the window, and money that is contested.

use testkit::Sale;

use super::{
    BOTH, NARROW, ONE, Scene, USUAL, World,
    desk::Desk,
    people::{by_boleto, contested},
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
        go: |desk| meet_chargeback(desk),
    },
];

fn meet_chargeback(desk: &mut Desk) {
    let sale = contested();
    desk.meet(&[(&sale, Sale::approved), (&sale, Sale::charged_back)]);
    desk.app().wait_for_text("card", "Chargeback");
}

fn meet_boleto(desk: &mut Desk) {
    let sale = by_boleto();
    desk.meet(&[(&sale, Sale::boleto_created)]);
    desk.app().wait_for("copy-boleto");
}
