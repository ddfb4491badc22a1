//! What the feed and its pages hold, and what a team does.

use contract::entry::{
    Assigned, ByMember, HandedOver, IntegrationRemoved, IntegrationSaved, Joined, KeptApart,
    Labelled, Left, MergeSuggested, Merged, Noted, Received, Removed, Revealed, Shared, Snoozed,
    SubjectErased, Unmerged,
};
use contract::{
    Chain, Channel, DeliveryId, Entry, Epoch, Erasure, EventId, Filter, IntegrationId, JobId,
    OwnerIs, Page, Period, PersonPart, Position, Present, PresentMember, Role, SessionId,
    SnoozeUntil, StageGroup, Subject, TeamView, ViewId, WorkspaceId, kind,
};
use serde_json::value::to_raw_value;

use crate::{Kept, command, conversation, noon, person};

pub(super) fn entry() -> Entry {
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

pub(super) fn feed(kept: &mut Kept) {
    kept.keep("entry", &entry());
    let page = Page {
        epoch: Epoch("k3".to_owned()),
        entries: vec![entry()],
        head: 7,
        next_after: Some(1),
        next_before: None,
        chain_before: Chain::EMPTY,
    };
    kept.keep("page", &page);
    kept.keep(
        "position",
        &Position {
            epoch: Some(Epoch("k3".to_owned())),
            seq: 7,
        },
    );
    kept.keep(
        "by_member",
        &ByMember {
            command_id: command(),
            by: person(),
        },
    );
    kept.keep(
        "merged",
        &Merged {
            from: conversation(),
            reason: "phone".to_owned(),
            command_id: None,
            by: None,
        },
    );
    kept.keep(
        "merged_by_person",
        &Merged {
            from: conversation(),
            reason: "person".to_owned(),
            command_id: Some(command()),
            by: Some(person()),
        },
    );
    kept.keep(
        "unmerged",
        &Unmerged {
            from: conversation(),
            command_id: command(),
            by: person(),
        },
    );
    kept.keep(
        "merge_suggested",
        &MergeSuggested {
            other: conversation(),
            reason: "email".to_owned(),
        },
    );
    kept.keep(
        "kept_apart",
        &KeptApart {
            other: conversation(),
            command_id: command(),
            by: person(),
        },
    );
    kept.keep("shared", &Shared { names: 6 });
    kept.keep(
        "joined",
        &Joined {
            member: person(),
            role: Role::Agent,
        },
    );
    kept.keep(
        "integration_saved",
        &IntegrationSaved {
            id: IntegrationId::new(1, [1; 10]),
            provider: "kiwify".to_owned(),
            name: "Cursos da Ana".to_owned(),
            active: true,
            by: Some(person()),
        },
    );
    kept.keep(
        "integration_removed",
        &IntegrationRemoved {
            id: IntegrationId::new(1, [1; 10]),
            by: None,
        },
    );
    kept.keep(
        "left",
        &Left {
            member: person(),
            by: person(),
        },
    );
    let handed = HandedOver {
        command_id: command(),
        by: person(),
        channel: Channel::Whatsapp,
        text: "Oi".to_owned(),
        template_key: Some("pix_again".to_owned()),
        order_key: Some("kiwify:9f1c".to_owned()),
    };
    kept.keep("handed_over", &handed);
    kept.keep("actor", &person());
    kept.keep("epoch", &Epoch("k3".to_owned()));
    let noted = Noted {
        command_id: command(),
        by: person(),
        text: "pediu nota".to_owned(),
        mentions: Vec::new(),
    };
    kept.keep("noted", &noted);
    kept.keep("chain", &entry().chain);
}

pub(super) fn ids(kept: &mut Kept) {
    kept.keep("command_id", &command());
    kept.keep("conversation_id", &conversation());
    kept.keep("delivery_id", &DeliveryId::new(1, [1; 10]));
    kept.keep("event_id", &EventId::new(1, [1; 10]));
    kept.keep("integration_id", &IntegrationId::new(1, [1; 10]));
    kept.keep("job_id", &JobId::new(1, [1; 10]));
    kept.keep("member_id", &person().id);
    kept.keep("session_id", &SessionId::new(1, [1; 10]));
    kept.keep("view_id", &ViewId::new(1, [1; 10]));
    kept.keep("workspace_id", &WorkspaceId::new(1, [1; 10]));
}

pub(super) fn handling(kept: &mut Kept) {
    let (command_id, by) = (command(), person());
    kept.keep(
        "assigned",
        &Assigned {
            command_id,
            by: by.clone(),
            to: person(),
        },
    );
    kept.keep(
        "snoozed",
        &Snoozed {
            command_id,
            by: by.clone(),
            until: SnoozeUntil::Reply {},
        },
    );
    kept.keep(
        "labelled",
        &Labelled {
            command_id,
            by: by.clone(),
            add: vec!["nota fiscal".to_owned()],
            remove: Vec::new(),
        },
    );
    kept.keep(
        "received",
        &Received {
            command_id,
            by: by.clone(),
            channel: Channel::Whatsapp,
            text: String::new(),
        },
    );
    kept.keep(
        "revealed",
        &Revealed {
            command_id,
            by: by.clone(),
            part: PersonPart::Email,
        },
    );
    let removed = Removed {
        key: "pix_again".to_owned(),
        by: by.clone(),
    };
    kept.keep("removed", &removed);
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
    kept.keep("team_view", &view);
    kept.keep(
        "present",
        &PresentMember {
            member: person(),
            conversation_id: conversation(),
            writing: true,
        },
    );
    let places = [
        Present {
            conversation_id: Some(conversation()),
            writing: true,
        },
        Present {
            conversation_id: None,
            writing: false,
        },
    ];
    kept.each("places", &places);
    let ends = [
        SnoozeUntil::Time { at: noon() },
        SnoozeUntil::Paid {
            order_key: "kiwify:9f1c".to_owned(),
        },
        SnoozeUntil::Expired {
            order_key: "kiwify:9f1c".to_owned(),
        },
        SnoozeUntil::Reply {},
    ];
    kept.each("snoozes", &ends);
    let parts = [PersonPart::Phone, PersonPart::Email, PersonPart::Document];
    kept.each("person_parts", &parts);
}

pub(super) fn filters(kept: &mut Kept) {
    let member = OwnerIs::Member { id: person().id };
    kept.each("owners", &[OwnerIs::Me, OwnerIs::Nobody, member]);
    let between = Period::Between {
        from: noon(),
        to: noon(),
    };
    kept.each("periods", &[Period::Days { count: 7 }, between]);
    let filter = Filter {
        stages: vec![StageGroup::Pix],
        platforms: vec!["kiwify".to_owned()],
        sources: vec![IntegrationId::new(1, [1; 10])],
        products: vec!["Curso".to_owned()],
        amount_from: Some(1),
        amount_to: Some(2),
        owners: vec![OwnerIs::Me],
        labels: vec!["nota fiscal".to_owned()],
        period: Some(Period::Days { count: 1 }),
        ends_within: Some(60),
        utm_sources: vec!["a".to_owned()],
        utm_mediums: vec!["b".to_owned()],
        utm_campaigns: vec!["c".to_owned()],
    };
    kept.each("filters", &[Filter::default(), filter]);
}

pub(super) fn subjects(kept: &mut Kept) {
    kept.keep(
        "subject_erased",
        &SubjectErased {
            conversation_ids: vec![conversation()],
            by: Some(person()),
        },
    );
    kept.each(
        "subjects",
        &[
            Subject::ConversationId(conversation()),
            Subject::Email("rita@example.com".to_owned()),
            Subject::Phone("11 90000-0000".to_owned()),
            Subject::Document("529.982.247-25".to_owned()),
        ],
    );
    kept.keep(
        "erasure",
        &Erasure {
            conversation_ids: vec![conversation()],
            entries: 3,
            deliveries: 2,
            checkouts: 0,
            jobs: 1,
        },
    );
}
