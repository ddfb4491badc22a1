//! The JSON of every type that crosses a wire; a change of format cannot slip through.

use chrono::{DateTime, TimeZone, Utc};
use contract::entry::{
    Assigned, ByMember, HandedOver, Joined, KeptApart, Labelled, Left, MergeSuggested, Merged,
    Noted, Received, Removed, Revealed, Shared, Snoozed, SubjectErased, Unmerged,
};
use contract::{
    Action, Actor, Boleto, Chain, Channel, Command, CommandAnswer, CommandAnswers, CommandBatch,
    CommandId, ConversationId, Currency, Customer, Entry, Epoch, Erasure, Event, EventId, Filter,
    IntegrationId, Invite, Item, Me, MemberId, NewInvite, Order, Outcome, OwnerIs, Page, Payment,
    PaymentMethod, Period, PersonPart, Pix, Position, PresentMember, Problem, RawBody, RefusalCode,
    Role, SessionId, SignIn, SignedIn, SnoozeUntil, Stage, StageGroup, Subject, TeamView, Utms,
    ViewId, WorkspaceId, kind,
};
use serde_json::value::{RawValue, to_raw_value};

fn noon() -> DateTime<Utc> {
    Utc.with_ymd_and_hms(2026, 11, 21, 15, 0, 0)
        .single()
        .expect("a real moment")
}

fn person() -> Actor {
    Actor {
        id: MemberId::new(1, [1; 10]),
        name: "Larissa".to_owned(),
    }
}

fn conversation() -> ConversationId {
    ConversationId::new(2, [2; 10])
}

fn command() -> CommandId {
    CommandId::new(3, [3; 10])
}

fn full_event() -> Event {
    Event {
        id: EventId::new(4, [4; 10]),
        external_id: "9f1c".to_owned(),
        stage: Stage::PixGenerated,
        event: "pix_created".to_owned(),
        amount_minor: Some(19_700),
        currency: Currency::BRL,
        refunded_minor: Some(100),
        occurred_at: noon(),
        provider: "kiwify".to_owned(),
        integration_id: IntegrationId::new(5, [5; 10]),
        order_key: "kiwify:9f1c".to_owned(),
        carts: Vec::new(),
        customer: Customer {
            name: Some("Rita de Teste".to_owned()),
            email: Some("rita@example.com".to_owned()),
            phone: Some("+5547900000111".to_owned()),
            phone_typed: Some("47 0000".to_owned()),
            document: Some("12345678909".to_owned()),
        },
        checkout_url: Some("https://pay.example.com/a".to_owned()),
        order_url: Some("https://pay.example.com/o".to_owned()),
        items: vec![Item {
            name: "Curso".to_owned(),
            code: Some("c1".to_owned()),
            quantity: 1,
            unit_minor: Some(19_700),
        }],
        payment: Payment {
            method: Some(PaymentMethod::Pix),
            pix: Some(Pix {
                code: Some("000201".to_owned()),
                expires_at: Some(noon()),
            }),
            boleto: Some(Boleto {
                line: Some("0".repeat(47)),
                url: Some("https://pay.example.com/b".to_owned()),
                due_on: Some(noon().date_naive()),
            }),
            refusal: Some("insufficient_funds".to_owned()),
            installments: Some(3),
        },
        coupon: Some("VOLTA10".to_owned()),
        utms: Utms {
            src: Some("a".to_owned()),
            source: Some("b".to_owned()),
            medium: Some("c".to_owned()),
            campaign: Some("d".to_owned()),
        },
        is_test: false,
        incomplete: false,
        raw: Some(RawBody(
            RawValue::from_string("{\"order_id\": \"9f1c\"}".to_owned()).expect("JSON"),
        )),
    }
}

fn bare_event() -> Event {
    Event {
        stage: Stage::CartAbandoned,
        amount_minor: None,
        refunded_minor: None,
        customer: Customer::default(),
        checkout_url: None,
        order_url: None,
        items: Vec::new(),
        payment: Payment::default(),
        coupon: None,
        utms: Utms::default(),
        incomplete: true,
        raw: None,
        ..full_event()
    }
}

fn entry() -> Entry {
    let body = to_raw_value(&Noted {
        command_id: command(),
        by: person(),
        text: "pediu nota".to_owned(),
        mentions: vec![person()],
    })
    .expect("JSON");
    let chain = Chain::EMPTY.next(1, noon(), Some(conversation()), kind::NOTED, body.get());
    Entry {
        seq: 1,
        at: noon(),
        conversation_id: Some(conversation()),
        kind: kind::NOTED.to_owned(),
        body,
        chain,
    }
}

fn me() -> Me {
    Me {
        workspace_id: WorkspaceId::new(6, [6; 10]),
        workspace_name: "Doces de Teste".to_owned(),
        member_id: person().id,
        member_name: person().name,
        role: Role::Lead,
    }
}

#[test]
fn events() {
    insta::assert_json_snapshot!("event_full", full_event());
    insta::assert_json_snapshot!("event_bare", bare_event());
    for event in [full_event(), bare_event()] {
        let text = serde_json::to_string(&event).expect("events serialise");
        assert_eq!(
            serde_json::from_str::<Event>(&text).expect("events read back"),
            event
        );
    }
    let text = serde_json::to_string(&full_event()).expect("events serialise");
    assert!(
        text.contains("\"amount\":197.00,"),
        "the decimal is written exactly: {text}"
    );
}

#[test]
fn the_fold_as_it_is_stored() {
    insta::assert_json_snapshot!("order", Order::of(&[full_event()]));
}

#[test]
fn feed() {
    insta::assert_json_snapshot!("entry", entry());
    let page = Page {
        epoch: Epoch("k3".to_owned()),
        entries: vec![entry()],
        head: 7,
        next_after: Some(1),
        next_before: None,
        chain_before: Chain::EMPTY,
    };
    insta::assert_json_snapshot!("page", page);
    insta::assert_json_snapshot!(
        "position",
        Position {
            epoch: Some(Epoch("k3".to_owned())),
            seq: 7
        }
    );
    insta::assert_json_snapshot!(
        "by_member",
        ByMember {
            command_id: command(),
            by: person()
        }
    );
    insta::assert_json_snapshot!(
        "merged",
        Merged {
            from: conversation(),
            reason: "phone".to_owned(),
            command_id: None,
            by: None,
        }
    );
    insta::assert_json_snapshot!(
        "merged_by_person",
        Merged {
            from: conversation(),
            reason: "person".to_owned(),
            command_id: Some(command()),
            by: Some(person()),
        }
    );
    insta::assert_json_snapshot!(
        "unmerged",
        Unmerged {
            from: conversation(),
            command_id: command(),
            by: person()
        }
    );
    insta::assert_json_snapshot!(
        "merge_suggested",
        MergeSuggested {
            other: conversation(),
            reason: "email".to_owned()
        }
    );
    insta::assert_json_snapshot!(
        "kept_apart",
        KeptApart {
            other: conversation(),
            command_id: command(),
            by: person()
        }
    );
    insta::assert_json_snapshot!("shared", Shared { names: 6 });
    insta::assert_json_snapshot!(
        "joined",
        Joined {
            member: person(),
            role: Role::Agent
        }
    );
    insta::assert_json_snapshot!(
        "left",
        Left {
            member: person(),
            by: person()
        }
    );
    let handed = HandedOver {
        command_id: command(),
        by: person(),
        channel: Channel::Whatsapp,
        text: "Oi".to_owned(),
        template_key: Some("pix_again".to_owned()),
        order_key: Some("kiwify:9f1c".to_owned()),
    };
    insta::assert_json_snapshot!("handed_over", handed);
}

#[test]
fn handling() {
    let (command_id, by) = (command(), person());
    insta::assert_json_snapshot!(
        "assigned",
        Assigned {
            command_id,
            by: by.clone(),
            to: person()
        }
    );
    insta::assert_json_snapshot!(
        "snoozed",
        Snoozed {
            command_id,
            by: by.clone(),
            until: SnoozeUntil::Reply {}
        }
    );
    insta::assert_json_snapshot!(
        "labelled",
        Labelled {
            command_id,
            by: by.clone(),
            add: vec!["nota fiscal".to_owned()],
            remove: Vec::new()
        }
    );
    insta::assert_json_snapshot!(
        "received",
        Received {
            command_id,
            by: by.clone(),
            channel: Channel::Whatsapp,
            text: String::new()
        }
    );
    insta::assert_json_snapshot!(
        "revealed",
        Revealed {
            command_id,
            by: by.clone(),
            part: PersonPart::Email
        }
    );
    let removed = Removed {
        key: "pix_again".to_owned(),
        by: by.clone(),
    };
    insta::assert_json_snapshot!("removed", removed);
    let view = TeamView {
        id: ViewId::new(9, [9; 10]),
        name: "Acima de R$ 500".to_owned(),
        filter: Filter {
            stages: vec![StageGroup::Pix],
            amount_from: Some(50_000),
            owners: vec![OwnerIs::Me, OwnerIs::Nobody, OwnerIs::Member { id: by.id }],
            period: Some(Period::Days { count: 7 }),
            ..Filter::default()
        },
        by: Some(by),
    };
    let text = serde_json::to_string(&view).expect("it serialises");
    assert_eq!(
        serde_json::from_str::<TeamView>(&text).expect("reads"),
        view
    );
    insta::assert_json_snapshot!("team_view", view);
    insta::assert_json_snapshot!(
        "present",
        PresentMember {
            member: person(),
            conversation_id: conversation(),
            writing: true
        }
    );
}

#[test]
fn an_entry_follows_only_its_own_past() {
    let entry = entry();
    assert!(entry.follows(Chain::EMPTY));
    assert!(!entry.follows(entry.chain));
    let changed = Entry {
        body: RawValue::from_string("{}".to_owned()).expect("JSON"),
        ..entry
    };
    assert!(!changed.follows(Chain::EMPTY));
}

#[test]
fn the_chain_goes_on_over_an_erased_entry() {
    let first = entry();
    let second = Entry {
        seq: first.seq + 1,
        chain: first.chain.next(
            first.seq + 1,
            noon(),
            first.conversation_id,
            &first.kind,
            first.body.get(),
        ),
        at: noon(),
        ..first.clone()
    };
    let erased = Entry {
        conversation_id: None,
        kind: kind::ERASED.to_owned(),
        body: RawValue::from_string("{}".to_owned()).expect("JSON"),
        ..first.clone()
    };
    assert!(erased.follows(Chain::EMPTY) && second.follows(erased.chain));
    let swapped = Entry {
        chain: Chain::EMPTY,
        ..erased
    };
    assert!(!second.follows(swapped.chain), "what follows shows it");
}

#[test]
fn subjects() {
    insta::assert_json_snapshot!(
        "subject_erased",
        SubjectErased {
            conversation_ids: vec![conversation()],
            by: Some(person())
        }
    );
    insta::assert_json_snapshot!(
        "subjects",
        [
            Subject::ConversationId(conversation()),
            Subject::Email("rita@example.com".to_owned()),
            Subject::Phone("11 90000-0000".to_owned()),
            Subject::Document("529.982.247-25".to_owned()),
        ]
    );
    insta::assert_json_snapshot!(
        "erasure",
        Erasure {
            conversation_ids: vec![conversation()],
            entries: 3,
            deliveries: 2,
            checkouts: 0,
            jobs: 1
        }
    );
}

#[test]
fn commands() {
    let actions = [
        Action::Claim {},
        Action::Release {},
        Action::Note {
            text: "oi".to_owned(),
            mentions: Vec::new(),
        },
        Action::HandOver {
            channel: Channel::Email,
            text: "oi".to_owned(),
            template_key: None,
            order_key: None,
        },
        Action::Merge {
            other: conversation(),
        },
        Action::Unmerge {
            from: conversation(),
        },
        Action::KeepApart {
            other: conversation(),
        },
        Action::Assign { to: person().id },
        Action::Resolve {},
        Action::Reopen {},
        Action::Snooze {
            until: SnoozeUntil::Time { at: noon() },
        },
        Action::Snooze {
            until: SnoozeUntil::Paid {
                order_key: "kiwify:9f1c".to_owned(),
            },
        },
        Action::Snooze {
            until: SnoozeUntil::Expired {
                order_key: "kiwify:9f1c".to_owned(),
            },
        },
        Action::Snooze {
            until: SnoozeUntil::Reply {},
        },
        Action::Wake {},
        Action::Label {
            add: vec!["nota fiscal".to_owned()],
            remove: vec!["urgente".to_owned()],
        },
        Action::Receive {
            channel: Channel::Whatsapp,
            text: "ja paguei".to_owned(),
        },
        Action::Reveal {
            part: PersonPart::Document,
        },
    ];
    let commands = actions.into_iter().map(|action| Command {
        id: command(),
        conversation_id: conversation(),
        action,
    });
    let batch = CommandBatch {
        commands: commands.collect(),
    };
    let text = serde_json::to_string(&batch).expect("commands serialise");
    assert_eq!(
        serde_json::from_str::<CommandBatch>(&text).expect("commands read back"),
        batch
    );
    insta::assert_json_snapshot!("command_batch", batch);
    let answers = CommandAnswers {
        results: vec![
            CommandAnswer {
                id: command(),
                outcome: Outcome::Applied { seq: 9 },
            },
            CommandAnswer {
                id: command(),
                outcome: Outcome::Refused {
                    code: RefusalCode::AlreadyClaimed,
                    by: Some(person()),
                },
            },
        ],
    };
    insta::assert_json_snapshot!("command_answers", answers);
}

#[test]
fn people_and_refusals() {
    insta::assert_json_snapshot!(
        "sign_in",
        SignIn {
            invite: "abc".to_owned(),
            name: "Larissa".to_owned(),
            device: "mesa 1".to_owned()
        }
    );
    insta::assert_json_snapshot!(
        "signed_in",
        SignedIn {
            token: "t".to_owned(),
            session_id: SessionId::new(7, [7; 10]),
            me: me()
        }
    );
    insta::assert_json_snapshot!("me", me());
    insta::assert_json_snapshot!("new_invite", NewInvite { role: Role::Agent });
    insta::assert_json_snapshot!(
        "invite",
        Invite {
            code: "abc".to_owned(),
            role: Role::Agent,
            expires_at: noon()
        }
    );
    let problem = Problem {
        kind: "about:blank".to_owned(),
        title: "Unprocessable Content".to_owned(),
        status: 422,
        code: "unreadable_body".to_owned(),
        detail: "The amount is not a whole number of cents.".to_owned(),
        hint: Some("Send cents.".to_owned()),
        path: Some("Commissions.charge_amount".to_owned()),
    };
    insta::assert_json_snapshot!("problem", problem);
}
