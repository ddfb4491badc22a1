//! What is not met every day: a boleto, in both sizes of the window.

use testkit::Sale;

use super::{BOTH, NARROW, ONE, Scene, USUAL, World, desk::Desk, people::by_boleto};

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
];

fn meet_boleto(desk: &mut Desk) {
    let sale = by_boleto();
    desk.meet(&[(&sale, Sale::boleto_created)]);
    desk.app().wait_for("copy-boleto");
}
