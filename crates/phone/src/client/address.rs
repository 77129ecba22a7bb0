//! Where an exchange's WebSocket is.

use url::Url;

use super::ConnectError;

/// The WebSocket address of the exchange whose web address (or WebSocket address) is given.
pub(super) fn of_exchange(given: &str) -> Result<Url, ConnectError> {
    let wrong = |reason: String| ConnectError::Address { address: given.to_owned(), reason };
    let mut url = Url::parse(given).map_err(|error| wrong(format!("{error}; write it like http://localhost:3000")))?;
    let scheme = match url.scheme() {
        "http" | "ws" => "ws",
        "https" | "wss" => "wss",
        other => {
            return Err(wrong(format!("{other}: is not http:// or https://; write it like http://localhost:3000")));
        }
    };
    let _ = url.set_scheme(scheme);
    let _ = url.set_username("");
    let _ = url.set_password(None);
    url.set_path(&format!("{}/socket.io/", url.path().trim_end_matches('/')));
    url.set_query(Some("EIO=4&transport=websocket"));
    url.set_fragment(None);
    Ok(url)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn addresses_by_table() {
        for (given, expected) in [
            ("http://localhost:3000", Some("ws://localhost:3000/socket.io/?EIO=4&transport=websocket")),
            ("http://localhost:3000/", Some("ws://localhost:3000/socket.io/?EIO=4&transport=websocket")),
            ("https://phones.example.org", Some("wss://phones.example.org/socket.io/?EIO=4&transport=websocket")),
            (
                "https://example.org/exchange/?a=b#c",
                Some("wss://example.org/exchange/socket.io/?EIO=4&transport=websocket"),
            ),
            ("ws://[::1]:3000", Some("ws://[::1]:3000/socket.io/?EIO=4&transport=websocket")),
            ("http://me:pass@localhost", Some("ws://localhost/socket.io/?EIO=4&transport=websocket")),
            ("localhost:3000", None),
            ("ftp://localhost", None),
            ("0001", None),
            ("", None),
        ] {
            assert_eq!(of_exchange(given).ok().as_ref().map(Url::as_str), expected, "{given}");
        }
    }
}
