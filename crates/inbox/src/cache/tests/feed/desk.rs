//! What a team does with conversations, and what it shares.

use chrono::{DateTime, TimeDelta, Utc};
use contract::entry::{
    Assigned, IntegrationRemoved, IntegrationSaved, Joined, Labelled, Left, Received, Removed,
    Revealed, Snoozed,
};
use contract::{
    Actor, Channel, ConversationId, Filter, IntegrationId, OwnerIs, Period, PersonPart, Role,
    SnoozeUntil, StageGroup, TeamView, ViewId, kind,
};

use super::{Dice, Feed, PRODUCTS, member};

pub(crate) fn view(number: u8) -> ViewId {
    ViewId::new(7, [number; 10])
}

impl Feed {
    /// Writes an entry whose body says no more than who did it: resolved, reopened, woken.
    pub(crate) fn done(&mut self, cnv: ConversationId, kind: &str, by: &Actor) -> &mut Self {
        let body = self.by(by);
        self.entry(Some(cnv), kind, &body)
    }

    pub(crate) fn snooze(
        &mut self,
        cnv: ConversationId,
        by: &Actor,
        until: SnoozeUntil,
    ) -> &mut Self {
        let told = self.by(by);
        let body = Snoozed {
            command_id: told.command_id,
            by: told.by,
            until,
        };
        self.entry(Some(cnv), kind::SNOOZED, &body)
    }

    pub(crate) fn assign(&mut self, cnv: ConversationId, by: &Actor, to: &Actor) -> &mut Self {
        let told = self.by(by);
        let body = Assigned {
            command_id: told.command_id,
            by: told.by,
            to: to.clone(),
        };
        self.entry(Some(cnv), kind::ASSIGNED, &body)
    }

    pub(crate) fn label(
        &mut self,
        cnv: ConversationId,
        by: &Actor,
        add: &[&str],
        remove: &[&str],
    ) -> &mut Self {
        let told = self.by(by);
        let owned = |labels: &[&str]| labels.iter().map(|label| (*label).to_owned()).collect();
        let body = Labelled {
            command_id: told.command_id,
            by: told.by,
            add: owned(add),
            remove: owned(remove),
        };
        self.entry(Some(cnv), kind::LABELLED, &body)
    }

    pub(crate) fn receive(&mut self, cnv: ConversationId, by: &Actor, text: &str) -> &mut Self {
        let told = self.by(by);
        let body = Received {
            command_id: told.command_id,
            by: told.by,
            channel: Channel::Whatsapp,
            text: text.to_owned(),
        };
        self.entry(Some(cnv), kind::RECEIVED, &body)
    }

    pub(crate) fn reveal(&mut self, cnv: ConversationId, by: &Actor) -> &mut Self {
        let told = self.by(by);
        let body = Revealed {
            command_id: told.command_id,
            by: told.by,
            part: PersonPart::Phone,
        };
        self.entry(Some(cnv), kind::REVEALED, &body)
    }

    pub(crate) fn save_view(&mut self, number: u8, filter: Filter) -> &mut Self {
        let body = TeamView {
            id: view(number),
            name: format!("Vista {number}"),
            filter,
            by: Some(member(1)),
        };
        self.entry(None, kind::VIEW_SAVED, &body)
    }

    pub(crate) fn remove_view(&mut self, number: u8) -> &mut Self {
        let body = Removed {
            key: view(number).to_string(),
            by: member(1),
        };
        self.entry(None, kind::VIEW_REMOVED, &body)
    }

    pub(crate) fn save_template(&mut self, key: &str, text: &str) -> &mut Self {
        let template = serde_json::json!({"key": key, "locale": "pt-BR", "text": text});
        let body = serde_json::json!({"template": template, "by": member(1)});
        self.entry(None, kind::TEMPLATE_SAVED, &body)
    }

    pub(crate) fn remove_template(&mut self, key: &str) -> &mut Self {
        let body = Removed {
            key: format!("{key}/pt-BR"),
            by: member(1),
        };
        self.entry(None, kind::TEMPLATE_REMOVED, &body)
    }

    pub(crate) fn join(&mut self, who: &Actor, role: Role) -> &mut Self {
        let body = Joined {
            member: who.clone(),
            role,
        };
        self.entry(None, kind::JOINED, &body)
    }

    pub(crate) fn save_source(&mut self, id: IntegrationId, name: &str, active: bool) -> &mut Self {
        let body = IntegrationSaved {
            id,
            provider: "kiwify".to_owned(),
            name: name.to_owned(),
            active,
            by: Some(member(0)),
        };
        self.entry(None, kind::INTEGRATION_SAVED, &body)
    }

    pub(crate) fn remove_source(&mut self, id: IntegrationId) -> &mut Self {
        let body = IntegrationRemoved { id, by: None };
        self.entry(None, kind::INTEGRATION_REMOVED, &body)
    }

    pub(crate) fn leave(&mut self, who: &Actor) -> &mut Self {
        let body = Left {
            member: who.clone(),
            by: member(0),
        };
        self.entry(None, kind::LEFT, &body)
    }

    pub(crate) fn now(&self) -> DateTime<Utc> {
        self.at
    }
}

/// Tells of one thing that a team does, of any kind.
pub(super) fn handled<'a>(
    feed: &'a mut Feed,
    dice: &mut Dice,
    cnv: ConversationId,
    by: &Actor,
    who: u64,
) -> &'a mut Feed {
    let other = member(u8::try_from(dice.below(3)).expect("small"));
    let number = u8::try_from(dice.below(2)).expect("small");
    let label = dice.pick(&["VIP", "vip", "Atacado", "troca"]);
    match dice.below(16) {
        0 => feed.done(cnv, kind::RESOLVED, by),
        1 => feed.done(cnv, kind::REOPENED, by),
        2..=4 => {
            let until = until(feed, dice, who);
            feed.snooze(cnv, by, until)
        }
        5 => feed.done(cnv, kind::WOKEN, by),
        6 | 7 => feed.label(cnv, by, &[label], &[]),
        8 => feed.label(cnv, by, &["Novo"], &[label]),
        9 => feed.assign(cnv, by, &other),
        10 => feed.receive(cnv, by, "ainda quero"),
        11 => feed.reveal(cnv, by),
        12 if dice.below(2) == 0 => feed.join(&other, Role::Agent),
        12 => feed.leave(&other),
        13 => {
            let filter = filter(dice);
            feed.save_view(number, filter)
        }
        14 => feed.remove_view(number),
        _ if dice.below(3) == 0 => feed.remove_template("oi"),
        _ => feed.save_template("oi", &format!("Oi, {{{{nome}}}}! {}", dice.below(9))),
    }
}

fn until(feed: &Feed, dice: &mut Dice, who: u64) -> SnoozeUntil {
    let order_key = format!("kiwify:{who}-{}", dice.below(3));
    match dice.below(4) {
        0 => SnoozeUntil::Time {
            at: feed.now() + TimeDelta::minutes(i64::try_from(dice.below(300)).expect("small")),
        },
        1 => SnoozeUntil::Paid { order_key },
        2 => SnoozeUntil::Expired { order_key },
        _ => SnoozeUntil::Reply {},
    }
}

/// Makes up a filter with one to three conditions.
pub(crate) fn filter(dice: &mut Dice) -> Filter {
    let mut filter = Filter::default();
    for _ in 0..=dice.below(2) {
        match dice.below(10) {
            0 => filter.stages = vec![dice.pick(StageGroup::ALL), StageGroup::Pix],
            1 => filter.platforms = vec!["kiwify".to_owned()],
            2 => filter.products = vec![dice.pick(&PRODUCTS).to_uppercase()],
            3 => filter.amount_from = Some(19_700),
            4 => filter.amount_to = Some(4_700),
            5 => filter.owners = vec![dice.pick(&[OwnerIs::Me, OwnerIs::Nobody])],
            6 => {
                filter.owners = vec![OwnerIs::Member { id: member(1).id }];
            }
            7 => filter.labels = vec!["Vip".to_owned()],
            8 => {
                filter.period = Some(Period::Days {
                    count: 1 + u16::try_from(dice.below(2)).expect("small"),
                });
            }
            _ => filter.ends_within = Some(60),
        }
    }
    filter
}
