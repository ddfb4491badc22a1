//! Which addresses lie outside private networks. Judges addresses and names as they are written, and looks nothing up.

use std::net::{IpAddr, Ipv4Addr, Ipv6Addr};

/// Last parts of names that lead into a private network or nowhere.
const PRIVATE_ENDINGS: [&str; 8] = [
    "localhost",
    "local",
    "internal",
    "lan",
    "home",
    "arpa",
    "test",
    "invalid",
];

/// Tells whether an address is one of the open internet.
pub(crate) fn is_public(address: IpAddr) -> bool {
    match address {
        IpAddr::V4(address) => is_public_v4(address),
        IpAddr::V6(address) => is_public_v6(address),
    }
}

/// Tells whether a URL's host, as it is written, may be of the open internet; what a name leads to is another question.
pub(crate) fn may_be_public(host: &str) -> bool {
    let host = host.trim_matches(['[', ']']).trim_end_matches('.');
    match host.parse::<IpAddr>() {
        Ok(address) => is_public(address),
        Err(_) => is_public_name(host),
    }
}

fn is_public_name(host: &str) -> bool {
    let last = host.rsplit('.').next().unwrap_or_default();
    host.contains('.') && !PRIVATE_ENDINGS.contains(&last)
}

fn is_public_v4(address: Ipv4Addr) -> bool {
    let [a, b, c, _] = address.octets();
    let special = address.is_private()
        || address.is_loopback()
        || address.is_link_local()
        || address.is_multicast()
        || address.is_documentation()
        || a == 0
        || a >= 240
        || (a == 100 && (64..128).contains(&b))
        || (a == 192 && b == 0 && c == 0)
        || (a == 192 && b == 88 && c == 99)
        || (a == 198 && (b == 18 || b == 19));
    !special
}

fn is_public_v6(address: Ipv6Addr) -> bool {
    // Only global unicast, and of that neither 6to4, Teredo, nor documentation, each of which can lead elsewhere. What stands for
    // an IPv4 address (mapped, compatible, NAT64) lies outside of it.
    let [a, b, ..] = address.segments();
    (0x2000..0x4000).contains(&a)
        && a != 0x2002
        && !(a == 0x2001 && (b < 0x200 || b == 0x0db8))
        && !(a == 0x3fff && b < 0x1000)
}
