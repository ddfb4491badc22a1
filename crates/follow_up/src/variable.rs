//! The variables a template may use. Knows their names and kinds, not their values.

use serde::{Deserialize, Serialize};
use ts_rs::TS;

use crate::words::{Locale, words};

macro_rules! variables {
    ($($(#[$doc:meta])* $name:ident = $text:literal, $kind:ident, $source:ident;)*) => {
        /// Lists the commerce variables.
        #[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
        pub enum Variable { $($(#[$doc])* $name,)* }

        impl Variable {
            /// Every variable.
            pub const ALL: &'static [Self] = &[$(Self::$name,)*];

            /// Returns the dotted name used in templates.
            #[must_use]
            pub const fn name(self) -> &'static str {
                match self { $(Self::$name => $text,)* }
            }

            /// Returns what kind of value it holds.
            #[must_use]
            pub const fn kind(self) -> VariableKind {
                match self { $(Self::$name => VariableKind::$kind,)* }
            }

            /// Returns where its value comes from.
            #[must_use]
            pub const fn source(self) -> VariableSource {
                match self { $(Self::$name => VariableSource::$source,)* }
            }
        }
    };
}

variables! {
    /// The buyer's first name, ready for a greeting.
    CustomerFirstName = "customer.first_name", Text, Customer;
    /// The buyer's full name.
    CustomerName = "customer.name", Text, Customer;
    /// The whole amount, with its currency.
    Amount = "amount", Money, Order;
    /// The first product, and how many more there are.
    Product = "product", Text, Order;
    /// The PIX code, verbatim.
    PixCode = "pix.code", Code, Payment;
    /// How long the PIX code still lives.
    PixExpiresIn = "pix.expires_in", Duration, Payment;
    /// The boleto's digits.
    BoletoLine = "boleto.line", Code, Payment;
    /// The boleto's due date.
    BoletoDueOn = "boleto.due_on", Date, Payment;
    /// The boleto's page or PDF.
    BoletoUrl = "boleto.url", Link, Payment;
    /// Where the buyer can finish paying.
    CheckoutUrl = "checkout_url", Link, Order;
    /// Where the buyer can see the order.
    OrderUrl = "order_url", Link, Order;
    /// The coupon used or offered.
    Coupon = "coupon", Text, Order;
    /// The shop's name.
    Store = "store", Text, Workspace;
    /// The name of who writes.
    AgentName = "agent.name", Text, Agent;
    /// The sales platform.
    Platform = "platform", Text, Order;
    /// The platform's number of the order.
    OrderRef = "order.ref", Text, Order;
}

impl Variable {
    /// Finds a variable by its dotted name.
    #[must_use]
    pub fn from_name(name: &str) -> Option<Self> {
        Self::ALL
            .iter()
            .copied()
            .find(|variable| variable.name() == name)
    }

    /// Tells whether the value only serves to pay; such values are not given once a sale is paid.
    #[must_use]
    pub const fn serves_to_pay(self) -> bool {
        matches!(
            self,
            Self::PixCode
                | Self::PixExpiresIn
                | Self::BoletoLine
                | Self::BoletoDueOn
                | Self::BoletoUrl
                | Self::CheckoutUrl
        )
    }

    /// Returns what a list of variables shows of this one.
    #[must_use]
    pub fn info(self, locale: Locale) -> VariableInfo {
        let told = words(locale).variable(self);
        VariableInfo {
            name: self.name().to_owned(),
            label: told.label.clone(),
            kind: self.kind(),
            source: self.source(),
            brought_by: told.brought_by.clone(),
        }
    }
}

/// Tells what kind of value a variable holds.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, TS)]
#[serde(rename_all = "snake_case")]
#[ts(export)]
pub enum VariableKind {
    /// Words.
    Text,
    /// An amount with its currency.
    Money,
    /// Copied verbatim, on a line of its own.
    Code,
    /// An address; `https` only.
    Link,
    /// A day.
    Date,
    /// A span of time.
    Duration,
}

/// Tells where a variable's value comes from.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, TS)]
#[serde(rename_all = "snake_case")]
#[ts(export)]
pub enum VariableSource {
    /// The buyer.
    Customer,
    /// The order.
    Order,
    /// The order's payment.
    Payment,
    /// Who writes.
    Agent,
    /// The shop.
    Workspace,
}

/// Describes a variable to who writes templates.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, TS)]
#[serde(rename_all = "camelCase")]
#[ts(export)]
pub struct VariableInfo {
    /// The dotted name.
    pub name: String,
    /// What people call it.
    pub label: String,
    /// What kind of value it holds.
    pub kind: VariableKind,
    /// Where its value comes from.
    pub source: VariableSource,
    /// What would bring it, in words.
    pub brought_by: String,
}
