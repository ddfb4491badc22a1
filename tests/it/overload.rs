//! A service that can keep nothing for a while turns senders away at once and is soon itself again.

use bench::overload;
use bench::torture::Programs;

const STALLS: usize = 3;

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn what_is_too_much_is_turned_away_in_time_and_nothing_promised_is_lost() {
    let programs = Programs::find().expect("`cargo build -p ingest -p bench --bins` comes first");
    let folder = tempfile::tempdir().expect("a temporary folder");
    let borne = overload::stalls(&programs.service, folder.path(), STALLS)
        .await
        .expect("every promise is kept, every refusal is in time");
    assert!(
        borne.turned_away > 100 * STALLS && borne.promised > 100 * STALLS,
        "the load was too thin to prove anything: {borne:?}"
    );
}
