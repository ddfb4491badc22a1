//! From which address a request comes: the connection's, or what a trusted proxy says of it.

use std::net::{IpAddr, Ipv6Addr, SocketAddr};

use axum::extract::{ConnectInfo, FromRequestParts};
use axum::http::request::Parts;
use axum::http::{Extensions, HeaderMap};
use ipnet::IpNet;

use crate::http::Desk;

const FORWARDED: &str = "x-forwarded-for";

/// The address a caller's rate is counted under: an IPv6 network of 64 bits counts as one, since one caller has as many.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub(crate) struct Origin(IpAddr);

impl Origin {
    /// Finds the origin of a request by its connection and headers.
    pub(crate) fn of(extensions: &Extensions, headers: &HeaderMap, trusted: &[IpNet]) -> Self {
        let peer = extensions
            .get::<ConnectInfo<SocketAddr>>()
            .map_or(IpAddr::V6(Ipv6Addr::UNSPECIFIED), |ConnectInfo(from)| {
                from.ip()
            });
        let said = headers.get_all(FORWARDED).iter();
        let said = said
            .filter_map(|value| value.to_str().ok())
            .collect::<Vec<_>>();
        Self(masked(client(peer, &said.join(","), trusted)))
    }
}

impl FromRequestParts<Desk> for Origin {
    type Rejection = std::convert::Infallible;

    async fn from_request_parts(parts: &mut Parts, desk: &Desk) -> Result<Self, Self::Rejection> {
        let trusted = &desk.config.trusted_proxies;
        Ok(Self::of(&parts.extensions, &parts.headers, trusted))
    }
}

/// Walks from the nearest proxy to the farthest while each is trusted; whom none of them vouches for is the client.
fn client(peer: IpAddr, said: &str, trusted: &[IpNet]) -> IpAddr {
    let is_trusted = |address: IpAddr| {
        let plain = address.to_canonical();
        trusted.iter().any(|network| network.contains(&plain))
    };
    let mut nearest = peer;
    for part in said.rsplit(',') {
        if !is_trusted(nearest) {
            break;
        }
        match address(part.trim()) {
            Some(next) => nearest = next,
            None => break,
        }
    }
    nearest
}

/// Reads an address, with or without a port.
fn address(text: &str) -> Option<IpAddr> {
    let plain = text.trim_start_matches('[').trim_end_matches(']');
    plain
        .parse()
        .ok()
        .or_else(|| text.parse::<SocketAddr>().ok().map(|socket| socket.ip()))
}

fn masked(address: IpAddr) -> IpAddr {
    match address.to_canonical() {
        IpAddr::V6(address) => {
            let [a, b, c, d, ..] = address.segments();
            IpAddr::V6(Ipv6Addr::new(a, b, c, d, 0, 0, 0, 0))
        }
        short @ IpAddr::V4(_) => short,
    }
}

#[cfg(test)]
mod tests {
    use super::{client, masked};

    #[test]
    fn only_trusted_proxies_are_believed() {
        let trusted = ["10.0.0.0/8".parse().unwrap(), "fd00::/8".parse().unwrap()];
        for (peer, said, expected) in [
            ("203.0.113.9", "", "203.0.113.9"),
            ("203.0.113.9", "198.51.100.1", "203.0.113.9"),
            ("10.0.0.1", "", "10.0.0.1"),
            ("10.0.0.1", "198.51.100.1", "198.51.100.1"),
            ("10.0.0.1", "198.51.100.1:4711", "198.51.100.1"),
            // What the client itself claims stands before what the proxy adds.
            ("10.0.0.1", "192.0.2.7, 198.51.100.1", "198.51.100.1"),
            (
                "10.0.0.1",
                "192.0.2.7, 198.51.100.1, 10.0.0.2",
                "198.51.100.1",
            ),
            ("10.0.0.1", "10.0.0.3", "10.0.0.3"),
            ("10.0.0.1", "198.51.100.1, nonsense", "10.0.0.1"),
            ("::ffff:10.0.0.1", "198.51.100.1", "198.51.100.1"),
            ("fd00::1", "[2001:db8::7]:80", "2001:db8::7"),
        ] {
            let found = client(peer.parse().unwrap(), said, &trusted);
            assert_eq!(
                found,
                expected.parse::<std::net::IpAddr>().unwrap(),
                "{peer} {said}"
            );
        }
    }

    #[test]
    fn a_network_of_one_caller_counts_as_one() {
        let mask = |text: &str| masked(text.parse().unwrap()).to_string();
        assert_eq!(mask("2001:db8:1:2:3:4:5:6"), "2001:db8:1:2::");
        assert_eq!(mask("::ffff:192.0.2.1"), "192.0.2.1");
        assert_eq!(mask("192.0.2.1"), "192.0.2.1");
    }
}
