use engine::calls::Disposition;
use serde_json::{Value, json};

use crate::bench::on_both;
use crate::client::Client;
use crate::world::amount;

/// Every frame of a call, as it is on the wire.
#[tokio::test]
async fn a_call_from_dialling_to_its_charge() {
    on_both(async |bench| {
        let (mut caller, mut called) = (bench.phone(0).await, bench.phone(1).await);
        let frame = async |phone: &mut Client, expected: &str| {
            assert_eq!(phone.frame().await.as_deref(), Some(expected));
        };
        caller.send(r#"42["make_call","0002"]"#);
        frame(&mut called, r#"42["call_request","0001"]"#).await;
        called.send(r#"42["call_acknowledged","0001"]"#);
        frame(&mut caller, r#"42["callee_ringing"]"#).await;
        called.send(r#"42["call_accepted"]"#);
        let media = r#"42["media",{"policy":"direct","ice_servers":[]}]"#;
        frame(&mut called, media).await;
        frame(&mut caller, media).await;
        frame(&mut caller, r#"42["call_connected"]"#).await;
        caller.send(r#"42["call_accepted"]"#);
        frame(&mut called, r#"42["call_connected"]"#).await;
        caller.send(r#"42["talk","Hello"]"#);
        frame(&mut called, r#"42["talk","Hello"]"#).await;
        called.send(r##"42["dtmf","1#"]"##);
        assert_eq!(caller.told("dtmf").await, "1#");
        tokio::time::sleep(std::time::Duration::from_millis(100)).await;
        bench.pass(10).await;
        called.send(r#"42["hang_up"]"#);
        let mut last_meter = Value::Null;
        loop {
            let frame = caller.frame().await.unwrap();
            if frame == r#"42["call_ended"]"# {
                break;
            }
            last_meter = serde_json::from_str(&frame[2..]).unwrap();
        }
        assert_eq!(
            last_meter,
            json!(["meter", {"seconds": 10, "cost": "0.10", "currency": "USD", "remaining_seconds": 14_390}])
        );
        let charged = r#"42["call_charged",{"reason":"hung_up","seconds":10,"cost":"0.10","currency":"USD"}]"#;
        frame(&mut caller, charged).await;
        called.hears_nothing().await;
        let record = bench.last_call().await.unwrap();
        assert_eq!(record.disposition, Some(Disposition::Answered));
        assert_eq!(record.price.unwrap().total, amount("0.10"));
        assert_eq!(bench.world.faults().await, [""; 0]);
        // Both are free for another.
        bench.pass(1).await;
        bench.connects(&mut caller, &mut called).await;
    })
    .await;
}

#[tokio::test]
async fn whoever_calls_is_told_why_it_is_not_possible() {
    on_both(async |bench| {
        let (mut caller, mut called) = (bench.phone(0).await, bench.phone(1).await);
        for (number, reason) in [
            ("0001", "dialed_self"),
            ("0003", "no_recipient"),
            ("0099", "no_recipient"),
            ("nobody", "no_recipient"),
            ("*", "no_recipient"),
        ] {
            bench.pass(1).await;
            caller.says("make_call", json!(number));
            caller.hears(json!(["call_not_possible", reason])).await;
        }
        bench.pass(1).await;
        for refusal in ["busy", "timeout"] {
            bench.rings(&mut caller, &mut called).await;
            called.says("call_refused", json!(["0001", refusal]));
            caller.hears(json!(["call_not_possible", refusal])).await;
            called.hears_nothing().await;
            bench.pass(1).await;
        }
        // A phone hangs up while it rings: busy.
        bench.rings(&mut caller, &mut called).await;
        called.says("hang_up", Value::Null);
        caller.hears(json!(["call_not_possible", "busy"])).await;
        bench.pass(1).await;
        // The caller gives up.
        bench.rings(&mut caller, &mut called).await;
        caller.says("hang_up", Value::Null);
        called.hears(json!("call_cancelled")).await;
        caller.hears_nothing().await;
        bench.nobody_paid().await;
    })
    .await;
}

#[tokio::test]
async fn a_phone_has_one_call() {
    on_both(async |bench| {
        let (mut caller, called) = bench.talking().await;
        let mut third = bench.phone(2).await;
        caller.says("make_call", json!("0003"));
        assert_eq!(caller.told("call_not_possible").await, "already_in_call");
        for number in ["0001", "0002"] {
            third.says("make_call", json!(number));
            third.hears(json!(["call_not_possible", "busy"])).await;
            bench.pass(1).await;
        }
        third.says("make_call", json!("0003"));
        third.hears(json!(["call_not_possible", "dialed_self"])).await;
        third.says("make_call", json!("0001"));
        third.hears(json!(["call_not_possible", "all_lines_busy"])).await;
        called.says("talk", json!("Still here?"));
        assert_eq!(caller.told("talk").await, "Still here?");
    })
    .await;
}

/// Whoever comes first has the phone, however near the other is.
#[tokio::test]
async fn of_two_calls_to_one_phone_one_gets_it() {
    on_both(async |bench| {
        let (mut first, mut other, mut called) = (bench.phone(0).await, bench.phone(2).await, bench.phone(1).await);
        for _ in 0..20 {
            first.says("make_call", json!("0002"));
            other.says("make_call", json!("0002"));
            let caller = called.told("call_request").await;
            let (ringing, refused) = if caller == "0001" { (&mut first, &mut other) } else { (&mut other, &mut first) };
            refused.hears(json!(["call_not_possible", "busy"])).await;
            called.says("call_acknowledged", caller.clone());
            ringing.hears(json!("callee_ringing")).await;
            called.says("call_refused", json!([caller, "busy"]));
            ringing.hears(json!(["call_not_possible", "busy"])).await;
            bench.pass(1).await;
        }
        called.hears_nothing().await;
    })
    .await;
}

#[tokio::test]
async fn what_takes_too_long_ends() {
    on_both(async |bench| {
        let (mut caller, mut called) = (bench.phone(0).await, bench.phone(1).await);
        // A phone that does not say that it rings.
        caller.says("make_call", json!("0002"));
        called.hears(json!(["call_request", "0001"])).await;
        bench.pass(5).await;
        called.hears(json!("call_cancelled")).await;
        caller.hears(json!(["call_not_possible", "callee_disconnected"])).await;
        // One that rings for ever.
        bench.rings(&mut caller, &mut called).await;
        bench.pass(20).await;
        called.hears(json!("call_cancelled")).await;
        caller.hears(json!(["call_not_possible", "timeout"])).await;
        // A caller that never confirms.
        bench.rings(&mut caller, &mut called).await;
        called.says("call_accepted", Value::Null);
        called.told("media").await;
        caller.told("media").await;
        caller.hears(json!("call_connected")).await;
        bench.pass(5).await;
        caller.hears(json!("call_ended")).await;
        called.hears(json!("call_ended")).await;
        bench.nobody_paid().await;
        assert_eq!(bench.last_call().await.unwrap().answered_at, None);
    })
    .await;
}

#[tokio::test]
async fn the_handshake_of_browsers_goes_to_the_other_party_alone() {
    on_both(async |bench| {
        let (mut caller, mut called) = (bench.phone(0).await, bench.phone(1).await);
        let mut third = bench.phone(2).await;
        let offer = json!({"description": {"type": "offer", "sdp": "v=0"}});
        bench.rings(&mut caller, &mut called).await;
        called.says("signal", offer.clone());
        called.hears(json!(["error", "invalid_signal"])).await;
        called.says("call_accepted", Value::Null);
        called.told("media").await;
        caller.told("media").await;
        caller.hears(json!("call_connected")).await;
        caller.says("signal", offer.clone());
        called.hears(json!(["signal", offer])).await;
        caller.says("call_accepted", Value::Null);
        called.hears(json!("call_connected")).await;
        for _ in 0..100 {
            called.says("signal", json!({"candidate": {"candidate": "candidate:1"}}));
        }
        for _ in 0..100 {
            assert_eq!(caller.told("signal").await, json!({"candidate": {"candidate": "candidate:1"}}));
        }
        third.says("signal", offer.clone());
        third.hears(json!(["error", "invalid_signal"])).await;
        caller.says("hang_up", Value::Null);
        called.hears(json!("call_ended")).await;
        called.says("signal", offer);
        called.hears(json!(["error", "invalid_signal"])).await;
    })
    .await;
}

/// What is said arrives in the order in which it was said: the library would have it overtake itself.
#[tokio::test]
async fn words_stay_in_order() {
    on_both(async |bench| {
        let (caller, mut called) = bench.talking().await;
        for number in 0..120 {
            if number % 40 == 0 {
                tokio::time::sleep(std::time::Duration::from_millis(1100)).await;
            }
            caller.says("talk", json!(number.to_string()));
        }
        for number in 0..120 {
            assert_eq!(called.told("talk").await, number.to_string());
        }
    })
    .await;
}

#[tokio::test]
async fn a_phone_keeps_its_list_of_blocked_numbers() {
    on_both(async |bench| {
        let (mut caller, mut called) = (bench.phone(0).await, bench.phone(1).await);
        for (asked, list) in [
            (json!({"action": "list"}), json!([])),
            (json!({"action": "add", "number": "0001"}), json!(["0001"])),
            (json!({"action": "add", "number": "0003"}), json!(["0001", "0003"])),
            (json!({"action": "remove", "number": "0003"}), json!(["0001"])),
        ] {
            // As an acknowledgement, and as an event.
            called.send(format!("427{}", json!(["call_blocking", asked])));
            assert_eq!(called.frame().await, Some(format!("437{}", json!([list]))));
            called.hears(json!(["call_blocking", list])).await;
        }
        called.says("call_blocking", json!({"action": "add", "number": "nobody"}));
        called.hears(json!(["error", "invalid_call_blocking"])).await;
        // Whoever asks for what makes no sense is told so, and answered with the list as it stays.
        for wrong in [json!({"action": "add", "number": "nobody"}), json!({"action": "clear"}), json!("list")] {
            called.send(format!("428{}", json!(["call_blocking", wrong])));
            called.hears(json!(["error", "invalid_call_blocking"])).await;
            assert_eq!(called.frame().await, Some(format!("438{}", json!([["0001"]]))));
        }
        caller.says("make_call", json!("0002"));
        caller.hears(json!(["call_not_possible", "blocked"])).await;
    })
    .await;
}

/// Whatever a phone is in, or is called by: whoever dials a number for help is let go for it.
#[tokio::test]
async fn a_call_for_help_waits_for_no_other() {
    on_both(async |bench| {
        bench.help_leads_to("0003").await;
        let (mut caller, mut called, mut help) = (bench.phone(0).await, bench.phone(1).await, bench.phone(2).await);
        bench.rings(&mut caller, &mut called).await;
        called.says("make_call", json!("4911"));
        help.hears(json!(["call_request", "0002"])).await;
        caller.hears(json!(["call_not_possible", "busy"])).await;
        help.says("call_refused", json!(["0002", "busy"]));
        called.says("hang_up", Value::Null);
        bench.is_quiet().await;
        bench.pass(1).await;
        bench.connects(&mut caller, &mut called).await;
        caller.says("make_call", json!("4911"));
        assert_eq!(called.told("call_ended").await, Value::Null);
        assert_eq!(help.told("call_request").await, "0001");
    })
    .await;
}
