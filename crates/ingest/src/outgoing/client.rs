//! Sending one request. Whatever address a name leads to is judged before it is connected to, and it is that very address that
//! is connected to; no redirect is followed and no proxy of the environment is used.

mod resolver;

use std::error::Error;
use std::net::IpAddr;
use std::sync::Arc;
use std::time::Duration;

use providers::pull::{Method, Request, Response};
use reqwest::header::{HeaderMap, HeaderName, HeaderValue};
use reqwest::{Url, redirect, retry};

use super::hosts::Hosts;
use super::reach;
use resolver::{Checked, Lookup, NotAllowed, System};

/// The longest answer, in bytes.
const LONGEST_ANSWER: usize = 10 << 20;
/// Time for a connection.
const CONNECTING: Duration = Duration::from_secs(5);
/// What we are called where a platform does not ask for more.
const OUR_NAME: &str = concat!("Balcao/", env!("CARGO_PKG_VERSION"));

/// Sends requests to platforms; cheap to clone.
#[derive(Clone)]
pub(crate) struct Client {
    /// `None` where the system offers no certificates to trust.
    secure: Option<Checking>,
    /// For addresses inside private networks only, and only where the operator allows those.
    plain: Option<Checking>,
}

/// A client and the addresses it may connect to.
#[derive(Clone)]
struct Checking {
    client: reqwest::Client,
    accepts: fn(IpAddr) -> bool,
}

/// Holds an answer, whole.
pub(crate) struct Answer {
    status: u16,
    headers: HeaderMap,
    body: Vec<u8>,
}

impl Answer {
    /// Shows it to whoever reads it.
    pub(crate) fn response(&self) -> Response<'_> {
        Response {
            status: self.status,
            headers: &self.headers,
            body: &self.body,
        }
    }
}

/// Tells why there is no answer; says nothing of what was asked.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub(crate) enum Unreachable {
    /// The address is none that may be asked.
    #[error("the address may not be asked")]
    NotAllowed,
    /// Nobody answers there.
    #[error("nobody answers there")]
    NoConnection,
    /// It took too long.
    #[error("it took too long")]
    TooLate,
    /// The answer is longer than is read.
    #[error("the answer is too long")]
    TooLong,
    /// The answer broke off, or is none of HTTP.
    #[error("the answer broke off")]
    Broken,
}

impl Client {
    /// Makes a client that waits so long for a whole answer.
    pub(crate) fn new(allow_private: bool, patience: Duration) -> Self {
        let lookup: Arc<dyn Lookup> = Arc::new(System);
        Self::over(&lookup, allow_private, patience)
    }

    fn over(lookup: &Arc<dyn Lookup>, allow_private: bool, patience: Duration) -> Self {
        let checking = |accepts: fn(IpAddr) -> bool| {
            let resolver = Checked::new(Arc::clone(lookup), accepts);
            let made = client(resolver, patience).inspect_err(|error| {
                tracing::error!(error = %error, "no platform's API can be asked: {error}");
            });
            made.ok().map(|client| Checking { client, accepts })
        };
        Self {
            secure: checking(if allow_private { any } else { reach::is_public }),
            plain: allow_private.then(|| checking(private)).flatten(),
        }
    }

    /// Sends a request to one of the hosts and reads the answer.
    ///
    /// # Errors
    /// Why there is none. A status that tells of trouble is an answer.
    pub(crate) async fn send(
        &self,
        request: &Request,
        hosts: &Hosts,
    ) -> Result<Answer, Unreachable> {
        let url = Url::parse(&request.url).map_err(|_| Unreachable::NotAllowed)?;
        let checking = self.checked(&url, hosts)?;
        let method = match request.method {
            Method::Get => reqwest::Method::GET,
            Method::Post => reqwest::Method::POST,
            Method::Put => reqwest::Method::PUT,
            Method::Delete => reqwest::Method::DELETE,
        };
        let mut sending = checking
            .client
            .request(method, url)
            .headers(headers(request)?);
        if let Some(body) = &request.body {
            sending = sending.body(body.clone());
        }
        read(sending.send().await.map_err(|error| why(&error))?).await
    }

    /// Judges a URL as it is written; the resolver judges what its name leads to.
    fn checked(&self, url: &Url, hosts: &Hosts) -> Result<&Checking, Unreachable> {
        let checking = match url.scheme() {
            "https" => self.secure.as_ref().ok_or(Unreachable::NoConnection),
            "http" => self.plain.as_ref().ok_or(Unreachable::NotAllowed),
            _ => Err(Unreachable::NotAllowed),
        }?;
        let host = url.host_str().ok_or(Unreachable::NotAllowed)?;
        let named = url.username().is_empty() && url.password().is_none();
        let address = host_address(host);
        if named && hosts.hold(host) && address.is_none_or(checking.accepts) {
            return Ok(checking);
        }
        Err(Unreachable::NotAllowed)
    }
}

/// Reads the address a URL's host is; the parser has brought every spelling of one into the usual form.
fn host_address(host: &str) -> Option<IpAddr> {
    host.trim_matches(['[', ']'])
        .trim_end_matches('.')
        .parse()
        .ok()
}

fn any(_: IpAddr) -> bool {
    true
}

fn private(address: IpAddr) -> bool {
    !reach::is_public(address)
}

fn client(resolver: Checked, patience: Duration) -> Result<reqwest::Client, reqwest::Error> {
    reqwest::Client::builder()
        .dns_resolver(resolver)
        .redirect(redirect::Policy::none())
        .retry(retry::never())
        .no_proxy()
        .referer(false)
        .user_agent(OUR_NAME)
        .connect_timeout(CONNECTING.min(patience))
        .timeout(patience)
        .build()
}

fn headers(request: &Request) -> Result<HeaderMap, Unreachable> {
    let mut headers = HeaderMap::with_capacity(request.headers.len());
    for (name, value) in &request.headers {
        let name = HeaderName::try_from(*name).map_err(|_| Unreachable::Broken)?;
        let mut value = HeaderValue::try_from(value).map_err(|_| Unreachable::Broken)?;
        value.set_sensitive(true);
        headers.insert(name, value);
    }
    Ok(headers)
}

async fn read(mut response: reqwest::Response) -> Result<Answer, Unreachable> {
    let told = response.content_length().unwrap_or(0);
    if usize::try_from(told).is_ok_and(|told| told > LONGEST_ANSWER) {
        return Err(Unreachable::TooLong);
    }
    let mut body = Vec::new();
    while let Some(chunk) = response.chunk().await.map_err(|error| why(&error))? {
        if body.len() + chunk.len() > LONGEST_ANSWER {
            return Err(Unreachable::TooLong);
        }
        body.extend_from_slice(&chunk);
    }
    Ok(Answer {
        status: response.status().as_u16(),
        headers: std::mem::take(response.headers_mut()),
        body,
    })
}

fn why(error: &reqwest::Error) -> Unreachable {
    let mut source = error.source();
    while let Some(cause) = source {
        if cause.is::<NotAllowed>() {
            return Unreachable::NotAllowed;
        }
        source = cause.source();
    }
    if error.is_timeout() {
        Unreachable::TooLate
    } else if error.is_connect() {
        Unreachable::NoConnection
    } else {
        Unreachable::Broken
    }
}

#[cfg(test)]
mod tests;
