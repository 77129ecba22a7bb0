//! Short messages, those that are sent and those that came, and who wants none.

use storage::conversation_numbers::{self, HeldNumber};
use storage::incoming_sms::{self, IncomingRecord};
use storage::sms::{self, SmsRecord};
use storage::sms_stops::{self, StopRecord};

use crate::databases::on_both;

fn sent(id: &str, cause: &str) -> SmsRecord {
    SmsRecord {
        id: id.to_owned(),
        cause: cause.to_owned(),
        own_number: "+441632960000".to_owned(),
        other_number: "+441632960011".to_owned(),
        body: "Hello, \u{fc}".to_owned(),
        about: "{}".to_owned(),
        state: "waiting".to_owned(),
        carrier_id: None,
        code: None,
        reason: None,
        created_at: 5,
        changed_at: 5,
    }
}

#[tokio::test]
async fn each_cause_has_one_short_message() {
    on_both(async |store| {
        let mut tx = store.write().await.unwrap();
        for (tenant, id, cause) in [(1, "sms_1", "a"), (1, "sms_2", "b"), (2, "sms_1", "a")] {
            assert!(sms::insert_new(&mut tx, tenant, &sent(id, cause)).await.unwrap());
        }
        assert!(!sms::insert_new(&mut tx, 1, &sent("sms_3", "a")).await.unwrap());
        assert_eq!(sms::lock(&mut tx, 1, "sms_1").await.unwrap(), Some(sent("sms_1", "a")));
        assert_eq!(sms::lock(&mut tx, 1, "sms_3").await.unwrap(), None);
        let stands = SmsRecord {
            state: "failed".to_owned(),
            carrier_id: Some("SM1".to_owned()),
            code: Some(21211),
            reason: Some("no number".to_owned()),
            changed_at: 7,
            ..sent("sms_1", "a")
        };
        sms::stand(&mut tx, 1, &stands).await.unwrap();
        assert_eq!(sms::get(&mut tx, 1, "sms_1").await.unwrap(), Some(stands.clone()));
        assert_eq!(sms::of_causes(&mut tx, 1, &["a", "c"]).await.unwrap(), std::slice::from_ref(&stands));
        let page = sms::page(&mut tx, 1, None, None, 9).await.unwrap();
        assert_eq!(page, [sent("sms_2", "b"), stands.clone()]);
        assert_eq!(sms::page(&mut tx, 1, None, Some("sms_2"), 9).await.unwrap(), std::slice::from_ref(&stands));
        assert_eq!(sms::page(&mut tx, 1, Some("failed"), None, 9).await.unwrap(), [stands]);
        assert_eq!(sms::forget(&mut tx, 1, 5, 9).await.unwrap(), 0);
        assert_eq!(sms::forget(&mut tx, 1, 6, 1).await.unwrap(), 1);
        assert_eq!(sms::page(&mut tx, 1, None, None, 9).await.unwrap().len(), 1);
        assert_eq!(sms::get(&mut tx, 2, "sms_1").await.unwrap(), Some(sent("sms_1", "a")));
        assert!(!format!("{:?}", sent("sms_1", "a")).contains("Hello"));
    })
    .await;
}

#[tokio::test]
async fn who_wants_nothing_is_known_by_both_numbers() {
    on_both(async |store| {
        let mut tx = store.write().await.unwrap();
        for (own, other) in [("+1", "+2"), ("+1", "+3"), ("+4", "+2")] {
            assert!(sms_stops::stop(&mut tx, 1, (own, other), 5).await.unwrap());
            assert!(!sms_stops::stop(&mut tx, 1, (own, other), 6).await.unwrap());
        }
        for (tenant, pair, stopped) in [(1, ("+1", "+2"), true), (1, ("+4", "+3"), false), (2, ("+1", "+2"), false)] {
            assert_eq!(sms_stops::is_stopped(&mut tx, tenant, pair).await.unwrap(), stopped, "{pair:?}");
        }
        let stop =
            |own: &str, other: &str| StopRecord { own_number: own.into(), other_number: other.into(), stopped_at: 5 };
        let first = sms_stops::page(&mut tx, 1, None, 2).await.unwrap();
        assert_eq!(first, [stop("+1", "+2"), stop("+1", "+3")]);
        assert_eq!(sms_stops::page(&mut tx, 1, Some(("+1", "+3")), 2).await.unwrap(), [stop("+4", "+2")]);
        assert!(sms_stops::start(&mut tx, 1, ("+1", "+2")).await.unwrap());
        assert!(!sms_stops::start(&mut tx, 1, ("+1", "+2")).await.unwrap());
        assert!(!sms_stops::is_stopped(&mut tx, 1, ("+1", "+2")).await.unwrap());
    })
    .await;
}

#[tokio::test]
async fn a_short_message_that_came_is_taken_once_and_again_where_nobody_saw_to_it() {
    on_both(async |store| {
        let mut tx = store.write().await.unwrap();
        let came = |id: &str, origin: &str, at: i64| IncomingRecord {
            id: id.to_owned(),
            origin: origin.to_owned(),
            own_number: "+1".to_owned(),
            sender: "+2".to_owned(),
            agent: Some("agt_1".to_owned()),
            body: "pass".to_owned(),
            outcome: None,
            reply: None,
            received_at: at,
            claimed_at: at,
        };
        assert!(incoming_sms::claim(&mut tx, 1, &came("ism_1", "twilio/SM1", 10), 0).await.unwrap());
        assert!(!incoming_sms::claim(&mut tx, 1, &came("ism_2", "twilio/SM1", 20), 10).await.unwrap());
        assert!(incoming_sms::claim(&mut tx, 1, &came("ism_2", "twilio/SM1", 30), 11).await.unwrap());
        assert!(!incoming_sms::claim(&mut tx, 1, &came("ism_3", "twilio/SM1", 31), 30).await.unwrap());
        let known = incoming_sms::by_origin(&mut tx, 1, "twilio/SM1").await.unwrap().unwrap();
        assert_eq!(known, IncomingRecord { claimed_at: 30, ..came("ism_1", "twilio/SM1", 10) });
        incoming_sms::settle(&mut tx, 1, "twilio/SM1", "away", Some("Thank you.")).await.unwrap();
        assert!(!incoming_sms::claim(&mut tx, 1, &came("ism_3", "twilio/SM1", 90), 90).await.unwrap());
        assert!(incoming_sms::claim(&mut tx, 1, &came("ism_4", "twilio/SM2", 40), 0).await.unwrap());
        assert!(incoming_sms::claim(&mut tx, 2, &came("ism_4", "twilio/SM2", 40), 0).await.unwrap());
        let page = incoming_sms::page(&mut tx, 1, None, 9).await.unwrap();
        let told: Vec<_> = page.iter().map(|record| (record.id.as_str(), record.reply.as_deref())).collect();
        assert_eq!(told, [("ism_4", None), ("ism_1", Some("Thank you."))]);
        assert_eq!(incoming_sms::page(&mut tx, 1, Some("ism_4"), 9).await.unwrap().len(), 1);
        for (sender, since, replies) in [("+2", 10, 1), ("+2", 11, 0), ("+3", 0, 0)] {
            assert_eq!(incoming_sms::replies(&mut tx, 1, sender, since).await.unwrap(), replies);
        }
        assert_eq!(incoming_sms::forget(&mut tx, 1, 11, 9).await.unwrap(), 1);
        assert_eq!(incoming_sms::page(&mut tx, 1, None, 9).await.unwrap().len(), 1);
    })
    .await;
}

#[tokio::test]
async fn a_number_carries_one_conversation_and_is_released_as_it_was_read() {
    on_both(async |store| {
        let mut tx = store.write().await.unwrap();
        let held = |number: &str, conversation: &str, used_at: i64| HeldNumber {
            number: number.to_owned(),
            conversation: conversation.to_owned(),
            customer: "cus_1".to_owned(),
            agent: "agt_1".to_owned(),
            used_at,
        };
        for (tenant, number, conversation, is_held) in
            [(1, "+1", "cnv_1", true), (1, "+1", "cnv_2", false), (1, "+2", "cnv_2", true), (2, "+1", "cnv_1", true)]
        {
            let held = conversation_numbers::hold(&mut tx, tenant, &held(number, conversation, 5)).await.unwrap();
            assert_eq!(held, is_held, "{tenant} {number} {conversation}");
        }
        conversation_numbers::used(&mut tx, 1, "+1", 9).await.unwrap();
        let (first, second) = (held("+1", "cnv_1", 9), held("+2", "cnv_2", 5));
        assert_eq!(conversation_numbers::by_number(&mut tx, 1, "+1").await.unwrap(), Some(first.clone()));
        assert_eq!(conversation_numbers::of_conversation(&mut tx, 1, "cnv_2").await.unwrap(), Some(second.clone()));
        assert_eq!(conversation_numbers::all(&mut tx, 1).await.unwrap(), [first.clone(), second]);
        // A message has gone by it meanwhile.
        assert!(!conversation_numbers::release(&mut tx, 1, &held("+1", "cnv_1", 5)).await.unwrap());
        assert!(conversation_numbers::release(&mut tx, 1, &first).await.unwrap());
        assert!(!conversation_numbers::release(&mut tx, 1, &first).await.unwrap());
        assert_eq!(conversation_numbers::forget(&mut tx, 1, 5, 9).await.unwrap(), 0);
        assert_eq!(conversation_numbers::forget(&mut tx, 1, 6, 9).await.unwrap(), 1);
        assert_eq!(conversation_numbers::all(&mut tx, 1).await.unwrap(), []);
        assert_eq!(conversation_numbers::all(&mut tx, 2).await.unwrap(), [held("+1", "cnv_1", 5)]);
    })
    .await;
}

#[tokio::test]
async fn who_has_stopped_several_numbers_is_found_by_its_own() {
    on_both(async |store| {
        let mut tx = store.write().await.unwrap();
        for (tenant, own, other) in [(1, "+8", "+2"), (1, "+7", "+2"), (1, "+7", "+3"), (2, "+9", "+2")] {
            assert!(sms_stops::stop(&mut tx, tenant, (own, other), 1).await.unwrap());
        }
        assert_eq!(sms_stops::of(&mut tx, 1, "+2").await.unwrap(), ["+7", "+8"]);
        assert_eq!(sms_stops::of(&mut tx, 1, "+4").await.unwrap(), [""; 0]);
    })
    .await;
}
