//! Who is who: which conversation an event belongs to, and which conversations turn out to be one person's.
//!
//! Pure rules. A person is found by phone, then by e-mail, then by document; the order key joins the events that name nobody.
//! Numbers are matched by the key that is the same with and without the ninth digit, and are never rewritten here.

use contract::{ConversationId, Event, phone::Phone};

#[cfg(test)]
mod tests;

/// Lists what can lead to a conversation, strongest first.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Trace {
    /// The order key: the same order is the same conversation.
    Order,
    /// The phone's match key.
    Phone,
    /// The e-mail address in lower case.
    Email,
    /// The CPF or CNPJ.
    Document,
}

impl Trace {
    /// All traces, strongest first.
    pub const ALL: [Self; 4] = [Self::Order, Self::Phone, Self::Email, Self::Document];

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
}

/// Holds what one event offers to find its conversation by; its `Debug` shows only which parts are there.
#[derive(Clone, Default, PartialEq, Eq)]
pub struct Traces {
    /// The order key.
    pub order: String,
    /// The phone's match key.
    pub phone: Option<String>,
    /// The e-mail address in lower case.
    pub email: Option<String>,
    /// The CPF or CNPJ, letters in upper case, without punctuation.
    pub document: Option<String>,
}

impl Traces {
    /// Reads an event's traces.
    #[must_use]
    pub fn of(event: &Event) -> Self {
        let customer = &event.customer;
        Self {
            order: event.order_key.clone(),
            phone: customer.phone.as_deref().and_then(phone_key),
            email: customer.email.as_deref().and_then(email_key),
            document: customer.document.as_deref().and_then(document_key),
        }
    }

    /// Returns one trace's text.
    #[must_use]
    pub fn get(&self, trace: Trace) -> Option<&str> {
        match trace {
            Trace::Order => (!self.order.is_empty()).then_some(self.order.as_str()),
            Trace::Phone => self.phone.as_deref(),
            Trace::Email => self.email.as_deref(),
            Trace::Document => self.document.as_deref(),
        }
    }

    /// Returns which personal traces are there.
    #[must_use]
    pub fn kinds(&self) -> Kinds {
        Trace::ALL
            .into_iter()
            .filter(|trace| self.get(*trace).is_some())
            .fold(Kinds::default(), Kinds::with)
    }
}

impl std::fmt::Debug for Traces {
    fn fmt(&self, out: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(out, "Traces({:?})", self.kinds())
    }
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
        let kinds = Trace::ALL.into_iter().filter(|trace| {
            *trace != Trace::Order && !self.is_disjoint(Self::default().with(*trace))
        });
        out.debug_set().entries(kinds).finish()
    }
}

/// Names a conversation that one trace led to.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Found {
    /// What led to it.
    pub trace: Trace,
    /// The conversation, not one that was merged into another.
    pub conversation: ConversationId,
    /// What it is known by.
    pub kinds: Kinds,
}

/// Says where an event belongs.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Placing {
    /// The conversation; `None` asks for a new one.
    pub conversation: Option<ConversationId>,
    /// What the conversation is known by after the merges, before the event's own traces are added.
    pub kinds: Kinds,
    /// The conversations it takes in.
    pub merges: Vec<Merge>,
}

/// Takes one conversation into the event's.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Merge {
    /// The conversation that ends.
    pub from: ConversationId,
    /// What showed that they are one person.
    pub reason: Trace,
}

/// Decides where an event belongs, from the conversations its traces led to, strongest trace first.
///
/// The strongest trace wins. Another conversation is the same person's unless something contradicts it: both being known by
/// different traces of one kind (two phones, say) is such a contradiction, and then both stay. Of two that become one, the one
/// whose person is known survives, else the older.
#[must_use]
pub fn place(found: &[Found]) -> Placing {
    let Some((first, others)) = found.split_first() else {
        return Placing {
            conversation: None,
            kinds: Kinds::default(),
            merges: Vec::new(),
        };
    };
    let mut survivor = *first;
    let mut merges: Vec<Merge> = Vec::new();
    for other in others {
        let seen = other.conversation == survivor.conversation
            || merges.iter().any(|merge| merge.from == other.conversation);
        if seen || !survivor.kinds.is_disjoint(other.kinds) {
            continue;
        }
        let union = survivor.kinds.union(other.kinds);
        let (kept, ended) = if outlives(*other, survivor) {
            (*other, survivor)
        } else {
            (survivor, *other)
        };
        merges.push(Merge {
            from: ended.conversation,
            reason: other.trace,
        });
        survivor = Found {
            kinds: union,
            ..kept
        };
    }
    Placing {
        conversation: Some(survivor.conversation),
        kinds: survivor.kinds,
        merges,
    }
}

fn outlives(one: Found, other: Found) -> bool {
    match (one.kinds.is_anonymous(), other.kinds.is_anonymous()) {
        (false, true) => true,
        (true, false) => false,
        _ => one.conversation < other.conversation,
    }
}
