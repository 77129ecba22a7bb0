//! Whose connection it is, and for whom a proxy speaks.

use std::net::{IpAddr, SocketAddr};

use ipnet::IpNet;

/// The other end of the connection that a request came on.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Peer(pub(crate) IpAddr);

/// The address of the client. The entries of `X-Forwarded-For` are read from the last, which the nearest proxy wrote, for as long as
/// they are addresses of known proxies: whatever stands further in front could have been written by anybody.
pub(super) fn client<'a>(peer: IpAddr, forwarded: impl Iterator<Item = &'a [u8]>, proxies: &[IpNet]) -> IpAddr {
    let is_proxy = |address: &IpAddr| proxies.iter().any(|network| network.contains(&address.to_canonical()));
    let mut client = peer;
    let entries: Vec<&[u8]> = forwarded.flat_map(|value| value.split(|byte| *byte == b',')).collect();
    for entry in entries.into_iter().rev() {
        if !is_proxy(&client) {
            break;
        }
        match std::str::from_utf8(entry.trim_ascii()).ok().and_then(address) {
            Some(address) => client = address,
            None => break,
        }
    }
    client.to_canonical()
}

/// The address of an entry: some proxies write the port behind it.
fn address(entry: &str) -> Option<IpAddr> {
    entry.parse().or_else(|_| entry.parse::<SocketAddr>().map(|socket| socket.ip())).ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn clients_by_table() {
        let proxies: Vec<IpNet> = ["10.0.0.0/8", "fd00::/8"].iter().map(|network| network.parse().unwrap()).collect();
        for (peer, forwarded, expected) in [
            ("203.0.113.7", vec![], "203.0.113.7"),
            ("203.0.113.7", vec!["127.0.0.1"], "203.0.113.7"),
            ("10.0.0.1", vec![], "10.0.0.1"),
            ("10.0.0.1", vec!["203.0.113.7"], "203.0.113.7"),
            ("::ffff:10.0.0.1", vec!["203.0.113.7"], "203.0.113.7"),
            ("10.0.0.1", vec!["127.0.0.1, 203.0.113.7"], "203.0.113.7"),
            ("10.0.0.1", vec!["127.0.0.1, 203.0.113.7, 10.0.0.2"], "203.0.113.7"),
            ("10.0.0.1", vec!["127.0.0.1", "203.0.113.7", "fd00::1"], "203.0.113.7"),
            ("10.0.0.1", vec!["203.0.113.7, unknown"], "10.0.0.1"),
            ("10.0.0.1", vec!["2001:db8::7"], "2001:db8::7"),
            ("10.0.0.1", vec!["203.0.113.7:5060"], "203.0.113.7"),
            ("10.0.0.1", vec!["\u{ff}, 203.0.113.7"], "203.0.113.7"),
        ] {
            let client = client(peer.parse().unwrap(), forwarded.iter().map(|value| value.as_bytes()), &proxies);
            assert_eq!(client.to_string(), expected, "{peer} {forwarded:?}");
        }
    }
}
