//! What fuzzing feeds. No part of the program; `fuzz/` calls it, and the tests run its seeds.

use crate::said::Said;

/// What an Asterisk says: whose a channel is follows from its name alone, and from no part of it that has a dash or a slash too few.
pub fn asterisk_events(data: &[u8]) {
    let Ok(text) = std::str::from_utf8(data) else { return };
    let Ok(said) = serde_json::from_str::<Said>(text) else { return };
    let channel = match said {
        Said::StasisStart { channel, .. }
        | Said::StasisEnd { channel }
        | Said::ChannelStateChange { channel }
        | Said::ChannelDestroyed { channel, .. }
        | Said::ChannelDtmfReceived { channel, .. }
        | Said::Dial { peer: channel, .. } => channel,
        _ => return,
    };
    if let Some(endpoint) = channel.endpoint() {
        assert!(channel.name.starts_with(&format!("PJSIP/{endpoint}-")), "{}", channel.name);
    }
}

#[cfg(test)]
#[path = "../../../fuzz/seeds.rs"]
mod seeds;

#[cfg(test)]
mod tests {
    #[test]
    fn every_seed_is_read_without_harm() {
        super::seeds::of("asterisk_events").iter().for_each(|seed| super::asterisk_events(seed));
    }
}
