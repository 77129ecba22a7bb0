/// An address with and without its port. It is taken as the text that it is: whoever signs text must not tidy it.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct Variants {
    pub(super) without_port: String,
    /// With the usual one, where it names none.
    pub(super) with_port: String,
}

impl Variants {
    pub(super) fn of(url: &str) -> Variants {
        let Some((scheme, rest)) = url.split_once("://") else {
            return Variants { without_port: url.to_owned(), with_port: url.to_owned() };
        };
        let (authority, path) = rest.split_at(rest.find(['/', '?', '#']).unwrap_or(rest.len()));
        let host_from = authority.rfind('@').map_or(0, |at| at + 1);
        // An address of IPv6 has colons of its own, in brackets.
        let port_from = authority[host_from..].rfind(']').map_or(host_from, |bracket| host_from + bracket);
        let (host, port) = match authority[port_from..].find(':') {
            Some(colon) => authority.split_at(port_from + colon),
            None => (authority, if scheme.eq_ignore_ascii_case("https") { ":443" } else { ":80" }),
        };
        Variants {
            without_port: format!("{scheme}://{host}{path}"),
            with_port: format!("{scheme}://{host}{port}{path}"),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn ports_by_table() {
        for (url, without_port, with_port) in [
            ("https://a.org/b?c=d:1", "https://a.org/b?c=d:1", "https://a.org:443/b?c=d:1"),
            ("https://a.org:443/b", "https://a.org/b", "https://a.org:443/b"),
            ("https://a.org:8443/b", "https://a.org/b", "https://a.org:8443/b"),
            ("http://a.org", "http://a.org", "http://a.org:80"),
            ("HTTPS://a.org?x=1", "HTTPS://a.org?x=1", "HTTPS://a.org:443?x=1"),
            ("https://u:p@a.org/b@c:1", "https://u:p@a.org/b@c:1", "https://u:p@a.org:443/b@c:1"),
            ("https://u:p@a.org:1/b", "https://u:p@a.org/b", "https://u:p@a.org:1/b"),
            ("https://[::1]/b", "https://[::1]/b", "https://[::1]:443/b"),
            ("https://[::1]:7/b", "https://[::1]/b", "https://[::1]:7/b"),
            ("nothing", "nothing", "nothing"),
        ] {
            let expected = Variants { without_port: without_port.to_owned(), with_port: with_port.to_owned() };
            assert_eq!(Variants::of(url), expected, "{url}");
        }
    }
}
