//! Who is who: which conversation an event belongs to, and which conversations turn out to be one person's.
//!
//! Pure rules. A person is found by phone, then by e-mail, then by document; the order key joins the events that name nobody,
//! and the cart an order grew from counts as much. Numbers are matched by the key that is the same with and without the ninth
//! digit, and are never rewritten here.
//!
//! Where an event is at home, its strongest trace alone says, whatever was merged; a merge is a link from one conversation to
//! another and can be taken away again. What may be linked on evidence is decided here too: never what contradicts, what a
//! person keeps apart, or what would gather more names than one person has.

use contract::{ConversationId, Event, Subject, phone::Phone};

pub use self::names::{MOST_NAMES, NameHash, Names};

mod names;
#[cfg(test)]
mod tests;

/// Lists what can lead to a conversation, strongest first.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Trace {
    /// The order key, or that of a cart it grew from: the same order is the same conversation.
    Order,
    /// The phone's match key.
    Phone,
    /// The e-mail address in lower case.
    Email,
    /// The CPF or CNPJ.
    Document,
}

impl Trace {
    /// Returns the name that merge entries carry as their reason.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Order => "order",
            Self::Phone => "phone",
            Self::Email => "email",
            Self::Document => "document",
        }
    }

    /// Tells whether several people may have it in common; an order is one purchase, whoever writes.
    #[must_use]
    pub const fn is_weak(self) -> bool {
        !matches!(self, Self::Order)
    }
}

/// Holds what one event offers to find its conversation by; its `Debug` shows only which parts are there.
#[derive(Clone, Default, PartialEq, Eq)]
pub struct Traces {
    /// The order key.
    pub order: String,
    /// The order keys of the carts it grew from, and of the order it was added to.
    pub carts: Vec<String>,
    /// The phone's match key.
    pub phone: Option<String>,
    /// The e-mail address in lower case.
    pub email: Option<String>,
    /// The CPF or CNPJ, letters in upper case, without punctuation.
    pub document: Option<String>,
    /// The name, folded; it leads to nobody, but tells several people from one.
    pub name: Option<String>,
}

impl Traces {
    /// Reads an event's traces.
    #[must_use]
    pub fn of(event: &Event) -> Self {
        let customer = &event.customer;
        Self {
            order: event.order_key.clone(),
            carts: event.carts.iter().chain(&event.bump_of).cloned().collect(),
            phone: customer.phone.as_deref().and_then(phone_key),
            email: customer.email.as_deref().and_then(email_key),
            document: customer.document.as_deref().and_then(document_key),
            name: customer.name.as_deref().and_then(names::folded),
        }
    }

    /// Lists what is there, strongest first.
    pub fn iter(&self) -> impl Iterator<Item = (Trace, &str)> {
        let orders = std::iter::once(&self.order).chain(&self.carts);
        let orders = orders.filter(|key| !key.is_empty());
        let weak = [
            (Trace::Phone, &self.phone),
            (Trace::Email, &self.email),
            (Trace::Document, &self.document),
        ];
        let weak = weak
            .into_iter()
            .filter_map(|(trace, text)| Some((trace, text.as_deref()?)));
        orders.map(|key| (Trace::Order, key.as_str())).chain(weak)
    }

    /// Tells whether a trace of this kind is there and reads so.
    #[must_use]
    pub fn has(&self, trace: Trace, text: &str) -> bool {
        self.iter().any(|known| known == (trace, text))
    }

    /// Returns which personal traces are there.
    #[must_use]
    pub fn kinds(&self) -> Kinds {
        self.iter()
            .fold(Kinds::default(), |kinds, (trace, _)| kinds.with(trace))
    }
}

impl std::fmt::Debug for Traces {
    fn fmt(&self, out: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(out, "Traces({:?})", self.kinds())
    }
}

/// Reads what a person is named by as the trace that leads to them; `None` for a conversation, and for what cannot be read.
#[must_use]
pub fn sought(subject: &Subject) -> Option<(Trace, String)> {
    let (trace, text) = match subject {
        Subject::ConversationId(_) => return None,
        Subject::Email(text) => (Trace::Email, email_key(text)),
        Subject::Phone(text) => (Trace::Phone, phone_key(text)),
        Subject::Document(text) => (Trace::Document, document_key(text)),
    };
    Some((trace, text?))
}

fn phone_key(text: &str) -> Option<String> {
    Phone::parse(text, None).match_key().map(str::to_owned)
}

/// Two addresses that differ only in case are one mailbox everywhere that matters.
fn email_key(text: &str) -> Option<String> {
    let text = text.trim();
    let (name, host) = text.rsplit_once('@')?;
    (!name.is_empty() && !host.is_empty()).then(|| text.to_lowercase())
}

fn document_key(text: &str) -> Option<String> {
    let plain: String = text
        .chars()
        .filter(char::is_ascii_alphanumeric)
        .map(|c| c.to_ascii_uppercase())
        .collect();
    matches!(plain.len(), 11 | 14).then_some(plain)
}

/// Says which kinds of personal traces a conversation is known by; none means that it is anonymous.
#[derive(Clone, Copy, Default, PartialEq, Eq)]
pub struct Kinds(u8);

impl Kinds {
    /// Takes the stored bits back.
    #[must_use]
    pub const fn from_bits(bits: u8) -> Self {
        Self(bits & 0b111)
    }

    /// Returns the bits to store.
    #[must_use]
    pub const fn bits(self) -> u8 {
        self.0
    }

    /// Adds one kind; the order key says nothing about the person.
    #[must_use]
    pub const fn with(self, trace: Trace) -> Self {
        Self(
            self.0
                | match trace {
                    Trace::Order => 0,
                    Trace::Phone => 1,
                    Trace::Email => 2,
                    Trace::Document => 4,
                },
        )
    }

    /// Returns the kinds of both.
    #[must_use]
    pub const fn union(self, other: Self) -> Self {
        Self(self.0 | other.0)
    }

    /// Tells whether no kind is in both.
    #[must_use]
    pub const fn is_disjoint(self, other: Self) -> bool {
        self.0 & other.0 == 0
    }

    /// Tells whether nobody is known.
    #[must_use]
    pub const fn is_anonymous(self) -> bool {
        self.0 == 0
    }
}

impl std::fmt::Debug for Kinds {
    fn fmt(&self, out: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        let kinds = [Trace::Phone, Trace::Email, Trace::Document]
            .into_iter()
            .filter(|trace| !self.is_disjoint(Self::default().with(*trace)));
        out.debug_set().entries(kinds).finish()
    }
}

/// Names a conversation that one trace led to, with all that it took in.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Found {
    /// What led to it.
    pub trace: Trace,
    /// The conversation, not one that was merged into another.
    pub conversation: ConversationId,
    /// What it is known by.
    pub kinds: Kinds,
    /// The names it was told by.
    pub names: Names,
}

/// Says what is settled about two conversations.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Settled {
    /// One of them.
    pub one: ConversationId,
    /// The other.
    pub other: ConversationId,
    /// What is settled.
    pub how: Settlement,
}

/// Lists what can be settled about two conversations.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Settlement {
    /// Somebody was told that they may be one person's.
    Suggested,
    /// They are two people's, a person said.
    Apart,
}

/// Says what an event's evidence comes to.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Placing {
    /// The conversation that shows the event after the merges; `None` asks for a new one.
    pub conversation: Option<ConversationId>,
    /// The conversations it takes in.
    pub merges: Vec<Merge>,
    /// The conversations that may be the same person's, for a person to decide.
    pub suggestions: Vec<Suggestion>,
}

/// Takes one conversation into the event's.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Merge {
    /// The conversation that ends.
    pub from: ConversationId,
    /// What showed that they are one person.
    pub reason: Trace,
}

/// Names a conversation that something speaks for and something against.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Suggestion {
    /// The conversation.
    pub other: ConversationId,
    /// What they have in common.
    pub reason: Trace,
}

/// Decides what an event's evidence comes to, from the conversations its traces led to, strongest trace first, and its name.
///
/// The strongest trace wins. Another conversation is the same person's unless a person keeps them apart or something
/// contradicts it: both being known by different traces of one kind (two phones, say), or more names together than one person
/// has. A contradiction is suggested to a person, once a pair, unless one of them is known to be several people's. Of two that
/// become one, the one whose person is known survives, else the older.
#[must_use]
pub fn place(found: &[Found], name: Option<NameHash>, settled: &[Settled]) -> Placing {
    let Some((first, others)) = found.split_first() else {
        return Placing::default();
    };
    let mut group = Group::new(*first, name);
    for other in others {
        if group.has(other.conversation) || group.is_settled(*other, settled, Settlement::Apart) {
            continue;
        }
        if group.agrees_with(*other) {
            group.merge(*other);
        } else if group.is_worth_asking(*other, settled) {
            group.suggestions.push(Suggestion {
                other: other.conversation,
                reason: other.trace,
            });
        }
    }
    Placing {
        conversation: Some(group.survivor.conversation),
        merges: group.merges,
        suggestions: group.suggestions,
    }
}

/// The conversations that an event makes one.
struct Group {
    /// The one that is left, with what all are known by.
    survivor: Found,
    /// Their names, with the event's.
    names: Names,
    merges: Vec<Merge>,
    suggestions: Vec<Suggestion>,
}

impl Group {
    fn new(first: Found, name: Option<NameHash>) -> Self {
        Self {
            survivor: first,
            names: name.map_or(first.names, |name| first.names.with(name)),
            merges: Vec::new(),
            suggestions: Vec::new(),
        }
    }

    fn has(&self, conversation: ConversationId) -> bool {
        self.survivor.conversation == conversation
            || self.merges.iter().any(|merge| merge.from == conversation)
    }

    fn agrees_with(&self, other: Found) -> bool {
        self.survivor.kinds.is_disjoint(other.kinds) && !self.names.union(other.names).are_shared()
    }

    fn is_worth_asking(&self, other: Found, settled: &[Settled]) -> bool {
        let asked_now = self
            .suggestions
            .iter()
            .any(|suggestion| suggestion.other == other.conversation);
        !asked_now
            && !self.names.are_shared()
            && !other.names.are_shared()
            && !self.is_settled(other, settled, Settlement::Suggested)
    }

    fn is_settled(&self, with: Found, settled: &[Settled], how: Settlement) -> bool {
        settled.iter().any(|found| {
            found.how == how
                && (found.one == with.conversation && self.has(found.other)
                    || found.other == with.conversation && self.has(found.one))
        })
    }

    fn merge(&mut self, other: Found) {
        let (kept, ended) = if outlives(other, self.survivor) {
            (other, self.survivor)
        } else {
            (self.survivor, other)
        };
        self.merges.push(Merge {
            from: ended.conversation,
            reason: other.trace,
        });
        self.names = self.names.union(other.names);
        self.survivor = Found {
            kinds: kept.kinds.union(ended.kinds),
            ..kept
        };
    }
}

fn outlives(one: Found, other: Found) -> bool {
    match (one.kinds.is_anonymous(), other.kinds.is_anonymous()) {
        (false, true) => true,
        (true, false) => false,
        _ => one.conversation < other.conversation,
    }
}
