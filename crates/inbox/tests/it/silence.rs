//! What the log never says.

use std::io::Write;
use std::sync::{Arc, Mutex};

use contract::{Action, Stage};
use inbox::asking::DraftAsked;
use tracing_subscriber::fmt::MakeWriter;

use crate::desk::Desk;
use crate::service::{Kind, Service, TOKEN, Trick};
use crate::tape::{Tape, person};

#[derive(Clone, Default)]
struct Page(Arc<Mutex<Vec<u8>>>);

impl Write for Page {
    fn write(&mut self, bytes: &[u8]) -> std::io::Result<usize> {
        self.0
            .lock()
            .expect("no panic inside")
            .extend_from_slice(bytes);
        Ok(bytes.len())
    }

    fn flush(&mut self) -> std::io::Result<()> {
        Ok(())
    }
}

impl MakeWriter<'_> for Page {
    type Writer = Self;

    fn make_writer(&self) -> Self {
        self.clone()
    }
}

#[tokio::test]
async fn no_token_and_nothing_of_a_customer_is_logged() {
    let page = Page::default();
    let log = tracing_subscriber::fmt()
        .with_max_level(tracing::Level::TRACE)
        .with_writer(page.clone())
        .finish();
    let listening = tracing::subscriber::set_default(log);
    let mut tape = Tape::new("k1");
    tape.carts(30);
    let service = Service::start(tape).await;
    // The first stream leaves an entry out, which is worth a line in the log.
    service.trick(Kind::Stream, Trick::Skip(31));
    let desk = Desk::at(&service).await;
    desk.live().await;
    service.trick(Kind::Page, Trick::Skip(31));
    service.trick(Kind::Commands, Trick::Refuse(400, "bad_body", ""));
    service.with(|state| {
        state.tape.sale(31, Stage::PurchaseApproved);
        state.tape.sale(32, Stage::PurchaseApproved)
    });
    let draft = DraftAsked {
        conversation_id: person(1),
        kind: inbox::asking::DraftKind::Message,
        text: "segredo-do-rascunho".to_owned(),
        template_key: None,
        order_key: None,
    };
    desk.inbox.save_draft(draft).await.expect("saves");
    let note = Action::Note {
        text: "segredo-da-nota".to_owned(),
        mentions: Vec::new(),
    };
    desk.inbox.act(person(1), note).await.expect("written");
    desk.rows(32).await;
    desk.inbox.sign_out().await.expect("leaves");
    drop(listening);
    let log = String::from_utf8(page.0.lock().expect("no panic inside").clone()).expect("text");
    assert!(log.contains("inbox"), "the log is heard");
    for secret in [
        TOKEN,
        "Pessoa",
        "pessoa",
        "@example.com",
        "+5511",
        "pay.example.com",
        "Costura",
        "segredo",
    ] {
        assert!(!log.contains(secret), "{secret}");
    }
}
