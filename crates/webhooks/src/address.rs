//! Which addresses are public.

use std::net::{IpAddr, Ipv4Addr, Ipv6Addr};

use ipnet::{Ipv4Net, Ipv6Net};

const fn four(a: u8, b: u8, c: u8, d: u8, bits: u8) -> Ipv4Net {
    Ipv4Net::new_assert(Ipv4Addr::new(a, b, c, d), bits)
}

const fn six(first: u16, second: u16, bits: u8) -> Ipv6Net {
    Ipv6Net::new_assert(Ipv6Addr::new(first, second, 0, 0, 0, 0, 0, 0), bits)
}

/// What is not a host of the internet, by IANA's registry of special-purpose addresses (RFC 6890), and what multicast and the
/// future have.
const NOT_PUBLIC_4: [Ipv4Net; 15] = [
    four(0, 0, 0, 0, 8),
    four(10, 0, 0, 0, 8),
    four(100, 64, 0, 0, 10),
    four(127, 0, 0, 0, 8),
    four(169, 254, 0, 0, 16),
    four(172, 16, 0, 0, 12),
    four(192, 0, 0, 0, 24),
    four(192, 0, 2, 0, 24),
    four(192, 88, 99, 0, 24),
    four(192, 168, 0, 0, 16),
    four(198, 18, 0, 0, 15),
    four(198, 51, 100, 0, 24),
    four(203, 0, 113, 0, 24),
    four(224, 0, 0, 0, 4),
    four(240, 0, 0, 0, 4),
];

/// Where hosts of the internet are (RFC 4291, section 2.4).
const GLOBAL_6: Ipv6Net = six(0x2000, 0, 3);
/// What of it is something else: protocols (with Teredo, which carries an address of the other kind, and benchmarks), documentation,
/// and 6to4, which carries one, too.
const NOT_PUBLIC_6: [Ipv6Net; 4] = [six(0x2001, 0, 23), six(0x2001, 0xdb8, 32), six(0x2002, 0, 16), six(0x3fff, 0, 20)];
/// What a translator makes of addresses of the other kind (RFC 6052, section 2.1).
const TRANSLATED: Ipv6Net = six(0x64, 0xff9b, 96);

/// Whether it is the address of a host of the internet, as far as an address can tell.
pub(crate) fn is_public(address: IpAddr) -> bool {
    match address {
        IpAddr::V4(four) => !NOT_PUBLIC_4.iter().any(|net| net.contains(&four)),
        IpAddr::V6(six) => match six.to_ipv4_mapped().or_else(|| translated(six)) {
            Some(four) => is_public(four.into()),
            None => GLOBAL_6.contains(&six) && !NOT_PUBLIC_6.iter().any(|net| net.contains(&six)),
        },
    }
}

/// The address that a translator reaches by this one.
fn translated(six: Ipv6Addr) -> Option<Ipv4Addr> {
    let [.., a, b, c, d] = six.octets();
    TRANSLATED.contains(&six).then(|| Ipv4Addr::new(a, b, c, d))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn addresses_by_table() {
        for (public, addresses) in [
            (
                true,
                "1.1.1.1 9.255.255.255 11.0.0.0 100.63.255.255 100.128.0.0 126.0.0.1 128.0.0.1 172.15.0.1 172.32.0.1",
            ),
            (true, "192.0.1.1 192.167.0.1 198.17.0.1 198.20.0.1 223.255.255.255"),
            (true, "2001:4860:4860::8888 2606:4700::1111 2a00::1 ::ffff:1.1.1.1 64:ff9b::1.1.1.1 3ffe::1"),
            // Of this host and of this network.
            (false, "0.0.0.0 0.1.2.3 127.0.0.1 127.255.255.255 169.254.169.254 :: ::1 fe80::1 fec0::1"),
            (false, "10.0.0.1 172.16.0.1 172.31.255.255 192.168.1.1 fc00::1 fdff::1 fd00:ec2::254"),
            (false, "100.64.0.0 100.127.255.255"),
            // Multicast, broadcast, future, protocols.
            (
                false,
                "224.0.0.1 239.1.1.1 240.0.0.1 255.255.255.255 ff02::1 192.0.0.8 192.88.99.1 2001:1::1 100::1 5f00::1",
            ),
            // Documentation and benchmarks.
            (false, "192.0.2.1 198.51.100.1 203.0.113.1 198.18.0.1 198.19.255.255 2001:db8::1 2001:2::1 3fff::1"),
            // One kind in the clothes of the other: mapped, compatible, translated, 6to4, Teredo, ISATAP.
            (false, "::ffff:127.0.0.1 ::ffff:10.0.0.1 ::ffff:169.254.169.254 ::127.0.0.1 ::10.0.0.1 ::1.1.1.1"),
            (false, "64:ff9b::127.0.0.1 64:ff9b::a00:1 64:ff9b:1::1.1.1.1 2002:7f00:1::1 2002:101:101::1 2001:0:1::1"),
            (false, "fe80::5efe:127.0.0.1"),
        ] {
            for address in addresses.split(' ') {
                assert_eq!(is_public(address.parse().unwrap()), public, "{address}");
            }
        }
    }
}
