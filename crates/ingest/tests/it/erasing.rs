//! A customer is erased: planted words of theirs are in no file, no answer and no page of the feed, and stay away.

use contract::{Chain, ConversationId, Entry, Role, kind};
use serde_json::{Value, json};

use crate::api::{Answer, Api, order};
use crate::events::Stream;

const NAME: &str = "Vivência Plantada";
const FOLDED: &str = "Plantada";
const MAIL: &str = "plantada.vivencia@example.com";
const PHONE: &str = "+5581900007731";
const CPF: &str = "52998224725";
const PIX: &str = "00020101021226810014br.gov.bcb.pix2559pix.example.com/pix/v2/plantada7731aaaa0000520400005303986540597.905802BR5920Loja Exemplo Digital6014RIO DE JANEIRO62070503***630463E4";
const PIX_PART: &str = "plantada7731aaaa";
const NOTE: &str = "nota plantada 7731";

const WORDS: [&str; 8] = [
    FOLDED,
    MAIL,
    "81900007731",
    "900007731",
    CPF,
    PIX_PART,
    "529.982.247-25",
    NOTE,
];

/// A sale with a PIX code at one platform, as that platform writes it.
fn kiwify(order: &str, event: &str) -> String {
    let text = include_str!("../../../../fixtures/providers/kiwify/pix_created.json");
    let fixture: Value = serde_json::from_str(text).unwrap();
    let mut body: Value =
        serde_json::from_str(fixture["request"]["bodyText"].as_str().unwrap()).unwrap();
    body["order_id"] = order.into();
    body["webhook_event_type"] = event.into();
    if event == "order_approved" {
        body["order_status"] = "paid".into();
        body["updated_at"] = "2025-09-12 15:30".into();
    }
    body["pix_code"] = PIX.into();
    body["Customer"] = json!({"full_name": NAME, "first_name": "Vivência", "email": MAIL, "mobile": PHONE, "CPF": CPF});
    body.to_string()
}

/// The same person's order at another platform, by phone only.
fn unified(id: &str) -> String {
    let mut body: Value = serde_json::from_str(&order(id, "pending")).unwrap();
    body["customer"] = json!({"name": NAME, "email": null, "phone": PHONE});
    body.to_string()
}

fn assert_absent(api: &Api, when: &str) {
    for file in std::fs::read_dir(api.folder.path()).unwrap() {
        let file = file.unwrap();
        let bytes = std::fs::read(file.path()).unwrap();
        for word in WORDS {
            let found = bytes
                .windows(word.len())
                .any(|part| part.eq_ignore_ascii_case(word.as_bytes()));
            assert!(!found, "{word} is in {:?} {when}", file.file_name());
        }
    }
}

fn assert_silent(answer: &Answer, of: &str) {
    let text = String::from_utf8_lossy(&answer.body);
    for word in WORDS {
        assert!(!text.contains(word), "{word} is in {of}: {text}");
    }
}

/// Reads the feed from its start, and holds each entry against the one before.
async fn followed(api: &Api) -> Vec<Entry> {
    let entries = api.entries().await;
    let mut chain = Chain::EMPTY;
    for (entry, seq) in entries.iter().zip(1..) {
        assert!(entry.seq == seq && entry.follows(chain), "entry {seq}");
        chain = entry.chain;
    }
    entries
}

/// What the test has: a customer at two platforms, with somebody else's orders around theirs.
struct Shop {
    api: Api,
    kiwify: String,
    unified: String,
    theirs: ConversationId,
}

impl Shop {
    async fn open() -> Self {
        let api = Api::start().await;
        let kiwify_path = api.integration("curso", "kiwify").await;
        let path = api.integration("loja", "unified").await;
        for n in 0..20 {
            api.deliver(&path, "unified", &order(&format!("outra-{n}"), "pending"))
                .await
                .ok();
        }
        api.deliver(&kiwify_path, "kiwify", &kiwify("p-1", "pix_created"))
            .await
            .ok();
        api.deliver(&path, "unified", &unified("P-2")).await.ok();
        let theirs = api.entries().await.last().unwrap().conversation_id.unwrap();
        let note = json!({"commands": [{"id": "cmd_01k9x4e8r2m5n7p9q1s3t5v7w9", "conversationId": theirs,
            "kind": "note", "body": {"text": NOTE}}]});
        api.post(&api.admin, "/api/v1/commands", &note).await.ok();
        // Of no interest, or not understood, and yet it names them.
        let odd = json!({"webhook_event_type": "never_heard_of", "Customer": {"email": MAIL.to_uppercase(), "CPF": "529.982.247-25"}});
        api.deliver(&kiwify_path, "kiwify", &odd.to_string()).await;
        for n in 20..40 {
            api.deliver(&path, "unified", &order(&format!("outra-{n}"), "pending"))
                .await
                .ok();
        }
        Self {
            api,
            kiwify: kiwify_path,
            unified: path,
            theirs,
        }
    }

    async fn erase(&self, subject: Value) -> Answer {
        let admin = &self.api.admin;
        self.api
            .post(admin, "/api/v1/subjects/erase", &subject)
            .await
    }

    async fn deliveries(&self) -> Vec<Value> {
        let listed = self
            .api
            .get(&self.api.admin, "/api/v1/deliveries?limit=200")
            .await;
        listed.ok().value()["deliveries"]
            .as_array()
            .unwrap()
            .clone()
    }
}

#[tokio::test]
async fn nothing_of_an_erased_customer_is_left_anywhere() {
    let mut shop = Shop::open().await;
    // Somebody reads along, so that the newest entries are kept at hand too.
    let agent = shop.api.member(Role::Agent).await;
    let mut stream = Stream::open(&shop.api, &agent, "?after=0").await;
    let head = followed(&shop.api).await.last().unwrap().seq;
    stream.next().await.unwrap();
    for _ in 0..head {
        stream.entry().await;
    }
    let before = shop.deliveries().await;
    let erasure = shop.erase(json!({"email": MAIL})).await.ok().value();
    assert_eq!(erasure["conversationIds"], json!([shop.theirs]));
    assert_eq!(
        (&erasure["entries"], &erasure["deliveries"]),
        (&json!(3), &json!(3))
    );
    let told = stream.entry().await;
    assert_eq!(told.kind, kind::SUBJECT_ERASED);
    assert_absent(&shop.api, "while it runs");

    let entries = followed(&shop.api).await;
    let gone = entries.iter().filter(|entry| entry.kind == kind::ERASED);
    assert_eq!(gone.count(), 3);
    // A reader who begins now, from the stream as from the pages.
    let mut anew = Stream::open(&shop.api, &agent, "?after=0").await;
    anew.next().await.unwrap();
    let mut chain = Chain::EMPTY;
    for entry in &entries {
        let heard = anew.entry().await;
        assert!(heard.follows(chain) && heard.chain == entry.chain);
        assert!(!heard.body.get().contains(FOLDED));
        chain = heard.chain;
    }
    let after = shop.deliveries().await;
    assert_eq!(before, after, "rows, times and results stay");
    for delivery in &after {
        let path = format!("/api/v1/deliveries/{}", delivery["id"].as_str().unwrap());
        assert_silent(&shop.api.get(&shop.api.admin, &path).await.ok(), &path);
    }
    for path in ["/api/v1/audit", "/api/v1/jobs", "/metrics"] {
        assert_silent(&shop.api.get(&shop.api.admin, path).await.ok(), path);
    }
    shop.api.stop().await;
    assert_absent(&shop.api, "after it stopped");
    shop.api.start_again().await;
    followed(&shop.api).await;
    assert_absent(&shop.api, "after it started again");
}

#[tokio::test]
async fn an_erased_customers_orders_stay_away_and_new_ones_are_taken() {
    let shop = Shop::open().await;
    shop.erase(json!({"conversationId": shop.theirs}))
        .await
        .ok();
    let before = followed(&shop.api).await.len();
    let results = |answer: Answer| answer.ok().value()["result"].clone();
    let repeat = shop
        .api
        .deliver(&shop.kiwify, "kiwify", &kiwify("p-1", "pix_created"))
        .await;
    assert_eq!(results(repeat), "duplicate");
    let later = shop
        .api
        .deliver(&shop.kiwify, "kiwify", &kiwify("p-1", "order_approved"))
        .await;
    assert_eq!(results(later), "ignored");
    assert_eq!(followed(&shop.api).await.len(), before);
    assert_absent(&shop.api, "after the platform repeated itself");
    // What was erased cannot be read anew, and says so.
    let set_aside = shop.deliveries().await;
    let newest = set_aside.first().unwrap();
    assert_eq!(newest["why"], "the customer's data was erased");
    let again = format!(
        "/api/v1/deliveries/{}/reprocess",
        newest["id"].as_str().unwrap()
    );
    shop.api
        .post(&shop.api.admin, &again, &json!({}))
        .await
        .refuses(409, "erased");
    // A new order is a new sale to somebody not known before.
    let new = unified("P-9");
    let new = shop.api.deliver(&shop.unified, "unified", &new).await;
    assert_eq!(results(new), "accepted");
    let entries = followed(&shop.api).await;
    let home = entries.last().unwrap().conversation_id;
    assert!(home.is_some() && home != Some(shop.theirs));
}

#[tokio::test]
async fn a_customer_is_named_by_one_thing_that_can_be_read() {
    let shop = Shop::open().await;
    let admin = &shop.api.admin;
    for (subject, status, code) in [
        (json!({"email": "no address"}), 422, "invalid"),
        (json!({"phone": "12"}), 422, "invalid"),
        (json!({"document": "12"}), 422, "invalid"),
        (json!({"email": "ninguem@example.com"}), 404, "not_found"),
        (
            json!({"conversationId": "cnv_01k9x4e8r2m5n7p9q1s3t5v7w9"}),
            404,
            "not_found",
        ),
    ] {
        for route in ["erase", "export"] {
            let path = format!("/api/v1/subjects/{route}");
            let answer = shop.api.post(admin, &path, &subject).await;
            answer.refuses(status, code);
        }
    }
    // By document with its signs.
    let held = shop
        .api
        .post(
            admin,
            "/api/v1/subjects/export",
            &json!({"document": "529.982.247-25"}),
        )
        .await
        .ok()
        .value();
    assert_eq!(held["conversationIds"], json!([shop.theirs]));
    let text = held.to_string();
    for word in [NAME, MAIL, CPF, PIX_PART, NOTE] {
        assert!(text.contains(word), "{word} is held and not given out");
    }
    let lead = shop.api.member(Role::Lead).await;
    let asked = json!({"phone": "(81) 90000-7731"});
    shop.api
        .post(&lead, "/api/v1/subjects/erase", &asked)
        .await
        .refuses(403, "forbidden");
    let given = shop
        .api
        .post(&lead, "/api/v1/subjects/export", &asked)
        .await;
    given.ok();
}
