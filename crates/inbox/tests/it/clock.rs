//! A clock that jumps, forward or back: nothing is lost, nothing waits for ever, and what is shown is right again at once.

use std::time::Duration;

use contract::{Action, Stage};

use crate::desk::{Desk, HOLD, Hand};
use crate::service::Service;
use crate::tape::{Tape, person, start};

const YEAR: i64 = 366 * 86_400_000;

fn note(text: &str) -> Action {
    Action::Note {
        text: text.to_owned(),
        mentions: Vec::new(),
    }
}

async fn nothing_waits(desk: &Desk) {
    desk.until("nothing waits", async |inbox| {
        inbox.outbox().await.ok()?.is_empty().then_some(())
    })
    .await;
}

#[tokio::test]
async fn a_clock_that_jumps_loses_nothing_and_holds_nothing_back_for_ever() {
    let mut tape = Tape::new("k1");
    tape.carts(3);
    let service = Service::start(tape).await;
    let clock = Hand::new();
    let desk = Desk::holding(&service, &clock).await;
    desk.rows(3).await;
    desk.live().await;
    let usual = start().timestamp_millis() + 60_000;
    let mut said = Vec::new();
    for (number, millis) in [(4, usual + YEAR), (5, 1), (6, usual)] {
        let id = desk.inbox.act(person(1), note("antes")).await;
        said.push(id.expect("written"));
        clock.set(millis);
        // A jump ahead is past the hold's end; one back must not wait for that end to come round again. Whatever is done next
        // makes the outbox look at the clock.
        let next = if number == 5 {
            Action::Release {}
        } else {
            Action::Claim {}
        };
        let id = desk.inbox.act(person(2), next).await;
        said.push(id.expect("written"));
        nothing_waits(&desk).await;
        service.with(|state| state.tape.sale(number, Stage::PixGenerated));
        desk.rows(usize::try_from(number).expect("small")).await;
    }
    clock.pass(HOLD + Duration::from_millis(1));
    let answered = service.with(|state| state.answers.len());
    assert_eq!(answered, said.len(), "each once");
    let tape = service.with(|state| state.tape.clone());
    desk.holds(&tape).await;
}
