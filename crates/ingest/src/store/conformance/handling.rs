//! What a team does with conversations: given away, put aside, resolved, labelled; each told as it was asked for.

use contract::{
    Action, Actor, Channel, ConversationId, Entry, MemberId, Outcome, PersonPart, RefusalCode,
    Role, SnoozeUntil,
    entry::{Assigned, ByMember, Labelled, Noted, Received, Revealed, Snoozed},
    kind,
};

use super::script::{Script, Stage, actor, by_phone};
use crate::store::{Enrolment, TokenHash};

const PHONE: &str = "+5547900000111";

async fn with_conversation(stage: &impl Stage) -> (Script, ConversationId) {
    let script = Script::on(stage).await;
    let conversation = script.converse(&script.event("o1", by_phone(PHONE))).await;
    (script, conversation)
}

async fn enrol(script: &Script, name: &str, role: Role) -> Actor {
    let enrolment = Enrolment {
        name: name.to_owned(),
        role,
        token: TokenHash::of(name),
        device: String::new(),
    };
    let enrolled = script.store.enrol(script.workspace.id, enrolment).await;
    actor(&enrolled.unwrap())
}

fn refused(code: RefusalCode) -> Outcome {
    Outcome::Refused { code, by: None }
}

fn is_applied(outcome: &Outcome) -> bool {
    matches!(outcome, Outcome::Applied { .. })
}

async fn last(script: &Script) -> Entry {
    script.log().await.pop().expect("an entry")
}

pub(crate) async fn agents_give_away_what_is_theirs_and_leads_everything(stage: &impl Stage) {
    let (script, conversation) = with_conversation(stage).await;
    let (ana, bia) = (script.actor(), enrol(&script, "Bia", Role::Agent).await);
    let lia = enrol(&script, "Lia", Role::Lead).await;
    let give = async |from: &Actor, to: &Actor| {
        let assign = script.command(conversation, Action::Assign { to: to.id });
        script.command_as(from.clone(), assign).await
    };
    let taken = |by: &Actor| Outcome::Refused {
        code: RefusalCode::AlreadyClaimed,
        by: Some(by.clone()),
    };
    assert!(is_applied(&give(&ana, &bia).await), "it was nobody's");
    let entry = last(&script).await;
    assert_eq!(entry.kind, kind::ASSIGNED);
    assert_eq!(entry.conversation_id, Some(conversation));
    let told: Assigned = entry.read().unwrap();
    assert_eq!((&told.by, &told.to), (&ana, &bia));
    let claim = || script.command(conversation, Action::Claim {});
    assert_eq!(script.command_as_ana(claim()).await, taken(&bia));
    assert!(is_applied(&script.command_as(bia.clone(), claim()).await));
    assert_eq!(give(&ana, &ana).await, taken(&bia), "it is Bia's");
    assert!(is_applied(&give(&lia, &ana).await), "a lead may");
    assert!(is_applied(&give(&ana, &lia).await), "one's own");
    let release = script.command(conversation, Action::Release {});
    assert!(is_applied(&script.command_as(lia.clone(), release).await));
    assert!(is_applied(&give(&bia, &bia).await), "to oneself");
    script
        .store
        .remove_member(script.workspace.id, bia.id, lia.clone())
        .await
        .unwrap();
    assert!(is_applied(&give(&ana, &ana).await), "who has it has left");
}

/// Whoever gave a conversation away can take it back, or give it to somebody else, until its new owner has claimed it.
pub(crate) async fn what_was_given_away_can_be_taken_back(stage: &impl Stage) {
    let (script, conversation) = with_conversation(stage).await;
    let bia = enrol(&script, "Bia", Role::Agent).await;
    let (ana, caio) = (script.actor(), enrol(&script, "Caio", Role::Agent).await);
    let give = async |from: &Actor, to: &Actor| {
        let assign = script.command(conversation, Action::Assign { to: to.id });
        script.command_as(from.clone(), assign).await
    };
    let taken = |by: &Actor| Outcome::Refused {
        code: RefusalCode::AlreadyClaimed,
        by: Some(by.clone()),
    };
    assert!(is_applied(&give(&ana, &bia).await), "it was nobody's");
    assert_eq!(give(&caio, &ana).await, taken(&bia), "Caio did not give it");
    assert!(is_applied(&give(&ana, &ana).await), "taken back");
    assert!(is_applied(&give(&ana, &bia).await));
    assert!(is_applied(&give(&ana, &caio).await), "and to Caio instead");
    assert!(is_applied(&give(&caio, &bia).await), "it was Caio's");
    let late = give(&ana, &ana).await;
    assert_eq!(late, taken(&bia), "the newest giver is Caio");
    let claim = script.command(conversation, Action::Claim {});
    assert!(is_applied(&script.command_as(bia.clone(), claim).await));
    let late = give(&caio, &caio).await;
    assert_eq!(late, taken(&bia), "Bia has begun");
}

pub(crate) async fn only_members_of_the_team_are_meant(stage: &impl Stage) {
    let (script, conversation) = with_conversation(stage).await;
    let gone = enrol(&script, "Caio", Role::Agent).await;
    let removing = script
        .store
        .remove_member(script.workspace.id, gone.id, script.actor());
    removing.await.unwrap();
    let other = script.store.ensure_workspace("Outra loja").await.unwrap();
    let stranger = Enrolment {
        name: "Eva".to_owned(),
        role: Role::Agent,
        token: TokenHash::of("Eva"),
        device: String::new(),
    };
    let stranger = actor(&script.store.enrol(other.id, stranger).await.unwrap());
    let log = script.log().await.len();
    for id in [gone.id, stranger.id, MemberId::from_u128(1)] {
        let note = Action::Note {
            text: "veja".to_owned(),
            mentions: vec![script.actor().id, id],
        };
        for action in [Action::Assign { to: id }, note] {
            let command = script.command(conversation, action);
            let outcome = script.command_as_ana(command).await;
            assert_eq!(outcome, refused(RefusalCode::UnknownMember));
        }
    }
    assert_eq!(script.log().await.len(), log);
    let bia = enrol(&script, "Bia", Role::Agent).await;
    let note = Action::Note {
        text: "veja, Bia".to_owned(),
        mentions: vec![bia.id],
    };
    let command = script.command(conversation, note);
    assert!(is_applied(&script.command_as_ana(command).await));
    let told: Noted = last(&script).await.read().unwrap();
    assert_eq!(
        told.mentions,
        [bia],
        "by name, so that every desk can show it"
    );
}

/// Does each action, and checks its entry; a repeat is answered as the first was and adds none.
pub(crate) async fn what_is_done_is_told_as_it_was_asked(stage: &impl Stage) {
    let (script, conversation) = with_conversation(stage).await;
    let label = |add: &[&str], remove: &[&str]| Action::Label {
        add: add.iter().map(ToString::to_string).collect(),
        remove: remove.iter().map(ToString::to_string).collect(),
    };
    let until = SnoozeUntil::Paid {
        order_key: "kiwify:o1".to_owned(),
    };
    let receive = Action::Receive {
        channel: Channel::Whatsapp,
        text: "pago amanhã".to_owned(),
    };
    let actions = [
        (Action::Resolve {}, kind::RESOLVED),
        (Action::Reopen {}, kind::REOPENED),
        (Action::Snooze { until }, kind::SNOOZED),
        (Action::Wake {}, kind::WOKEN),
        (label(&["VIP", "ligar"], &["frio"]), kind::LABELLED),
        (label(&["frio"], &["VIP", "ligar"]), kind::LABELLED),
        (receive, kind::RECEIVED),
        (
            Action::Reveal {
                part: PersonPart::Phone,
            },
            kind::REVEALED,
        ),
    ];
    for (action, kind) in actions {
        let command = script.command(conversation, action.clone());
        let before = script.log().await.len() as u64;
        let first = script.command_as_ana(command.clone()).await;
        assert_eq!(first, Outcome::Applied { seq: before + 1 }, "{kind}");
        assert_eq!(script.command_as_ana(command.clone()).await, first);
        let entry = last(&script).await;
        assert_eq!((entry.seq, entry.kind.as_str()), (before + 1, kind));
        assert_eq!(entry.conversation_id, Some(conversation));
        let by: ByMember = entry.read().unwrap();
        assert_eq!((by.command_id, by.by), (command.id, script.actor()));
        assert!(tells(&entry, &action), "{kind}: {}", entry.body.get());
    }
}

/// Tells whether an entry says what its action asked for.
fn tells(entry: &Entry, action: &Action) -> bool {
    match action {
        Action::Snooze { until } => entry.read::<Snoozed>().unwrap().until == *until,
        Action::Label { add, remove } => {
            let told: Labelled = entry.read().unwrap();
            (&told.add, &told.remove) == (add, remove)
        }
        Action::Receive { channel, text } => {
            let told: Received = entry.read().unwrap();
            (&told.channel, &told.text) == (channel, text)
        }
        Action::Reveal { part } => {
            // Which part, and nothing of it.
            let whole = entry.body.get();
            entry.read::<Revealed>().unwrap().part == *part && !whole.contains("4790000")
        }
        _ => true,
    }
}

pub(crate) async fn what_cannot_be_done_with_a_conversation_is_refused(stage: &impl Stage) {
    let (script, conversation) = with_conversation(stage).await;
    let labels = |labels: Vec<String>| Action::Label {
        add: labels,
        remove: Vec::new(),
    };
    let log = script.log().await.len();
    let long = "é".repeat(4_001);
    for action in [
        labels(Vec::new()),
        labels(vec![String::new()]),
        labels(vec![" VIP".to_owned()]),
        labels(vec!["a\nb".to_owned()]),
        labels(vec!["é".repeat(41)]),
        labels((0..21).map(|n| n.to_string()).collect()),
        Action::Snooze {
            until: SnoozeUntil::Paid {
                order_key: String::new(),
            },
        },
        Action::Snooze {
            until: SnoozeUntil::Expired {
                order_key: "k".repeat(513),
            },
        },
        Action::Receive {
            channel: Channel::Email,
            text: long,
        },
        Action::Note {
            text: "oi".to_owned(),
            mentions: vec![script.actor().id; 21],
        },
    ] {
        let command = script.command(conversation, action.clone());
        let outcome = script.command_as_ana(command).await;
        assert_eq!(outcome, refused(RefusalCode::Invalid), "{action:?}");
    }
    let nowhere = ConversationId::from_u128(1);
    let resolve = script.command(nowhere, Action::Resolve {});
    let outcome = script.command_as_ana(resolve).await;
    assert_eq!(outcome, refused(RefusalCode::UnknownConversation));
    assert_eq!(script.log().await.len(), log);
    let widest = labels((0..20).map(|n| format!("{n:040}")).collect());
    let command = script.command(conversation, widest);
    assert!(is_applied(&script.command_as_ana(command).await));
}

/// Every act has an opposite, so that it can be taken back: both are told, and the newest counts.
pub(crate) async fn each_act_can_be_taken_back(stage: &impl Stage) {
    let (script, conversation) = with_conversation(stage).await;
    let bia = enrol(&script, "Bia", Role::Agent).await;
    let (ana, reply) = (script.actor(), SnoozeUntil::Reply {});
    let vip = || vec!["VIP".to_owned()];
    let pairs = [
        (Action::Claim {}, Action::Release {}),
        (Action::Assign { to: ana.id }, Action::Release {}),
        (Action::Resolve {}, Action::Reopen {}),
        (Action::Snooze { until: reply }, Action::Wake {}),
        (
            Action::Label {
                add: vip(),
                remove: Vec::new(),
            },
            Action::Label {
                add: Vec::new(),
                remove: vip(),
            },
        ),
    ];
    for (act, opposite) in pairs {
        for action in [&act, &opposite] {
            let command = script.command(conversation, action.clone());
            let outcome = script.command_as_ana(command).await;
            assert!(is_applied(&outcome), "{action:?}: {outcome:?}");
        }
        let claim = script.command(conversation, Action::Claim {});
        assert!(is_applied(&script.command_as(bia.clone(), claim).await));
        let release = script.command(conversation, Action::Release {});
        assert!(is_applied(&script.command_as(bia.clone(), release).await));
    }
}
