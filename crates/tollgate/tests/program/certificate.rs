//! Certificates for tests (RFC 5280, RFC 8410), made on the spot: a private key is not for the repository, not even one of a test.

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use rustls::SignatureScheme;
use rustls::crypto::ring::sign::any_supported_type;
use rustls::pki_types::PrivateKeyDer;

/// How the identifier of Ed25519 is written.
const ED25519: &[u8] = &[0x30, 0x05, 0x06, 0x03, 0x2b, 0x65, 0x70];
/// What stands before the 32 bytes of a private key.
const KEY_BEGINS: &[u8] = &[0x04, 0x22, 0x04, 0x20];

/// A certificate of `localhost` that is signed by its own key.
pub(crate) struct Certificate {
    pub(crate) der: Vec<u8>,
    key: Vec<u8>,
}

impl Certificate {
    /// The one whose key is made of this number.
    pub(crate) fn of(number: u8) -> Certificate {
        let key = der(0x30, &[&[0x02, 0x01, 0x00], ED25519, KEY_BEGINS, &[number; 32]]);
        let signing = any_supported_type(&PrivateKeyDer::Pkcs8(key.clone().into())).unwrap();
        let public = signing.public_key().unwrap();
        let common_name = der(0x30, &[&[0x06, 0x03, 0x55, 0x04, 0x03], &der(0x0c, &[b"localhost"])]);
        let name = der(0x30, &[&der(0x31, &[&common_name])]);
        let valid = der(0x30, &[&der(0x17, &[b"200101000000Z"]), &der(0x18, &[b"21200101000000Z"])]);
        let hosts = der(0x04, &[&der(0x30, &[&der(0x82, &[b"localhost"])])]);
        let extensions = der(0x30, &[&der(0x30, &[&[0x06, 0x03, 0x55, 0x1d, 0x11], &hosts])]);
        let (version, serial) = ([0xa0, 0x03, 0x02, 0x01, 0x02], [0x02, 0x01, number]);
        let signed =
            der(0x30, &[&version, &serial, ED25519, &name, &valid, &name, public.as_ref(), &der(0xa3, &[&extensions])]);
        let signature = signing.choose_scheme(&[SignatureScheme::ED25519]).unwrap().sign(&signed).unwrap();
        Certificate { der: der(0x30, &[&signed, ED25519, &der(0x03, &[&[0x00], &signature])]), key }
    }

    /// The two files.
    pub(crate) fn pem(&self) -> [String; 2] {
        [armoured("CERTIFICATE", &self.der), armoured("PRIVATE KEY", &self.key)]
    }
}

/// A value of ASN.1 by the distinguished encoding rules (X.690, section 10).
fn der(tag: u8, parts: &[&[u8]]) -> Vec<u8> {
    let content = parts.concat();
    let length = match u16::try_from(content.len()).unwrap().to_be_bytes() {
        [0, short @ ..0x80] => vec![short],
        [0, long] => vec![0x81, long],
        [high, low] => vec![0x82, high, low],
    };
    [vec![tag], length, content].concat()
}

/// The text of a PEM file (RFC 7468).
fn armoured(label: &str, content: &[u8]) -> String {
    format!("-----BEGIN {label}-----\n{}\n-----END {label}-----\n", STANDARD.encode(content))
}
