//! Ports for one Asterisk and all around it, which nobody else has.

use std::net::{TcpListener, UdpSocket};
use std::sync::atomic::{AtomicU16, Ordering};

/// Below the ports that systems give to whoever asks for any.
const FIRST: u16 = 10_000;
const SIZE: u16 = 620;
const BLOCKS: u16 = 36;

/// A block of ports, taken until it is dropped.
///
/// The far ends' voices have 18 ports each above `FAR_END_VOICES`, the phones 80 in all above `PHONES`.
pub(super) struct Block {
    base: u16,
    callers: AtomicU16,
    /// Whoever listens at the first port of a block has it.
    _claim: TcpListener,
}

const SIP: u16 = 1;
const HTTP: u16 = 2;
const CALLERS: u16 = 10;
const MOST_CALLERS: u16 = 15;
const VOICES: u16 = 100;
const FAR_ENDS: u16 = 200;
const FAR_END_VOICES: u16 = 300;
const PHONES: u16 = 530;

impl Block {
    /// The first block from one that the process's id decides in which nobody listens.
    pub(super) fn take() -> Block {
        let from = u16::try_from(std::process::id() % u32::from(BLOCKS)).unwrap();
        (0..BLOCKS)
            .find_map(|further| Block::claim(FIRST + (from + further) % BLOCKS * SIZE))
            .expect("a block of ports in which nobody listens")
    }

    fn claim(base: u16) -> Option<Block> {
        let claim = TcpListener::bind(("127.0.0.1", base)).ok()?;
        let far_ends = (1..=13).map(|number| FAR_ENDS + number);
        let phones = [1, 2, 3, 11, 12, 13].map(|number| PHONES + number);
        let free = [SIP, HTTP].into_iter().chain(far_ends).chain(phones).all(|port| {
            let address = ("127.0.0.1", base + port);
            TcpListener::bind(address).is_ok() && UdpSocket::bind(address).is_ok()
        });
        free.then(|| Block { base, callers: AtomicU16::new(0), _claim: claim })
    }

    pub(super) fn sip(&self) -> u16 {
        self.base + SIP
    }

    pub(super) fn http(&self) -> u16 {
        self.base + HTTP
    }

    /// Where the first, second or third phone takes its orders.
    pub(super) fn phone_control(&self, phone: u16) -> u16 {
        self.base + PHONES + 10 + phone
    }

    /// The first of six ports for another caller from outside.
    pub(super) fn next_caller(&self) -> u16 {
        let callers = self.callers.fetch_add(1, Ordering::Relaxed);
        assert!(callers < MOST_CALLERS, "a test has {MOST_CALLERS} calls from outside at most");
        self.base + CALLERS + callers * 6
    }

    /// What the scripts of the kit want to know.
    pub(super) fn environment(&self) -> [(&'static str, u16); 8] {
        [
            ("SIP_PORT", self.sip()),
            ("HTTP_PORT", self.http()),
            ("RTP_START", self.base + VOICES),
            ("RTP_END", self.base + FAR_ENDS - 1),
            ("UAS_BASE", self.base + FAR_ENDS),
            ("UAS_MEDIA", self.base + FAR_END_VOICES),
            ("UAS_MEDIA_PORTS", 18),
            ("PHONE_BASE", self.base + PHONES),
        ]
    }
}
