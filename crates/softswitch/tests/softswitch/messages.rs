//! Messages that callers leave for a line whose phone takes no call.

use std::time::Duration;

use domain::screening::Voicemail;
use engine::calls::Disposition;
use engine::lines;
use engine::recordings::{self, Filter, Inbox, RecordingKind};
use serde_json::json;

use crate::bench::on_both;

#[tokio::test]
async fn a_caller_leaves_a_message_where_the_call_is_declined() {
    on_both(async |bench| {
        let (line, _) = &bench.lines[1];
        let voicemail = Voicemail { enabled: true };
        bench
            .world
            .run(async |work| lines::set_voicemail(work, &line.id, voicemail, line.version).await)
            .await
            .unwrap();
        let (mut caller, mut called) = (bench.phone(0).await, bench.phone(1).await);
        bench.rings(&mut caller, &mut called).await;
        called.says("call_refused", json!(["0001", "busy"]));
        caller.waits_for("call_connected").await;
        caller.send(r#"42["call_accepted"]"#);
        let prompt = caller.waits_for("prompt").await;
        assert_eq!(prompt["text"], "Please leave a message after the tone.");
        assert_eq!(caller.waits_for("record").await, json!({"max_seconds": 120}));
        caller.says("recorded", json!([{"text": "Call me back"}]));
        caller.waits_for("call_ended").await;
        let mut kept = Vec::new();
        for _ in 0..200 {
            kept = recordings::page(&mut bench.world.view().await, Filter::default(), None, 10).await.unwrap();
            if !kept.is_empty() {
                break;
            }
            tokio::time::sleep(Duration::from_millis(10)).await;
        }
        let [message] = kept.as_slice() else { panic!("{kept:?}") };
        let of = (message.kind, message.line.as_ref(), message.from.as_str());
        assert_eq!(of, (RecordingKind::Voicemail, Some(&line.id), "0001"));
        assert_eq!(message.media_type, "text/plain; charset=utf-8");
        let heard =
            recordings::listen(&bench.world.engine, &bench.world.actor, (Inbox::OfLines, &message.id)).await.unwrap();
        assert_eq!(heard.part(0, message.size_bytes).await.unwrap(), b"Call me back");
        let call = bench.last_call().await.unwrap();
        assert_eq!(call.disposition, Some(Disposition::Busy), "nobody has answered");
        assert!(call.price.is_none_or(|price| price.total.is_zero()));
    })
    .await;
}
