//! The tables themselves: plans of the queries, and what is let go.

use chrono::TimeDelta;
use rusqlite::{Connection, params};

use super::Folder;
use super::writing::{calm, opened};
use crate::store::conformance::Stage;
use crate::store::conformance::script::by_phone;
use crate::store::sqlite::{SMALL, nonces::Sweep};
use crate::store::{DeliveryQuery, DeliveryResult, Key16, Store};

#[tokio::test]
async fn expired_nonces_go_and_others_stay() {
    let folder = Folder::set().await;
    let (store, script) = opened(&folder, calm()).await;
    let mut nonces = Vec::new();
    for n in 0..40 {
        nonces.push(script.nonce(&format!("nonce-{n:04}")));
        script.world.pass(TimeDelta::seconds(30));
    }
    // The first twenty ended ten minutes after they came.
    let now = crate::store::World::now(script.world.as_ref());
    let left: i64 = store
        .write(SMALL, move |writing| {
            for nonce in nonces {
                let key = Key16::of(&[nonce.value.as_bytes()]);
                writing.db.execute(
                    "INSERT INTO nonce (key, expires_at) VALUES (?1, ?2)",
                    params![key.0, nonce.expires_at.timestamp_millis()],
                )?;
            }
            let mut sweep = Sweep::default();
            for _ in 0..16 {
                sweep.step(writing.db, now)?;
            }
            Ok(writing
                .db
                .query_row("SELECT count(*) FROM nonce", [], |row| row.get(0))?)
        })
        .await
        .unwrap();
    assert_eq!(left, 20);
}

/// Every statement of the store that reads a table that grows must search it, never walk or sort it.
#[tokio::test]
async fn no_query_walks_a_table_that_grows() {
    let folder = Folder::set().await;
    let (store, script) = opened(&folder, calm()).await;
    let accepted = script
        .accept(&[script.event("o1", by_phone("+5547900000111"))])
        .await;
    store
        .delivery(script.workspace.id, accepted.delivery_id)
        .await
        .unwrap();
    for result in [None, Some(DeliveryResult::Rejected)] {
        let query = DeliveryQuery {
            limit: 10,
            result,
            ..DeliveryQuery::default()
        };
        store.deliveries(script.workspace.id, query).await.unwrap();
    }
    let db = Connection::open(folder.options().path).unwrap();
    let sources = [
        include_str!("../accept.rs"),
        include_str!("../api.rs"),
        include_str!("../audit.rs"),
        include_str!("../checkouts.rs"),
        include_str!("../commands.rs"),
        include_str!("../deliveries.rs"),
        include_str!("../jobs.rs"),
        include_str!("../jobs/held.rs"),
        include_str!("../jobs/pages.rs"),
        include_str!("../links.rs"),
        include_str!("../members.rs"),
        include_str!("../nonces.rs"),
        include_str!("../pages.rs"),
        include_str!("../pairs.rs"),
        include_str!("../people.rs"),
        include_str!("../place.rs"),
        include_str!("../reprocess.rs"),
        include_str!("../retention.rs"),
        include_str!("../sessions.rs"),
        include_str!("../sharing/sequences.rs"),
        include_str!("../sharing/steps.rs"),
        include_str!("../sharing/templates.rs"),
        include_str!("../sharing/told.rs"),
        include_str!("../sharing/views.rs"),
        include_str!("../tallies.rs"),
    ];
    let mut seen = 0;
    for sql in sources.iter().flat_map(|source| statements(source)) {
        let mut plan = match db.prepare(&format!("EXPLAIN QUERY PLAN {sql}")) {
            Ok(plan) => plan,
            Err(error) => panic!("{sql}: {error}"),
        };
        let nulls = rusqlite::params_from_iter(vec![rusqlite::types::Null; plan.parameter_count()]);
        let steps: Vec<String> = plan
            .query_map(nulls, |row| row.get(3))
            .unwrap()
            .collect::<Result<_, _>>()
            .unwrap();
        seen += 1;
        for step in steps {
            let walks = step.starts_with("SCAN") && !step.contains("CONSTANT ROW");
            let is_max = sql.contains("max(id)");
            assert!(!step.contains("TEMP B-TREE"), "{sql}\n{step}");
            assert!(!walks || is_max, "{sql}\n{step}");
        }
    }
    assert!(seen >= 20, "the statements were found: {seen}");
}

/// Finds the statements in a source: string literals that begin as one, without a part to fill in.
fn statements(source: &str) -> Vec<String> {
    let verbs = ["SELECT ", "INSERT ", "UPDATE ", "DELETE "];
    source
        .split('"')
        .skip(1)
        .step_by(2)
        .filter(|text| verbs.iter().any(|verb| text.starts_with(verb)))
        .filter(|text| !text.contains('{'))
        .map(str::to_owned)
        .collect()
}

#[tokio::test]
async fn commits_are_flushed_and_readers_cannot_write() {
    let folder = Folder::set().await;
    let (store, _script) = opened(&folder, calm()).await;
    let pragmas = |db: &Connection| {
        [
            "journal_mode",
            "synchronous",
            "foreign_keys",
            "trusted_schema",
            "wal_autocheckpoint",
            "query_only",
        ]
        .map(|name| {
            let value: rusqlite::types::Value =
                db.pragma_query_value(None, name, |row| row.get(0)).unwrap();
            match value {
                rusqlite::types::Value::Integer(number) => number.to_string(),
                rusqlite::types::Value::Text(text) => text,
                other => panic!("{name}: {other:?}"),
            }
        })
    };
    let writer = store
        .write(SMALL, move |writing| Ok(pragmas(writing.db)))
        .await
        .unwrap();
    assert_eq!(writer, ["wal", "2", "1", "0", "0", "0"], "2 is FULL");
    let path = folder.options().path;
    let checkpointer = pragmas(&crate::store::sqlite::connection::checkpointer(&path).unwrap());
    assert_eq!(checkpointer.get(1).map(String::as_str), Some("2"));
    let reader = crate::store::sqlite::connection::reader(&path).unwrap();
    assert_eq!(pragmas(&reader).get(5).map(String::as_str), Some("1"));
    assert!(reader.execute("DELETE FROM entry", []).is_err());
}
