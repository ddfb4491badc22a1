//! What people ask for, and how they are answered.

use contract::{
    Action, Channel, Command, CommandAnswer, CommandAnswers, CommandBatch, Invite, Me, NewInvite,
    Outcome, PersonPart, Problem, RefusalCode, Role, SessionId, SignIn, SignedIn, SnoozeUntil,
    StepAnswer, StepAsked, WorkspaceId,
};

use crate::{Kept, command, conversation, noon, person};

fn me() -> Me {
    Me {
        workspace_id: WorkspaceId::new(6, [6; 10]),
        workspace_name: "Doces de Teste".to_owned(),
        member_id: person().id,
        member_name: person().name,
        role: Role::Lead,
    }
}

pub(super) fn commands(kept: &mut Kept) {
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
    kept.each("actions", &actions);
    let commands = actions.into_iter().map(|action| Command {
        id: command(),
        conversation_id: conversation(),
        action,
    });
    let batch = CommandBatch {
        commands: commands.collect(),
    };
    kept.each("commands", &batch.commands[..1]);
    let text = serde_json::to_string(&batch).expect("commands serialise");
    assert_eq!(
        serde_json::from_str::<CommandBatch>(&text).expect("commands read back"),
        batch
    );
    kept.keep("command_batch", &batch);
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
    kept.keep("command_answers", &answers);
    kept.each("answers", &answers.results);
    let outcomes = answers.results.iter().map(|answer| &answer.outcome);
    kept.each("outcomes", &outcomes.cloned().collect::<Vec<Outcome>>());
    let channels = [Channel::Whatsapp, Channel::Email, Channel::Clipboard];
    kept.each("channels", &channels);
    let codes = [
        RefusalCode::AlreadyClaimed,
        RefusalCode::NotYours,
        RefusalCode::UnknownConversation,
        RefusalCode::UnknownMember,
        RefusalCode::Invalid,
        RefusalCode::AlreadyMerged,
        RefusalCode::NotMerged,
        RefusalCode::IdReused,
    ];
    kept.each("refusal_codes", &codes);
}

pub(super) fn steps(kept: &mut Kept) {
    let asked = StepAsked {
        order_key: "kiwify:o1".to_owned(),
        template: "pix.remind".to_owned(),
        since: noon(),
    };
    kept.keep("step_asked", &asked);
    let (by, at) = (person(), noon());
    let answers = [
        StepAnswer::Taken,
        StepAnswer::Done { by: by.clone(), at },
        StepAnswer::Elsewhere { by, at },
    ];
    kept.each("step_answers", &answers);
}

pub(super) fn people_and_refusals(kept: &mut Kept) {
    kept.keep(
        "sign_in",
        &SignIn {
            invite: "abc".to_owned(),
            name: "Larissa".to_owned(),
            device: "mesa 1".to_owned(),
        },
    );
    kept.keep(
        "signed_in",
        &SignedIn {
            token: "t".to_owned(),
            session_id: SessionId::new(7, [7; 10]),
            me: me(),
        },
    );
    kept.keep("me", &me());
    kept.keep("new_invite", &NewInvite { role: Role::Agent });
    kept.keep(
        "invite",
        &Invite {
            code: "abc".to_owned(),
            role: Role::Agent,
            expires_at: noon(),
        },
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
    kept.keep("problem", &problem);
    kept.each("roles", &[Role::Agent, Role::Lead, Role::Admin]);
}
