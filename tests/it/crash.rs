//! Programs killed at random moments under load lose nothing and double nothing.

use bench::{service, torture};

const ROUNDS: usize = 20;
/// Fixed, so that a failure can be run again; `cargo xtask torture --seed` tries others.
const SEED: u64 = 20_261_121;

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_killed_service_keeps_every_promise() {
    let program = service::program("balcao-ingest").expect("`cargo build -p ingest --bins` comes first");
    let folder = tempfile::tempdir().expect("a temporary folder");
    let survived = torture::service(&program, folder.path(), ROUNDS, SEED).await.expect("every promise is kept");
    assert_eq!(survived.rounds, ROUNDS);
    assert!(survived.promised > ROUNDS, "the load was too thin to prove anything: {survived:?}");
}
