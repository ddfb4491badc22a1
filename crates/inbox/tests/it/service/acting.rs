//! What the scripted service does with commands.

use contract::entry::{
    Assigned, ByMember, HandedOver, KeptApart, Labelled, Merged, Noted, Received, Revealed,
    Snoozed, Unmerged,
};
use contract::{Action, Actor, ConversationId, Outcome, RefusalCode, kind};

use super::{State, me};
use crate::tape::Tape;

/// Does a command as the service would.
pub(super) fn perform(state: &mut State, command: &contract::Command) -> Outcome {
    let by = Actor {
        id: me().member_id,
        name: me().member_name,
    };
    let (command_id, who) = (command.id, command.conversation_id);
    let seq = match command.action.clone() {
        Action::Claim {} => {
            if let Some(holder) = state.holders.get(&who).filter(|holder| **holder != by) {
                return Outcome::Refused {
                    code: RefusalCode::AlreadyClaimed,
                    by: Some(holder.clone()),
                };
            }
            state.holders.insert(who, by.clone());
            state
                .tape
                .write(Some(who), kind::CLAIMED, &ByMember { command_id, by })
        }
        Action::Release {} => {
            state.holders.remove(&who);
            state
                .tape
                .write(Some(who), kind::RELEASED, &ByMember { command_id, by })
        }
        Action::Note { text, .. } => state.tape.write(
            Some(who),
            kind::NOTED,
            &Noted {
                command_id,
                by,
                text,
                mentions: Vec::new(),
            },
        ),
        Action::HandOver {
            channel,
            text,
            template_key,
            order_key,
        } => {
            let body = HandedOver {
                command_id,
                by,
                channel,
                text,
                template_key,
                order_key,
            };
            state.tape.write(Some(who), kind::HANDED_OVER, &body)
        }
        Action::Merge { other } => {
            let body = Merged {
                from: other,
                reason: "person".to_owned(),
                command_id: Some(command_id),
                by: Some(by),
            };
            state.tape.write(Some(who), kind::MERGED, &body)
        }
        Action::Unmerge { from } => {
            let body = Unmerged {
                from,
                command_id,
                by,
            };
            state.tape.write(Some(who), kind::UNMERGED, &body)
        }
        Action::KeepApart { other } => {
            let body = KeptApart {
                other,
                command_id,
                by,
            };
            state.tape.write(Some(who), kind::KEPT_APART, &body)
        }
        handled => handle(state, who, command_id, by, handled),
    };
    Outcome::Applied { seq }
}

/// Tells of what is only told.
fn handle(
    state: &mut State,
    who: ConversationId,
    command_id: contract::CommandId,
    by: Actor,
    action: Action,
) -> u64 {
    let tape = &mut state.tape;
    let plain =
        |kind, tape: &mut Tape, by| tape.write(Some(who), kind, &ByMember { command_id, by });
    match action {
        Action::Resolve {} => plain(kind::RESOLVED, tape, by),
        Action::Reopen {} => plain(kind::REOPENED, tape, by),
        Action::Wake {} => plain(kind::WOKEN, tape, by),
        Action::Snooze { until } => {
            let body = Snoozed {
                command_id,
                by,
                until,
            };
            tape.write(Some(who), kind::SNOOZED, &body)
        }
        Action::Label { add, remove } => {
            let body = Labelled {
                command_id,
                by,
                add,
                remove,
            };
            tape.write(Some(who), kind::LABELLED, &body)
        }
        Action::Receive { channel, text } => {
            let body = Received {
                command_id,
                by,
                channel,
                text,
            };
            tape.write(Some(who), kind::RECEIVED, &body)
        }
        Action::Reveal { part } => {
            let body = Revealed {
                command_id,
                by,
                part,
            };
            tape.write(Some(who), kind::REVEALED, &body)
        }
        Action::Assign { to } => {
            let to = Actor {
                id: to,
                name: "Rafael".to_owned(),
            };
            state.holders.insert(who, to.clone());
            let body = Assigned { command_id, by, to };
            state.tape.write(Some(who), kind::ASSIGNED, &body)
        }
        other => unreachable!("{} is done elsewhere", other.kind()),
    }
}
