//! The line to the service: pages, the stream, commands, sessions. It knows HTTP and nothing of the cache.

mod answer;
mod events;
mod fault;
mod retry;
mod stream;

use std::time::Duration;

use contract::{Chain, Command, CommandAnswers, CommandBatch, Page, Position, SignIn, SignedIn};
use reqwest::{Method, RequestBuilder};
use url::Url;

pub(crate) use fault::Fault;
pub(crate) use retry::{Retry, chance};
pub(crate) use stream::{Heard, Hello, Stream};

use crate::error::Refusal;

/// The session's secret, sent as `Authorization: Bearer`; never printed.
#[derive(Clone)]
pub struct Token(String);

impl Token {
    /// Takes a token as the service or the keychain gave it.
    #[must_use]
    pub const fn new(text: String) -> Self {
        Self(text)
    }

    /// Returns the token, for the keychain or the header.
    #[must_use]
    pub fn reveal(&self) -> &str {
        &self.0
    }
}

impl std::fmt::Debug for Token {
    fn fmt(&self, out: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        out.write_str("Token([redacted])")
    }
}

/// Reads a server's address as people type it: `https` unless said otherwise, plain `http` only to this machine.
///
/// # Errors
/// `BadAddress`.
pub(crate) fn address(typed: &str) -> Result<Url, Refusal> {
    let typed = typed.trim();
    let full = if typed.contains("://") {
        typed.to_owned()
    } else {
        format!("https://{typed}")
    };
    let mut url: Url = full.parse().map_err(|_| Refusal::BadAddress)?;
    let local = url.host_str().is_some_and(is_this_machine);
    let fit = url.scheme() == "https" || (url.scheme() == "http" && local);
    let clean = url.username().is_empty() && url.password().is_none();
    if typed.is_empty() || !url.has_host() || !fit || !clean {
        return Err(Refusal::BadAddress);
    }
    url.set_query(None);
    url.set_fragment(None);
    if !url.path().ends_with('/') {
        url.set_path(&format!("{}/", url.path()));
    }
    Ok(url)
}

fn is_this_machine(host: &str) -> bool {
    matches!(host, "localhost" | "127.0.0.1" | "[::1]")
}

/// Talks to one service.
#[derive(Clone)]
pub(crate) struct Line {
    http: reqwest::Client,
    base: Url,
    token: Option<Token>,
    answer: Duration,
    silence: Duration,
}

impl Line {
    /// Makes a line; `answer` bounds each wait for bytes of an answer, `silence` the wait between bytes of the stream.
    ///
    /// # Errors
    /// When the system offers no TLS.
    pub(crate) fn new(
        base: Url,
        token: Option<Token>,
        answer: Duration,
        silence: Duration,
    ) -> Result<Self, Fault> {
        let http = reqwest::Client::builder()
            .user_agent(concat!("balcao/", env!("CARGO_PKG_VERSION")))
            .connect_timeout(answer)
            .redirect(reqwest::redirect::Policy::none())
            .tcp_nodelay(true)
            .build()
            .map_err(|_| Fault::Incompatible)?;
        Ok(Self {
            http,
            base,
            token,
            answer,
            silence,
        })
    }

    /// Asks for the entries after a position, oldest first.
    pub(crate) async fn after(&self, position: &Position, limit: u32) -> Result<Page, Fault> {
        let query = [
            ("after", position.to_string()),
            ("limit", limit.to_string()),
        ];
        let ask = self.ask(Method::GET, "api/v1/feed/entries", &query)?;
        answer::json(ask, self.answer).await
    }

    /// Asks for the newest entries before a position, or of all.
    pub(crate) async fn before(
        &self,
        position: Option<&Position>,
        limit: u32,
    ) -> Result<Page, Fault> {
        let before = position.map(|position| ("before", position.to_string()));
        let query: Vec<_> = before
            .into_iter()
            .chain([("limit", limit.to_string())])
            .collect();
        let ask = self.ask(Method::GET, "api/v1/feed/entries", &query)?;
        answer::json(ask, self.answer).await
    }

    /// Opens the stream after a position, showing the chain that is known there.
    pub(crate) async fn stream(&self, position: &Position, chain: Chain) -> Result<Stream, Fault> {
        let query = [
            ("after", position.to_string()),
            ("chain", chain.to_string()),
        ];
        let ask = self.ask(Method::GET, "api/v1/feed", &query)?;
        let ask = ask.header("accept", "text/event-stream");
        let answer = answer::headers(ask, self.answer).await?;
        Ok(Stream::new(answer, self.silence))
    }

    /// Sends actions, 1 to 100.
    pub(crate) async fn send(&self, commands: Vec<Command>) -> Result<CommandAnswers, Fault> {
        let ask = self
            .ask(Method::POST, "api/v1/commands", &[])?
            .json(&CommandBatch { commands });
        answer::json(ask, self.answer).await
    }

    /// Takes an invite.
    pub(crate) async fn sign_in(&self, sign_in: &SignIn) -> Result<SignedIn, Fault> {
        let ask = self
            .ask(Method::POST, "api/v1/sessions", &[])?
            .json(sign_in);
        answer::json(ask, self.answer).await
    }

    /// Ends the session at the service.
    pub(crate) async fn sign_out(&self) -> Result<(), Fault> {
        let ask = self.ask(Method::DELETE, "api/v1/sessions/me", &[])?;
        answer::headers(ask, self.answer).await.map(drop)
    }

    /// Begins a request with the session's token.
    pub(crate) fn ask(
        &self,
        method: Method,
        path: &str,
        query: &[(&str, String)],
    ) -> Result<RequestBuilder, Fault> {
        let mut url = self.base.join(path).map_err(|_| Fault::Incompatible)?;
        if !query.is_empty() {
            url.query_pairs_mut().extend_pairs(query);
        }
        let ask = self.http.request(method, url);
        Ok(match &self.token {
            Some(token) => ask.bearer_auth(token.reveal()),
            None => ask,
        })
    }
}

#[cfg(test)]
mod tests {
    use super::address;

    #[test]
    fn addresses_as_people_type_them() {
        for (typed, read) in [
            ("loja.example.com", Some("https://loja.example.com/")),
            (
                " https://loja.example.com/balcao/ ",
                Some("https://loja.example.com/balcao/"),
            ),
            (
                "https://loja.example.com?x=1#y",
                Some("https://loja.example.com/"),
            ),
            ("http://127.0.0.1:8787", Some("http://127.0.0.1:8787/")),
            ("http://localhost:1", Some("http://localhost:1/")),
            ("http://loja.example.com", None),
            ("https://user:pass@loja.example.com", None),
            ("ftp://loja.example.com", None),
            ("", None),
            ("https://", None),
            ("::::", None),
        ] {
            let url = address(typed).ok();
            assert_eq!(url.as_ref().map(url::Url::as_str), read, "{typed}");
        }
    }
}
