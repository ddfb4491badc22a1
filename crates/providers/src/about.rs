//! What is known about a platform apart from how it is read: for people who set it up, and for the table of all platforms.

/// Tells what a platform's webhooks hold and how they are set up.
#[derive(Debug)]
pub struct About {
    /// How a request proves its origin, in one line of English.
    pub proof: &'static str,
    /// Whether a secret has to be entered before webhooks are taken.
    pub secret: SecretUse,
    /// The platform's events with what each becomes: a stage, `ignored`, or `fetched`.
    pub events: &'static [(&'static str, &'static str)],
    /// Where PIX codes come from.
    pub pix: Shown,
    /// Where boleto lines come from.
    pub boleto: Shown,
    /// Where the customer's link to pay or to return comes from.
    pub link: Shown,
    /// The settings a seller may want to enter, apart from those of its API.
    pub settings: &'static [Field],
    /// What the platform's documents leave open, each read tolerantly: one line of English a point.
    pub unconfirmed: &'static [&'static str],
}

/// Tells what a secret is to a platform.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum SecretUse {
    /// Without one no webhook is taken.
    Required,
    /// With one it is demanded; without one only the key in the address vouches.
    Optional,
    /// There is nothing to enter.
    None,
}

/// Tells whether webhooks hold something an agent can hand on.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Shown {
    /// Wherever it applies.
    Yes,
    /// In some bodies only: which, in English.
    Partly(&'static str),
    /// Never.
    No,
}

/// Names something a seller enters for an integration.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Field {
    /// The key in the integration's settings or credentials, as in `shopDomain`.
    pub name: &'static str,
    /// Whether nothing works without it.
    pub required: bool,
    /// Whether it is hidden once it was entered; all credentials are.
    pub secret: bool,
}
