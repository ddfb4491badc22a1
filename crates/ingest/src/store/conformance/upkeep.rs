//! What whoever runs the service asks of its store, and what it remembers of the platforms' side.

use chrono::TimeDelta;
use contract::IntegrationId;

use super::script::{Script, Stage, by_phone};
use crate::store::{RegistrationSeen, StoreError, World};

pub(crate) async fn a_webhooks_registration_is_remembered(stage: &impl Stage) {
    let script = Script::on(stage).await;
    let (id, workspace) = (script.integration.id, script.workspace.id);
    let other = script.integrate("loja-2", "yampi").await;
    let seen = |registered| RegistrationSeen {
        registered,
        at: script.world.now(),
    };
    let told = async || {
        let activity = script.store.activity(workspace).await.unwrap();
        activity
            .first()
            .expect("the first integration")
            .registration
    };
    let before = |later| {
        let time = script.world.now() + TimeDelta::seconds(later);
        script.store.registrations_before(time)
    };
    // One that somebody made by hand may not show: that it is not there says nothing.
    script
        .store
        .keep_registration(id, seen(false))
        .await
        .unwrap();
    assert_eq!(told().await, None);
    assert_eq!(before(1).await.unwrap(), []);

    for registered in [true, false, true] {
        script.world.pass(TimeDelta::days(1));
        let now = seen(registered);
        script.store.keep_registration(id, now).await.unwrap();
        assert_eq!(told().await, Some(now));
        assert_eq!(before(0).await.unwrap(), [], "looked at just now");
        assert_eq!(before(1).await.unwrap(), [id]);
    }
    script
        .store
        .keep_registration(other.id, seen(true))
        .await
        .unwrap();
    assert_eq!(before(1).await.unwrap().len(), 2);
    script
        .store
        .delete_integration(workspace, id, None)
        .await
        .unwrap();
    assert_eq!(before(1).await.unwrap(), [other.id]);
    let nobody = IntegrationId::from_u128(9);
    let unknown = script.store.keep_registration(nobody, seen(true)).await;
    assert_eq!(unknown, Err(StoreError::NotFound));
}

pub(crate) async fn a_store_tells_how_it_is(stage: &impl Stage) {
    let script = Script::on(stage).await;
    let empty = script.store.size().await.unwrap();
    for n in 0..200 {
        let event = script.event(&format!("o{n}"), by_phone("+5547900000111"));
        script.accept(&[event]).await;
    }
    script.store.ready().await.unwrap();
    script.store.checkpoint().await.unwrap();
    script.store.quick_check().await.unwrap();
    assert!(script.store.size().await.unwrap() > empty);
    let pulse = script.store.pulse();
    assert_eq!((pulse.queue_jobs, pulse.failed_commits), (0, 0));
    assert!(pulse.batch_jobs.sum >= 200);
    let failed = futures_util::future::poll_immediate(script.store.failed()).await;
    assert_eq!(failed, None, "it goes on");
}
