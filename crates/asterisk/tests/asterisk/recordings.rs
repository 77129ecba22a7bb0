//! Messages for a line, and calls that are recorded: fetched from Asterisk, kept with us, and gone there.

use std::time::Duration;

use domain::screening::Voicemail;
use engine::calls::Disposition;
use engine::lines;
use engine::recordings::{self, Filter, Inbox, Recording, RecordingKind};
use engine::tenants::{RecordCalls, Recordings};

use crate::bench::{Bench, on_both, soon};
use crate::calls::talk;
use crate::pbx::Phone;
use crate::world::amount;

impl Bench {
    /// The only recording, once it is kept.
    async fn recording(&self) -> Recording {
        let look = async || {
            let mut view = self.world.view().await;
            let mut all = recordings::page(&mut view, Filter::default(), None, 10).await.unwrap();
            let one = all.pop();
            assert!(all.is_empty(), "{all:?}");
            one
        };
        soon(look).await.expect("something is recorded")
    }

    /// Has callers leave messages for a line, whose id is answered.
    async fn takes_messages(&self, number: &str) -> String {
        let line = self.line(number).await;
        let version = lines::get(&mut self.world.view().await, &line).await.unwrap().version;
        let voicemail = Voicemail { enabled: true };
        self.world.run(async |work| lines::set_voicemail(work, &line, voicemail, version).await).await.unwrap();
        line
    }

    /// A phone calls another that declines, hears greeting and tone, and speaks for some seconds.
    async fn speaks(&self, caller: &mut Phone, called: &mut Phone) {
        caller.dial("0002").await;
        called.until("CALL_INCOMING").await;
        called.hang_up().await;
        caller.until("CALL_ESTABLISHED").await;
        self.pbx.logs("Playing 'beep").await;
        tokio::time::sleep(Duration::from_millis(2500)).await;
    }

    /// The only recording, which is what the first phone has said for a line.
    async fn message_for(&self, line: &String) -> Recording {
        let recording = self.recording().await;
        assert_eq!(
            (recording.kind, recording.line.as_ref(), recording.from.as_str()),
            (RecordingKind::Voicemail, Some(line), "0001")
        );
        assert!((1..=4).contains(&recording.seconds), "{recording:?}");
        recording
    }

    /// All of its audio.
    async fn heard(&self, recording: &Recording) -> Vec<u8> {
        let audio =
            recordings::listen(&self.world.engine, &self.world.actor, (Inbox::OfLines, &recording.id)).await.unwrap();
        let mut bytes = Vec::new();
        while i64::try_from(bytes.len()).unwrap() < recording.size_bytes {
            bytes.extend(audio.part(i64::try_from(bytes.len()).unwrap(), recording.size_bytes).await.unwrap());
        }
        bytes
    }

    /// Waits until Asterisk has no recording.
    async fn has_forgotten(&self) {
        if soon(async || self.pbx.recordings().is_empty().then_some(())).await.is_none() {
            panic!("Asterisk still has {:?}", self.pbx.recordings());
        }
    }
}

/// The length of some audio of 8,000 samples a second, in seconds, and whether it begins as a WAVE file does.
fn wave(bytes: &[u8]) -> (bool, usize) {
    (bytes.starts_with(b"RIFF") && bytes[8..].starts_with(b"WAVE"), (bytes.len() - 44) / 16_000)
}

#[tokio::test]
async fn a_caller_leaves_a_message_where_nobody_takes_the_call() {
    on_both(async |bench| {
        let line = bench.takes_messages("0002").await;
        let mut phones = bench.phones(2).await;
        let [caller, called] = phones.as_mut_slice() else { unreachable!() };
        bench.speaks(caller, called).await;
        caller.hang_up().await;
        let recording = bench.message_for(&line).await;
        let heard = bench.heard(&recording).await;
        assert!(matches!(wave(&heard), (true, 1..=4)), "{:?}", wave(&heard));
        bench.has_forgotten().await;
        let call = bench.last_call().await;
        assert_eq!((call.disposition, call.price.unwrap().total), (Some(Disposition::Busy), amount("0")));
        assert_eq!(bench.world.faults().await, [""; 0]);
    })
    .await;
}

#[tokio::test]
async fn a_call_is_recorded_where_the_tenant_wants_that_once_both_have_heard_so() {
    on_both(async |bench| {
        bench.world.settings(|settings| settings.recordings.record_calls = RecordCalls::All).await;
        let mut phones = bench.phones(2).await;
        let [caller, called] = phones.as_mut_slice() else { unreachable!() };
        talk(caller, called).await;
        bench.pbx.logs("Playing 'conf-now-recording").await;
        tokio::time::sleep(Duration::from_secs(5)).await;
        called.hang_up().await;
        caller.until("CALL_CLOSED").await;
        let recording = bench.recording().await;
        assert_eq!((recording.kind, recording.from.as_str()), (RecordingKind::Call, "0001"));
        let heard = bench.heard(&recording).await;
        assert!(matches!(wave(&heard), (true, 1..)), "{:?}", wave(&heard));
        bench.has_forgotten().await;
        let call = bench.last_call().await;
        assert_eq!(call.origin, recording.origin);
    })
    .await;
}

#[tokio::test]
async fn a_call_is_recorded_on_where_we_start_again() {
    on_both(async |mut bench| {
        bench.world.settings(|settings| settings.recordings.record_calls = RecordCalls::All).await;
        let mut phones = bench.phones(2).await;
        let [caller, called] = phones.as_mut_slice() else { unreachable!() };
        talk(caller, called).await;
        // While they hear that they are recorded: nobody of us hears the end of that.
        bench.pbx.logs("Playing 'conf-now-recording").await;
        bench.restarts(async |_| tokio::time::sleep(Duration::from_secs(3)).await).await;
        bench.pbx.logs("Playing 'conf-now-recording").await;
        tokio::time::sleep(Duration::from_secs(4)).await;
        // Once more, while they are recorded.
        bench.restarts(async |_| ()).await;
        tokio::time::sleep(Duration::from_secs(2)).await;
        called.hang_up().await;
        caller.until("CALL_CLOSED").await;
        let recording = bench.recording().await;
        assert_eq!((recording.kind, recording.from.as_str()), (RecordingKind::Call, "0001"));
        let heard = bench.heard(&recording).await;
        assert!(matches!(wave(&heard), (true, 2..)), "{:?}", wave(&heard));
        bench.has_forgotten().await;
    })
    .await;
}

#[tokio::test]
async fn what_ended_while_we_were_away_is_kept_when_we_are_back() {
    on_both(async |mut bench| {
        bench
            .world
            .settings(|settings| {
                settings.recordings =
                    Recordings { record_calls: RecordCalls::All, announce_recording: false, ..Recordings::default() }
            })
            .await;
        let mut phones = bench.phones(2).await;
        let [caller, called] = phones.as_mut_slice() else { unreachable!() };
        talk(caller, called).await;
        tokio::time::sleep(Duration::from_secs(2)).await;
        bench
            .restarts(async |_| {
                called.hang_up().await;
                caller.hang_up().await;
            })
            .await;
        let recording = bench.recording().await;
        assert_eq!((recording.kind, recording.from.as_str()), (RecordingKind::Call, "0001"));
        assert!((1..=4).contains(&recording.seconds), "{recording:?}");
        bench.has_forgotten().await;
    })
    .await;
}

#[tokio::test]
async fn a_message_that_is_spoken_when_we_start_again_is_kept() {
    on_both(async |mut bench| {
        let line = bench.takes_messages("0002").await;
        let mut phones = bench.phones(2).await;
        let [caller, called] = phones.as_mut_slice() else { unreachable!() };
        bench.speaks(caller, called).await;
        bench.restarts(async |_| ()).await;
        caller.until("CALL_CLOSED").await;
        bench.message_for(&line).await;
        bench.has_forgotten().await;
    })
    .await;
}
