//! Power cuts of the machine lose nothing that was promised, double nothing and leave nothing broken.

use bench::power::{self, Extent};
use bench::report::say;
use bench::torture::Programs;

/// Fixed, so that the same kinds of moments are chosen; `cargo xtask torture --only power --seed` tries others, and more.
const SEED: u64 = 20_261_122;

/// Says why nothing can be tried here, where a system does not let programs be traced.
async fn cannot() -> bool {
    let refusal = power::refusal().await;
    if let Some(refusal) = &refusal {
        say(&format!("skipped, nothing is shown: {refusal}"));
    }
    refusal.is_some()
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_service_without_power_keeps_every_promise() {
    if cannot().await {
        return;
    }
    let programs = Programs::find().expect("`cargo build -p ingest -p bench --bins` comes first");
    let folder = tempfile::tempdir().expect("a temporary folder");
    let extent = Extent {
        cuts: 24,
        length: 240,
        cuts_a_recording: 24,
    };
    let survived = power::service(&programs.service, folder.path(), extent, SEED)
        .await
        .expect("every promise is kept, and a disk that ignores flushes is found out");
    assert_eq!(survived.cuts, extent.cuts);
    assert!(
        survived.promised > extent.cuts && survived.whole < extent.cuts / 2,
        "too little was at stake to prove anything: {survived:?}"
    );
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_desk_without_power_keeps_every_note() {
    if cannot().await {
        return;
    }
    let programs = Programs::find().expect("`cargo build -p ingest -p bench --bins` comes first");
    let folder = tempfile::tempdir().expect("a temporary folder");
    let extent = Extent {
        cuts: 5,
        length: 900,
        cuts_a_recording: 5,
    };
    let survived = power::desk(&programs, folder.path(), extent, SEED)
        .await
        .expect("nothing lost, nothing doubled, every cache like a fresh one");
    assert_eq!(survived.cuts, extent.cuts);
    assert!(
        survived.promised > extent.cuts,
        "too few notes to prove anything: {survived:?}"
    );
}
