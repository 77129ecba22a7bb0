use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use proptest::prelude::*;
use proptest::strategy::ValueTree;
use proptest::test_runner::TestRunner;
use serde_json::{Value, json};
use twilio::form::Form;
use twilio::signature::{Algorithm, Body, NotTwilio, Received, Tokens, sign};

use crate::peers;

const URL: &str = "https://mycompany.com/myapp.php?foo=1&bar=2";
const SHA256: &str = "key=webhooks_sharedkey_1,algorithm=HMAC_SHA256";

fn form(fields: &[(&str, &str)]) -> Form {
    fields.iter().copied().collect()
}

fn vectors() -> Vec<Value> {
    let all: Vec<Value> = serde_json::from_str(include_str!("../data/twilio-signature-vectors.json")).unwrap();
    // The last says in words what the ports are about.
    all.into_iter().filter(|vector| vector["signature"].is_string()).collect()
}

fn fields(vector: &Value) -> Form {
    let field = |pair: &Value| (pair[0].as_str().unwrap().to_owned(), pair[1].as_str().unwrap().to_owned());
    vector["form"].as_array().unwrap().iter().map(field).collect()
}

/// H062, H063 of the hostile inputs.
#[test]
fn every_vector_is_accepted_and_each_change_of_it_refused() {
    assert_eq!(vectors().len(), 20);
    for vector in vectors() {
        let text = |name: &str| vector[name].as_str().unwrap();
        let form = fields(&vector);
        let body = vector["body"].as_str().map_or(Body::Form(&form), |body| Body::Other(body.as_bytes()));
        let settings = (text("algorithm") == "HMAC_SHA256").then_some(SHA256);
        let tokens = Tokens::new([text("auth_token")]);
        let received = Received { url: text("signed_url"), body, signature: Some(text("signature")), settings };
        assert_eq!(tokens.check(&received), Ok(()), "{vector}");

        let altered = text("signed_url").replace("myapp", "other");
        let wrong = Err(NotTwilio::OtherSignature);
        assert_eq!(tokens.check(&Received { url: &altered, ..received }), wrong, "{vector}");
        assert_eq!(Tokens::new(["12346"]).check(&received), wrong, "{vector}");
        let of_the_other_algorithm = if settings.is_none() { Some(SHA256) } else { None };
        assert_eq!(tokens.check(&Received { settings: of_the_other_algorithm, ..received }), wrong, "{vector}");
        assert_eq!(tokens.check(&Received { signature: None, ..received }), Err(NotTwilio::Unsigned), "{vector}");
        let altered = if vector["body"].is_null() { Body::Other(b"x") } else { Body::Other(b"{ }") };
        assert_eq!(tokens.check(&Received { body: altered, ..received }), Err(NotTwilio::OtherBody), "{vector}");
    }
}

/// H063 of the hostile inputs.
#[test]
fn the_port_may_be_signed_or_not() {
    let form = form(&[("CallSid", "CA1")]);
    let tokens = Tokens::new(["12345"]);
    let accepted = |url: &str, signed_url: &str| {
        let signature = sign(Algorithm::HmacSha1, "12345", signed_url, &form);
        tokens.check(&Received { url, body: Body::Form(&form), signature: Some(&signature), settings: None }).is_ok()
    };
    for (url, signed, expected) in [
        ("https://a.org/b", "https://a.org/b", true),
        ("https://a.org/b", "https://a.org:443/b", true),
        ("https://a.org/b", "https://a.org:80/b", false),
        ("https://a.org:443/b", "https://a.org/b", true),
        ("https://a.org:1234/b", "https://a.org/b", true),
        ("https://a.org:1234/b", "https://a.org:1234/b", true),
        ("https://a.org:1234/b", "https://a.org:443/b", false),
        ("http://a.org/b", "http://a.org:80/b", true),
        ("http://a.org/b", "https://a.org/b", false),
        ("https://a.org/b", "https://a.org/b/", false),
    ] {
        assert_eq!(accepted(url, signed), expected, "{url} {signed}");
    }
}

#[test]
fn while_a_token_is_changed_both_are_good() {
    let form = form(&[("CallSid", "CA1")]);
    let check = |tokens: &[&str], token: &str| {
        let signature = sign(Algorithm::HmacSha1, token, URL, &form);
        let received = Received { url: URL, body: Body::Form(&form), signature: Some(&signature), settings: None };
        Tokens::new(tokens.iter().copied()).check(&received)
    };
    let wrong = Err(NotTwilio::OtherSignature);
    for (tokens, token, expected) in [
        (&["old", "new"][..], "old", Ok(())),
        (&["old", "new"], "new", Ok(())),
        (&["new"], "old", wrong),
        (&[], "new", wrong),
        // A token that was never set signs nothing.
        (&[""], "", wrong),
        (&["", "new"], "", wrong),
    ] {
        assert_eq!(check(tokens, token), expected, "{tokens:?} {token:?}");
    }
}

#[test]
fn what_is_no_signature_is_refused() {
    let (form, tokens) = (form(&[("a", "b")]), Tokens::new(["12345"]));
    let good = sign(Algorithm::HmacSha1, "12345", URL, &form);
    let check = |signature: &str, settings| {
        tokens.check(&Received { url: URL, body: Body::Form(&form), signature: Some(signature), settings })
    };
    assert_eq!(check(&good, None), Ok(()));
    assert_eq!(check(&good, Some("")), Ok(()));
    assert_eq!(check(&good, Some("key=1,algorithm=hmac_sha1")), Ok(()));
    assert_eq!(check(&good, Some("algorithm=NONE")), Err(NotTwilio::UnknownAlgorithm));
    let longer = [good.as_str(), good.as_str()].concat();
    for wrong in ["", " ", "=", "x", "ü", &good[..good.len() - 1], longer.as_str(), "AAAAAAAAAAAAAAAAAAAAAAAAAAA="] {
        assert_eq!(check(wrong, None), Err(NotTwilio::OtherSignature), "{wrong:?}");
    }
    assert_eq!(format!("{tokens:?}"), "Tokens(1)");
}

/// HMAC as RFC 2104 has it, over `signed`, and what is signed as Twilio's page tells it: written otherwise than the product.
fn oracle(token: &str, url: &str, fields: &[(String, String)]) -> String {
    let mut names: Vec<&str> = fields.iter().map(|(name, _)| name.as_str()).collect();
    names.sort_unstable();
    names.dedup();
    let mut signed = url.as_bytes().to_vec();
    for name in names {
        let mut values: Vec<&str> =
            fields.iter().filter(|(known, _)| known == name).map(|(_, value)| value.as_str()).collect();
        values.sort_unstable();
        values.dedup();
        for value in values {
            signed.extend_from_slice(name.as_bytes());
            signed.extend_from_slice(value.as_bytes());
        }
    }
    let sha1 = |parts: [&[u8]; 2]| {
        ring::digest::digest(&ring::digest::SHA1_FOR_LEGACY_USE_ONLY, &parts.concat()).as_ref().to_vec()
    };
    let mut key = token.as_bytes().to_vec();
    if key.len() > 64 {
        key = sha1([&key, b""]);
    }
    key.resize(64, 0);
    let pad = |with: u8| key.iter().map(|byte| byte ^ with).collect::<Vec<u8>>();
    let inner = sha1([&pad(0x36), &signed]);
    STANDARD.encode(sha1([&pad(0x5c), &inner]))
}

proptest! {
    #[test]
    fn signatures_are_those_of_the_oracle(
        token in "\\PC{1,80}",
        path in "[a-z/?&=%+:@.]{0,20}",
        fields in prop::collection::vec(("[A-Ca-c\\PC]{0,3}", "\\PC{0,3}"), 0..8),
    ) {
        let url = format!("https://a.example/{path}");
        let form: Form = fields.iter().cloned().collect();
        let signature = oracle(&token, &url, &fields);
        prop_assert_eq!(&sign(Algorithm::HmacSha1, &token, &url, &form), &signature);
        let received = Received { url: &url, body: Body::Form(&form), signature: Some(&signature), settings: None };
        prop_assert_eq!(Tokens::new([token.as_str()]).check(&received), Ok(()));
        let more: Form = fields.iter().cloned().chain([("x".to_owned(), "more".to_owned())]).collect();
        let more = Received { body: Body::Form(&more), ..received };
        prop_assert_eq!(Tokens::new([token.as_str()]).check(&more), Err(NotTwilio::OtherSignature));
    }
}

const TEXT: &str = "[a-cA-C0-9 .&=+%'~\u{e4}\u{142}\u{2192}\u{1f44d}]{0,6}";

/// Requests signed by us, some of which were then altered on the way.
fn requests() -> Vec<Value> {
    let mut runner = TestRunner::deterministic();
    let fields = prop::collection::vec((TEXT, TEXT), 0..6);
    let place =
        ("https?", "[a-z]{1,5}\\.example", "(:443|:80|:8443)?", "/[a-z0-9/]{0,9}", "(\\?[a-z]=[a-z0-9%27]{0,4})?");
    let strategy = (place, "[ -~]{1,40}", fields, 0..9_u8);
    let mut request = || {
        let ((scheme, host, port, path, query), token, fields, altered) =
            strategy.new_tree(&mut runner).unwrap().current();
        let query = query.replace('%', "%27");
        let url = format!("{scheme}://{host}{port}{path}{query}");
        let mut form = fields.clone();
        let (mut seen, mut used, mut settings) = (url.clone(), token.clone(), None);
        let algorithm = if altered == 8 { Algorithm::HmacSha256 } else { Algorithm::HmacSha1 };
        match altered {
            1 => form.push(("Digits".to_owned(), "1".to_owned())),
            2 => seen.push('x'),
            3 => used.push('x'),
            4 => seen = url.replace(&port, ""),
            5 => form.extend(fields.first().cloned()),
            8 => settings = Some(SHA256),
            _ => {}
        }
        let mut signature = sign(algorithm, &token, &url, &fields.iter().cloned().collect());
        if altered == 6 {
            signature.replace_range(..1, if signature.starts_with('A') { "B" } else { "A" });
        }
        json!({"url": seen, "token": used, "form": form, "body": null, "signature": signature, "settings": settings})
    };
    (0..600).map(|_| request()).chain(bodies()).collect()
}

/// Bodies that are no forms, some of them not what was signed.
fn bodies() -> impl Iterator<Item = Value> {
    let hash = |body: &str| {
        let hash = ring::digest::digest(&ring::digest::SHA256, body.as_bytes());
        hash.as_ref().iter().map(|byte| format!("{byte:02x}")).collect::<String>()
    };
    let cases = [("{}", "{}"), ("{\"a\": \"\u{142}\"}", "{\"a\": \"\u{142}\"}"), ("{}", "{ }"), ("", ""), ("{}", "")];
    cases.into_iter().map(move |(signed, came)| {
        let url = format!("{URL}&bodySHA256={}", hash(signed));
        let signature = sign(Algorithm::HmacSha1, "12345", &url, &Form::default());
        json!({"url": url, "token": "12345", "form": [], "body": came, "signature": signature, "settings": null})
    })
}

fn is_accepted(request: &Value) -> bool {
    let (text, form) = (|name: &str| request[name].as_str(), fields(request));
    let body = text("body").map_or(Body::Form(&form), |body| Body::Other(body.as_bytes()));
    let (url, signature, settings) = (text("url").unwrap(), text("signature"), text("settings"));
    Tokens::new(text("token")).check(&Received { url, body, signature, settings }).is_ok()
}

fn verdicts(peer: &std::process::Output) -> Vec<bool> {
    assert!(peer.status.success(), "{}", String::from_utf8_lossy(&peer.stderr));
    serde_json::from_slice(&peer.stdout).unwrap()
}

fn agree(requests: &[Value], verdicts: &[bool]) {
    assert_eq!(requests.len(), verdicts.len());
    for (request, verdict) in requests.iter().zip(verdicts) {
        assert_eq!(is_accepted(request), *verdict, "{request}");
    }
    let accepted = verdicts.iter().filter(|accepted| **accepted).count();
    assert!(accepted > 200 && verdicts.len() - accepted > 150, "{accepted} of {} are accepted", verdicts.len());
}

#[test]
fn the_validator_for_python_judges_as_ours() {
    let requests = requests();
    agree(&requests, &verdicts(&peers::python("validate.py", &json!(requests))));
}

#[test]
fn the_validator_for_node_judges_as_ours() {
    // It knows one algorithm only.
    let requests: Vec<Value> = requests().into_iter().filter(|request| request["settings"].is_null()).collect();
    agree(&requests, &verdicts(&peers::node("validate.js", &json!(requests))));
}
