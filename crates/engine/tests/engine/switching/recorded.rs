//! What a switch has recorded of those who talk is kept, whoever is away at first.

use domain::call_flow::Leg;
use engine::Clock;
use engine::recordings::{self, Filter, Recording, RecordingKind};
use engine::switching::{Audio, NotHandedOver};

use super::talking::two_lines;
use super::{Bench, within};
use crate::world::on_both;

/// Three seconds of silence: a WAVE file of 8,000 samples of 16 bits a second.
fn wave() -> Audio {
    let mut bytes =
        b"RIFF\xa4\xbb\0\0WAVEfmt \x10\0\0\0\x01\0\x01\0\x40\x1f\0\0\x80\x3e\0\0\x02\0\x10\0data\x80\xbb\0\0".to_vec();
    bytes.resize(44 + 3 * 16_000, 0);
    Audio { media_type: "audio/wav".to_owned(), bytes }
}

impl Bench<'_> {
    async fn recordings(&self) -> Vec<Recording> {
        recordings::page(&mut self.world.view().await, Filter::default(), None, 9).await.unwrap()
    }

    fn forgotten(&self) -> Vec<String> {
        self.switch.forgotten.lock().unwrap().clone()
    }
}

#[tokio::test]
async fn a_switch_that_is_silent_is_asked_again() {
    on_both(async |world| {
        let (_, line, _) = two_lines(&world, "5").await;
        let bench = Bench::new(&world).await;
        let call = bench.talks(&line, "0002").await;
        let began = world.clock.now();
        bench.pass(10).await;
        bench.hangs_up(&call, Leg(1)).await;
        bench.over(&call).await;
        *bench.switch.recorded.lock().unwrap() = vec![Ok(wave()), Err(NotHandedOver::Silent)];
        bench.exchange.keep_talk(&call, 9, "talk-1");
        within(async || bench.switch.recorded.lock().unwrap().len() == 1).await;
        assert_eq!((bench.recordings().await, bench.forgotten()), (Vec::new(), Vec::new()));
        bench.pass(6).await;
        within(async || bench.forgotten() == ["talk-1"]).await;
        let kept = bench.recordings().await.pop().unwrap();
        let expected = (RecordingKind::Call, line.id.as_str(), "0001", "0002", 9);
        assert_eq!(
            (kept.kind, kept.line.as_deref().unwrap(), kept.from.as_str(), kept.to.as_str(), kept.seconds),
            expected
        );
        assert_eq!(kept.started_at, began);
    })
    .await;
}

#[tokio::test]
async fn what_is_gone_is_not_asked_for_for_ever() {
    on_both(async |world| {
        let (_, line, _) = two_lines(&world, "5").await;
        let bench = Bench::new(&world).await;
        let call = bench.talks(&line, "0002").await;
        bench.hangs_up(&call, Leg(1)).await;
        bench.over(&call).await;
        *bench.switch.recorded.lock().unwrap() = vec![Ok(wave()), Err(NotHandedOver::Gone)];
        bench.exchange.keep_talk(&call, 9, "talk-1");
        within(async || bench.switch.recorded.lock().unwrap().len() == 1).await;
        bench.pass(20).await;
        assert_eq!(bench.recordings().await, []);
        assert_eq!(bench.switch.recorded.lock().unwrap().len(), 1);
    })
    .await;
}

#[tokio::test]
async fn what_was_left_of_a_call_is_kept_by_its_origin_alone() {
    on_both(async |world| {
        let (_, line, called) = two_lines(&world, "5").await;
        let bench = Bench::new(&world).await;
        let call = bench.talks(&line, "0002").await;
        bench.hangs_up(&call, Leg(1)).await;
        bench.over(&call).await;
        *bench.switch.recorded.lock().unwrap() = vec![Ok(wave()), Ok(wave())];
        bench.exchange.keep_left(&call.origin, RecordingKind::Call, ("talk-1", None));
        within(async || bench.forgotten() == ["talk-1"]).await;
        bench.exchange.keep_left(&call.origin, RecordingKind::Voicemail, ("message-1", Some(17)));
        within(async || bench.forgotten() == ["talk-1", "message-1"]).await;
        bench.exchange.keep_left("recorder/of_nobody", RecordingKind::Call, ("talk-2", None));
        let mut kept = bench.recordings().await;
        kept.sort_by_key(|recording| recording.kind == RecordingKind::Voicemail);
        let kept: Vec<_> = kept.iter().map(|kept| (kept.kind, kept.line.as_deref().unwrap(), kept.seconds)).collect();
        // The talk is of the line that pays; the message is for the one that was called. Where the switch does not say how long it is, the audio does.
        let expected = [(RecordingKind::Call, line.id.as_str(), 3), (RecordingKind::Voicemail, called.id.as_str(), 17)];
        assert_eq!(kept, expected);
    })
    .await;
}
