//! Programs killed at random moments under load lose nothing and double nothing.

use bench::storm;
use bench::torture::{self, Programs};

const ROUNDS: usize = 20;
/// Fixed, so that a failure can be run again; `cargo xtask torture --seed` tries others.
const SEED: u64 = 20_261_121;

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_killed_service_keeps_every_promise() {
    let programs = Programs::find().expect("`cargo build -p ingest -p bench --bins` comes first");
    let folder = tempfile::tempdir().expect("a temporary folder");
    let survived = torture::service(&programs.service, folder.path(), ROUNDS, SEED)
        .await
        .expect("every promise is kept");
    assert_eq!(survived.rounds, ROUNDS);
    assert!(
        survived.promised > ROUNDS,
        "the load was too thin to prove anything: {survived:?}"
    );
}

/// Both processes are sent copies of the same sales, and each is killed and comes back while the other goes on.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn two_services_on_one_database_keep_each_sale_once() {
    let programs = Programs::find().expect("`cargo build -p ingest -p bench --bins` comes first");
    let folder = tempfile::tempdir().expect("a temporary folder");
    let survived = storm::copies(&programs.service, folder.path(), 150, 4, 2)
        .await
        .expect("each once, in one order, at both");
    assert_eq!(survived.promised, 150 * 8, "{survived:?}");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_killed_desk_ends_with_the_cache_of_a_fresh_one() {
    let programs = Programs::find().expect("`cargo build -p ingest -p bench --bins` comes first");
    let folder = tempfile::tempdir().expect("a temporary folder");
    let survived = torture::desk(&programs, folder.path(), ROUNDS, SEED)
        .await
        .expect("nothing lost, nothing doubled");
    assert!(
        survived.promised > ROUNDS,
        "too few notes to prove anything: {survived:?}"
    );
}
