//! Random histories of events and of what people say of conversations: who is where, and whose, after each.

use std::collections::BTreeSet;
use std::sync::Arc;

use chrono::TimeDelta;
use contract::{Action, Actor, Command, CommandId, ConversationId, WorkspaceId, kind};
use proptest::prelude::*;
use proptest::test_runner::{Config, TestCaseResult, TestRunner};

use super::Folder;
use super::writing::{calm, opened};
use crate::identity::{MOST_NAMES, Names, Traces};
use crate::store::conformance::script::{self, Script};
use crate::store::conformance::{Stage, StagedWorld};
use crate::store::sqlite::append::append;
use crate::store::sqlite::commands::Asked;
use crate::store::sqlite::links::{Conversation, by_id, holder, survivor, whole};
use crate::store::sqlite::place::{TraceKeys, conversation_of};
use crate::store::sqlite::writer::Writing;
use crate::store::sqlite::{SMALL, SqliteStore};
use crate::store::{StoreError, Workspace};

/// One thing that happens; conversations are named by the order in which they were made.
#[derive(Debug, Clone)]
enum Step {
    Event(Traces),
    Merge(usize, usize),
    Unmerge(usize),
    KeepApart(usize, usize),
    Claim(usize),
    Release(usize),
}

impl Step {
    const fn is_event(&self) -> bool {
        matches!(self, Self::Event(_))
    }
}

/// What is left of a history, with conversations as numbers.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
struct Left {
    /// Where each event is at home.
    homes: Vec<usize>,
    /// What each conversation is known by, and the names it was told by, in order of their first being told.
    own: Vec<(u8, Vec<usize>)>,
    /// Which conversation shows each.
    shown: Vec<usize>,
    /// The member who has the one that shows it.
    holders: Vec<i64>,
}

/// A history on its way into the tables.
struct Telling<'w, 'a> {
    writing: &'w mut Writing<'a>,
    world: Arc<StagedWorld>,
    workspace: WorkspaceId,
    actor: Actor,
    known: Vec<ConversationId>,
    homes: Vec<usize>,
    /// What should never be.
    wrong: Vec<String>,
}

impl Telling<'_, '_> {
    fn step(&mut self, step: &Step) -> Result<(), StoreError> {
        // An id holds its time, so that the older of two is the same one whatever else happened.
        self.world.pass(TimeDelta::milliseconds(1));
        match step {
            Step::Event(traces) => self.event(traces),
            Step::Merge(one, other) => self.say(*one, *other, |other| Action::Merge { other }),
            Step::KeepApart(one, other) => {
                self.say(*one, *other, |other| Action::KeepApart { other })
            }
            Step::Unmerge(from) => self.say(*from, *from, |from| Action::Unmerge { from }),
            Step::Claim(of) => self.say(*of, *of, |_| Action::Claim {}),
            Step::Release(of) => self.say(*of, *of, |_| Action::Release {}),
        }
    }

    fn event(&mut self, traces: &Traces) -> Result<(), StoreError> {
        let apart = self.apart()?;
        let merges = self.count(kind::MERGED);
        let keys = TraceKeys::of(self.workspace, traces);
        let home = conversation_of(self.writing, self.workspace, &keys)?;
        let home = home.ok_or(StoreError::NotFound)?;
        let told = Some(home);
        append(
            self.writing,
            self.workspace,
            told,
            kind::COMMERCE,
            "{}".to_owned(),
        )?;
        let place = self.known.iter().position(|known| *known == home);
        self.homes.push(place.unwrap_or(self.known.len()));
        if place.is_none() {
            self.known.push(home);
        }
        for (one, other) in apart {
            if self.shown(one)?.row == self.shown(other)?.row {
                self.wrong
                    .push(format!("evidence joined {one} and {other}"));
            }
        }
        let names = self.names(home)?;
        if self.count(kind::MERGED) > merges && names > MOST_NAMES {
            self.wrong.push(format!("evidence gathered {names} names"));
        }
        Ok(())
    }

    fn say(
        &mut self,
        of: usize,
        other: usize,
        action: impl Fn(ConversationId) -> Action,
    ) -> Result<(), StoreError> {
        let pick = |n: usize| self.known.get(n % self.known.len().max(1)).copied();
        let (Some(of), Some(other)) = (pick(of), pick(other)) else {
            return Ok(());
        };
        let asked = Asked {
            workspace: self.workspace,
            actor: self.actor.clone(),
            command: Command {
                id: CommandId::new(1, {
                    let (_, random) = self.writing.world.id_parts();
                    random
                }),
                conversation_id: of,
                action: action(other),
            },
        };
        asked.carry_out(self.writing).map(|_| ())
    }

    /// Lists the pairs that people keep apart, and that are apart now.
    fn apart(&self) -> Result<Vec<(ConversationId, ConversationId)>, StoreError> {
        let mut pairs = Vec::new();
        for (n, one) in self.known.iter().enumerate() {
            for other in self.known.iter().skip(n + 1) {
                let (low, high) = (self.find(*one)?.row, self.find(*other)?.row);
                let is_apart: bool = self.writing.db.query_row(
                    "SELECT EXISTS (SELECT 1 FROM pair WHERE apart = 1
                         AND low = min(?1, ?2) AND high = max(?1, ?2))",
                    [low, high],
                    |row| row.get(0),
                )?;
                if is_apart && self.shown(*one)?.row != self.shown(*other)?.row {
                    pairs.push((*one, *other));
                }
            }
        }
        Ok(pairs)
    }

    fn count(&self, kind: &str) -> usize {
        let told = self.writing.ledger.unpublished.iter();
        told.filter(|entry| entry.kind == kind).count()
    }

    fn names(&self, of: ConversationId) -> Result<usize, StoreError> {
        let whole = whole(self.writing, self.shown(of)?)?;
        let names = whole
            .iter()
            .fold(Names::default(), |all, part| all.union(part.names));
        Ok(names.count())
    }

    fn find(&self, id: ConversationId) -> Result<Conversation, StoreError> {
        let row = self.writing.db.query_row(
            "SELECT id FROM workspace WHERE public = ?1",
            [self.workspace.as_u128().to_be_bytes()],
            |row| row.get(0),
        )?;
        Ok(by_id(self.writing, row, id)?.expect("it was made"))
    }

    fn shown(&self, id: ConversationId) -> Result<Conversation, StoreError> {
        survivor(self.writing, self.find(id)?)
    }

    fn left(&self) -> Result<Left, StoreError> {
        let mut left = Left {
            homes: self.homes.clone(),
            ..Left::default()
        };
        // Hashes hold the workspace, and each history has its own.
        let mut names: Vec<[u8; 8]> = Vec::new();
        for id in &self.known {
            let own = self.find(*id)?;
            let bytes = own.names.bytes();
            let (hashes, _) = bytes.as_chunks::<8>();
            let told = hashes.iter().map(|hash| {
                let known = names.iter().position(|known| known == hash);
                known.unwrap_or_else(|| {
                    names.push(*hash);
                    names.len() - 1
                })
            });
            let told = told.collect();
            let shown = self.shown(*id)?;
            let place = self.known.iter().position(|known| *known == shown.id);
            left.own.push((own.kinds.bits(), told));
            left.shown.push(place.expect("it was made by an event"));
            left.holders.push(holder(self.writing, shown)?);
        }
        Ok(left)
    }
}

/// A store in which each history has a workspace of its own.
struct Town {
    runtime: tokio::runtime::Runtime,
    store: Arc<SqliteStore>,
    script: Script,
    /// Removed at the end.
    _folder: Folder,
}

/// What a history left, in the tables and in the log.
struct Told {
    left: Left,
    wrong: Vec<String>,
    shown_by_log: Vec<usize>,
    suggested: usize,
}

impl Town {
    fn new() -> Self {
        let runtime = tokio::runtime::Builder::new_current_thread()
            .enable_all()
            .build()
            .expect("a runtime");
        let (folder, store, script) = runtime.block_on(async {
            let folder = Folder::set().await;
            let (store, script) = opened(&folder, calm()).await;
            (folder, store, script)
        });
        Self {
            runtime,
            store,
            script,
            _folder: folder,
        }
    }

    fn tell(&self, steps: &[Step]) -> Told {
        self.runtime.block_on(self.told(steps.to_vec()))
    }

    async fn told(&self, steps: Vec<Step>) -> Told {
        let name = hex::encode(self.script.dyn_world().token());
        let workspace = self.script.store.ensure_workspace(&name);
        let workspace: Workspace = workspace.await.expect("stored");
        let (id, actor) = (workspace.id, self.script.actor());
        let world = Arc::clone(&self.script.world);
        let told = self.store.write(SMALL, move |writing| {
            let mut telling = Telling {
                writing,
                world,
                workspace: id,
                actor,
                known: Vec::new(),
                homes: Vec::new(),
                wrong: Vec::new(),
            };
            for step in &steps {
                telling.step(step)?;
            }
            Ok((telling.left()?, telling.known, telling.wrong))
        });
        let (left, known, wrong) = told.await.expect("stored");
        let log = script::log(self.store.as_ref(), &workspace).await;
        let shown = known.iter().map(|id| {
            let shown = script::shown(&log, *id);
            known
                .iter()
                .position(|known| *known == shown)
                .expect("known")
        });
        let suggestions = log
            .iter()
            .filter(|entry| entry.kind == kind::MERGE_SUGGESTED);
        Told {
            shown_by_log: shown.collect(),
            suggested: suggestions.count(),
            left,
            wrong,
        }
    }

    fn check<S: Strategy>(&self, any: &S, property: impl Fn(&Self, S::Value) -> TestCaseResult) {
        let config = Config {
            cases: 96,
            failure_persistence: None,
            ..Config::default()
        };
        let outcome = TestRunner::new(config).run(any, |value| property(self, value));
        if let Err(error) = outcome {
            panic!("{error}");
        }
    }
}

fn any_traces() -> impl Strategy<Value = Traces> {
    let maybe = |what: &'static str, many: u8| {
        prop::option::weighted(0.4, 0..many).prop_map(move |n| n.map(|n| format!("{what}{n}")))
    };
    let cart = prop::option::weighted(0.2, 0_u8..12);
    let parts = (
        0_u8..12,
        cart,
        maybe("p", 4),
        maybe("e", 4),
        maybe("d", 3),
        maybe("n", 9),
    );
    parts.prop_map(|(order, cart, phone, email, document, name)| Traces {
        order: format!("o{order}"),
        carts: cart.map(|cart| format!("o{cart}")).into_iter().collect(),
        phone,
        email,
        document,
        name,
    })
}

fn any_step() -> impl Strategy<Value = Step> {
    prop_oneof![
        12 => any_traces().prop_map(Step::Event),
        2 => (0_usize..16, 0_usize..16).prop_map(|(one, other)| Step::Merge(one, other)),
        3 => (0_usize..16).prop_map(Step::Unmerge),
        1 => (0_usize..16, 0_usize..16).prop_map(|(one, other)| Step::KeepApart(one, other)),
        2 => (0_usize..16).prop_map(Step::Claim),
        1 => (0_usize..16).prop_map(Step::Release),
    ]
}

fn any_steps() -> impl Strategy<Value = Vec<Step>> {
    prop::collection::vec(any_step(), 1..40)
}

/// Events that lead to one conversation at most, so that they are no evidence of two being one.
fn plain_events() -> impl Strategy<Value = Vec<Step>> {
    let plain = (any_traces(), 0_u8..4).prop_map(|(traces, which)| {
        let mut only = Traces::default();
        match which {
            0 => only.order = traces.order,
            1 => only.phone = traces.phone,
            2 => only.email = traces.email,
            _ => only.document = traces.document,
        }
        only.name = traces.name;
        Step::Event(only)
    });
    prop::collection::vec(plain, 0..8)
}

fn events(many: usize) -> impl Strategy<Value = Vec<Step>> {
    prop::collection::vec(any_traces().prop_map(Step::Event), 0..many)
}

#[test]
fn every_history_leaves_one_survivor_a_trace_and_readers_agree() {
    let town = Town::new();
    town.check(&any_steps(), |town, steps| {
        let told = town.tell(&steps);
        prop_assert_eq!(&told.wrong, &Vec::<String>::new());
        let left = &told.left;
        prop_assert_eq!(
            &told.shown_by_log,
            &left.shown,
            "readers follow the same links"
        );
        for shown in &left.shown {
            prop_assert_eq!(
                left.shown.get(*shown),
                Some(shown),
                "a survivor shows itself"
            );
        }
        prop_assert!(
            left.own
                .iter()
                .all(|(_, names)| names.len() <= MOST_NAMES + 1)
        );
        let many = left.own.len();
        prop_assert!(
            told.suggested <= many * many.saturating_sub(1) / 2,
            "once a pair"
        );
        // An order's events are at home in one conversation, which one survivor shows.
        let traces = steps.iter().filter_map(|step| match step {
            Step::Event(traces) => Some(traces),
            _ => None,
        });
        let mut homes = std::collections::BTreeMap::new();
        for (traces, home) in traces.zip(&left.homes) {
            let first = homes.entry(&traces.order).or_insert(home);
            prop_assert_eq!(*first, home, "order {}", &traces.order);
        }
        Ok(())
    });
}

/// What is usual must stay cheap: a known person's next order writes its key, and a known order's next event nothing.
#[test]
fn a_usual_event_touches_no_conversation() {
    let town = Town::new();
    let (workspace, world) = (town.script.workspace.id, Arc::clone(&town.script.world));
    let traces = |order: &str, name: &str| Traces {
        order: order.to_owned(),
        phone: Some("p1".to_owned()),
        email: Some("e1".to_owned()),
        name: Some(name.to_owned()),
        ..Traces::default()
    };
    let told = [
        traces("o1", "ana teste"),
        traces("o1", "ana teste"),
        traces("o2", "ana teste"),
        traces("o2", "ana silva"),
        traces("o3", "ana silva"),
    ];
    let written = town
        .runtime
        .block_on(town.store.write(SMALL, move |writing| {
            world.pass(TimeDelta::milliseconds(1));
            let changes = |writing: &Writing<'_>| {
                writing.db.total_changes() + writing.ledger.keys.waiting() as u64
            };
            let mut written = Vec::new();
            for traces in &told {
                let before = changes(writing);
                conversation_of(writing, workspace, &TraceKeys::of(workspace, traces))?;
                written.push(changes(writing) - before);
            }
            Ok(written)
        }));
    // The conversation and its three keys; nothing; a key; the new name; a key.
    assert_eq!(written, Ok(vec![4, 0, 1, 1, 1]));
}

#[test]
fn what_people_say_moves_no_event_and_no_trace() {
    let town = Town::new();
    town.check(&any_steps(), |town, steps| {
        let events: Vec<Step> = steps
            .iter()
            .filter(|step| step.is_event())
            .cloned()
            .collect();
        let (all, bare) = (town.tell(&steps), town.tell(&events));
        prop_assert_eq!(all.left.homes, bare.left.homes);
        prop_assert_eq!(all.left.own, bare.left.own);
        Ok(())
    });
}

#[test]
fn an_undone_merge_leaves_what_keeping_apart_leaves() {
    let town = Town::new();
    let pair = (0_usize..16, 0_usize..16);
    let claims = prop::collection::vec((0_usize..16).prop_map(Step::Claim), 0..4);
    let parts = (events(16), claims, pair, plain_events(), events(12));
    town.check(
        &parts,
        |town, (before, claims, (one, other), between, after)| {
            let start: Vec<Step> = before.into_iter().chain(claims).collect();
            let first = town.tell(&start).left;
            // The two that are shown; the second is the one that is taken in.
            let pick = |n: usize| first.shown.get(n % first.shown.len().max(1)).copied();
            let (Some(one), Some(other)) = (pick(one), pick(other)) else {
                return Ok(());
            };
            prop_assume!(one != other);
            // What people point at is counted anew as conversations come: these are the first, and stay.
            let tell = |said: Step, undone: Option<Step>| {
                let mut steps = start.clone();
                steps.push(said);
                steps.extend(between.clone());
                steps.extend(undone);
                steps.extend(after.clone());
                town.tell(&steps)
            };
            let undone = tell(Step::Merge(one, other), Some(Step::Unmerge(other)));
            let apart = tell(Step::KeepApart(one, other), None);
            prop_assert_eq!(undone.left, apart.left);
            prop_assert_eq!(undone.shown_by_log, apart.shown_by_log);
            Ok(())
        },
    );
}

#[test]
fn a_merge_by_a_person_is_of_those_it_names_alone() {
    let town = Town::new();
    town.check(
        &(events(20), 0_usize..16, 0_usize..16),
        |town, (events, one, other)| {
            let before = town.tell(&events).left;
            let many = before.shown.len();
            prop_assume!(many > 0);
            let mut steps = events;
            steps.push(Step::Merge(one, other));
            let after = town.tell(&steps).left;
            let pick = |n: usize| before.shown.get(n % many).copied();
            let moved: BTreeSet<usize> = (0..many)
                .filter(|n| before.shown.get(*n) != after.shown.get(*n))
                .collect();
            let theirs: BTreeSet<usize> = (0..many)
                .filter(|n| before.shown.get(*n).copied() == pick(other))
                .collect();
            let expected = if pick(one) == pick(other) {
                BTreeSet::new()
            } else {
                theirs
            };
            prop_assert_eq!(moved, expected);
            Ok(())
        },
    );
}
