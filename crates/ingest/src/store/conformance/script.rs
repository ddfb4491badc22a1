//! The words the cases are written in.

use std::sync::Arc;

use async_trait::async_trait;
use bytes::Bytes;
use chrono::TimeDelta;
use contract::{
    Action, Actor, Command, CommandId, ConversationId, Currency, Customer, DeliveryId, Entry,
    Event, EventId, IntegrationId, Outcome, Payment, Role, Stage as OrderStage, Utms,
    entry::{Merged, Unmerged},
    kind,
};

use super::StagedWorld;
use crate::store::{
    Accepted, DeliveryResult, Enrolment, Integration, Key16, NewDelivery, NewEvent, NewIntegration,
    NewNonce, NewReading, PageBounds, ProofSummary, SecretText, Session, Store, StoreError,
    StoredSecret, TokenHash, Workspace, World,
};

/// Sets up one engine for one case, and can break it off and open it again.
#[async_trait]
pub(crate) trait Stage: Send + Sync + Sized {
    /// Makes an empty store.
    async fn set() -> Self;
    /// Opens the store.
    async fn open(&self) -> Arc<dyn Store>;
    /// The store's clock.
    fn world(&self) -> Arc<StagedWorld>;
}

/// A store with one workspace, one integration and one member.
pub(crate) struct Script {
    pub(crate) store: Arc<dyn Store>,
    pub(crate) world: Arc<StagedWorld>,
    pub(crate) workspace: Workspace,
    pub(crate) integration: Arc<Integration>,
    pub(crate) session: Session,
}

impl Script {
    pub(crate) async fn on(stage: &impl Stage) -> Self {
        Self::with(stage.open().await, stage.world()).await
    }

    pub(crate) async fn with(store: Arc<dyn Store>, world: Arc<StagedWorld>) -> Self {
        let workspace = store.ensure_workspace("Loja").await.expect("stored");
        let integration = integrate(&store, &world, &workspace, "loja-1", "kiwify").await;
        let session = enrol(&store, &world, &workspace, "Ana").await;
        Self {
            store,
            world,
            workspace,
            integration,
            session,
        }
    }

    pub(crate) fn dyn_world(&self) -> &dyn World {
        self.world.as_ref()
    }

    pub(crate) fn actor(&self) -> Actor {
        actor(&self.session)
    }

    /// Starts a delivery of events.
    pub(crate) fn delivery(&self, events: &[Event]) -> NewDelivery {
        let prepared = events.iter().map(|event| {
            let key = format!("{}:{}", event.order_key, event.stage.as_str());
            NewEvent::new(event, &key).expect("an event is JSON")
        });
        self.reading(NewReading::Events(prepared.collect()))
    }

    /// Starts a delivery with a reading of its own; no two have the same key or body.
    pub(crate) fn reading(&self, reading: NewReading) -> NewDelivery {
        let (millis, random) = self.dyn_world().id_parts();
        NewDelivery {
            id: DeliveryId::new(millis, random),
            workspace: self.workspace.id,
            integration: self.integration.id,
            received_at: self.world.now(),
            headers: vec![("content-type".to_owned(), "application/json".to_owned())],
            query: String::new(),
            body: Bytes::from(format!("{{\"n\":\"{}\"}}", hex::encode(random))),
            proof: ProofSummary {
                scheme: "hmac-sha256".to_owned(),
                secret_index: 0,
                signed: true,
            },
            nonce: None,
            delivery_key: Key16::of(&[&random]),
            reading,
        }
    }

    /// Makes an event of an order, in its first stage.
    pub(crate) fn event(&self, order: &str, customer: Customer) -> Event {
        self.event_at(order, OrderStage::PixGenerated, customer)
    }

    pub(crate) fn event_at(&self, order: &str, stage: OrderStage, customer: Customer) -> Event {
        let (millis, random) = self.dyn_world().id_parts();
        Event {
            id: EventId::new(millis, random),
            external_id: order.to_owned(),
            order_number: None,
            stage,
            event: "order.updated".to_owned(),
            amount_minor: Some(19_700),
            currency: Currency::BRL,
            refunded_minor: None,
            occurred_at: self.world.now(),
            provider: "kiwify".to_owned(),
            integration_id: self.integration.id,
            order_key: format!("kiwify:{order}"),
            carts: Vec::new(),
            bump_of: None,
            customer,
            checkout_url: None,
            order_url: None,
            items: Vec::new(),
            payment: Payment::default(),
            coupon: None,
            utms: Utms::default(),
            is_test: false,
            incomplete: false,
            raw: None,
        }
    }

    pub(crate) async fn accept(&self, events: &[Event]) -> Accepted {
        let delivery = self.delivery(events);
        self.store.accept(delivery).await.expect("stored")
    }

    /// Stores an event and returns the conversation that shows it.
    pub(crate) async fn converse(&self, event: &Event) -> ConversationId {
        let home = self.settle(event).await;
        shown(&self.log().await, home)
    }

    /// Stores an event and returns the conversation its entry names.
    pub(crate) async fn settle(&self, event: &Event) -> ConversationId {
        let accepted = self.accept(std::slice::from_ref(event)).await;
        assert_eq!(accepted.result, DeliveryResult::Accepted);
        let seq = *accepted.seqs.first().expect("one entry");
        let entries = self.log().await;
        let entry = entries.iter().find(|entry| entry.seq == seq);
        entry
            .and_then(|entry| entry.conversation_id)
            .expect("a commerce entry has a conversation")
    }

    /// Returns the conversation that shows one now.
    pub(crate) async fn shown(&self, conversation: ConversationId) -> ConversationId {
        shown(&self.log().await, conversation)
    }

    /// Reads the whole log and checks that it is one: gap-free, each entry following on the one before.
    pub(crate) async fn log(&self) -> Vec<Entry> {
        log(self.store.as_ref(), &self.workspace).await
    }

    pub(crate) async fn kinds(&self) -> Vec<String> {
        self.log()
            .await
            .into_iter()
            .map(|entry| entry.kind)
            .collect()
    }

    pub(crate) async fn commerce_count(&self) -> usize {
        let kinds = self.kinds().await;
        kinds
            .iter()
            .filter(|found| *found == kind::COMMERCE)
            .count()
    }

    pub(crate) fn command(&self, conversation: ConversationId, action: Action) -> Command {
        let (millis, random) = self.dyn_world().id_parts();
        Command {
            id: CommandId::new(millis, random),
            conversation_id: conversation,
            action,
        }
    }

    /// Does one command as Ana.
    pub(crate) async fn command_as_ana(&self, command: Command) -> Outcome {
        self.command_as(self.actor(), command).await
    }

    pub(crate) async fn command_as(&self, actor: Actor, command: Command) -> Outcome {
        let id = command.id;
        let answers = self
            .store
            .apply(self.workspace.id, actor, vec![command])
            .await
            .expect("answered");
        let [answer] = answers.as_slice() else {
            panic!("one answer for one command: {answers:?}");
        };
        assert_eq!(answer.id, id);
        answer.outcome.clone()
    }

    pub(crate) async fn enrol(&self, name: &str) -> Session {
        enrol(&self.store, &self.world, &self.workspace, name).await
    }

    pub(crate) async fn integrate(&self, slug: &str, provider: &str) -> Arc<Integration> {
        integrate(&self.store, &self.world, &self.workspace, slug, provider).await
    }

    pub(crate) fn nonce(&self, value: &str) -> NewNonce {
        NewNonce {
            value: value.to_owned(),
            expires_at: self.world.now() + TimeDelta::minutes(10),
        }
    }
}

pub(crate) fn actor(session: &Session) -> Actor {
    Actor {
        id: session.me.member_id,
        name: session.me.member_name.clone(),
    }
}

/// Follows links as every reader does: of the entries that name a conversation as taken in or given back, the newest counts.
pub(crate) fn shown(log: &[Entry], conversation: ConversationId) -> ConversationId {
    let link = |of: ConversationId| {
        log.iter()
            .rev()
            .find_map(|entry| match entry.kind.as_str() {
                kind::MERGED => {
                    let merged: Merged = entry.read().expect("a merge");
                    (merged.from == of).then_some(entry.conversation_id)
                }
                kind::UNMERGED => {
                    let unmerged: Unmerged = entry.read().expect("an undone merge");
                    (unmerged.from == of).then_some(None)
                }
                _ => None,
            })
    };
    let mut at = conversation;
    for _ in 0..=log.len() {
        match link(at).flatten() {
            Some(into) => at = into,
            None => return at,
        }
    }
    panic!("links lead in a circle from {conversation}");
}

pub(crate) async fn log(store: &dyn Store, workspace: &Workspace) -> Vec<Entry> {
    let mut entries = Vec::new();
    let mut seq = 0;
    let mut chain = contract::Chain::EMPTY;
    loop {
        let bounds = PageBounds {
            entries: 7,
            bytes: 1 << 20,
        };
        let page = store
            .entries_after(workspace.id, seq, bounds)
            .await
            .expect("a page");
        assert_eq!(page.chain_before, chain, "before {seq}");
        for entry in page.entries {
            let entry = entry.entry().expect("an entry is JSON");
            seq += 1;
            assert_eq!(entry.seq, seq, "the log has no gap");
            assert!(entry.follows(chain), "the chain holds at {seq}");
            chain = entry.chain;
            entries.push(entry);
        }
        match page.next_after {
            Some(next) => assert_eq!(next, seq),
            None => {
                assert_eq!(page.head, seq);
                return entries;
            }
        }
    }
}

/// Somebody known by phone.
pub(crate) fn by_phone(phone: &str) -> Customer {
    Customer {
        name: Some("Fulana de Teste".to_owned()),
        phone: Some(phone.to_owned()),
        ..Customer::default()
    }
}

/// Somebody known by e-mail.
pub(crate) fn by_email(email: &str) -> Customer {
    Customer {
        email: Some(email.to_owned()),
        ..Customer::default()
    }
}

pub(crate) fn new_integration(world: &dyn World, slug: &str, provider: &str) -> NewIntegration {
    let (millis, random) = world.id_parts();
    NewIntegration {
        id: IntegrationId::new(millis, random),
        slug: slug.to_owned(),
        provider: provider.to_owned(),
        name: "Conta de teste".to_owned(),
        key: SecretText::new(hex::encode(world.token())),
        secrets: vec![StoredSecret {
            value: SecretText::new("segredo-de-teste"),
            valid_until: None,
        }],
        credentials: [("token".to_owned(), SecretText::new("credencial-de-teste"))].into(),
        settings: serde_json::json!({"zone": "America/Sao_Paulo"}),
        active: true,
    }
}

async fn integrate(
    store: &Arc<dyn Store>,
    world: &StagedWorld,
    workspace: &Workspace,
    slug: &str,
    provider: &str,
) -> Arc<Integration> {
    let new = new_integration(world, slug, provider);
    let upserted = store.upsert_integration(workspace.id, new).await;
    upserted.expect("stored").integration
}

async fn enrol(
    store: &Arc<dyn Store>,
    world: &StagedWorld,
    workspace: &Workspace,
    name: &str,
) -> Session {
    let world: &dyn World = world;
    let enrolment = Enrolment {
        name: name.to_owned(),
        role: Role::Agent,
        token: TokenHash(world.token()),
        device: "teste".to_owned(),
    };
    store.enrol(workspace.id, enrolment).await.expect("stored")
}

/// Reads a refusal's code, or what came instead.
pub(crate) fn refusal<T: std::fmt::Debug>(outcome: Result<T, StoreError>) -> String {
    match outcome {
        Err(StoreError::Refused(refusal)) => refusal.code().to_owned(),
        other => format!("{other:?}"),
    }
}
