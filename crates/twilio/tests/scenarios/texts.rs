//! Short messages that come in, as Twilio would post them, and what Twilio's own grammar says of our answers.

use engine::sms;
use serde_json::json;
use twilio::form::Form;

use crate::peers;
use crate::playing::{ACCOUNT, PUBLIC, Playing};
use crate::scenarios::Plan;
use crate::world::{World, on_both};

const OWN: &str = "+441632960000";
const STRANGER: &str = "+441632960555";

async fn playing(world: World) -> Playing {
    let plan = Plan::without(|_| None);
    let case = plan.cases.iter().find(|case| case.scenario["id"] == "R04").unwrap();
    Playing::new(world, case).await
}

fn sms_url() -> String {
    format!("{PUBLIC}/webhooks/twilio/sms")
}

fn form(sid: &str, body: &str) -> Form {
    [("MessageSid", sid), ("AccountSid", ACCOUNT), ("From", STRANGER), ("To", OWN), ("Body", body)]
        .into_iter()
        .collect()
}

#[tokio::test]
async fn short_messages_are_answered_once_and_only_those_of_twilio() {
    let documents = std::sync::Mutex::new(Vec::new());
    on_both(async |world| {
        let mut playing = playing(world).await;
        for (signature, status) in [(None, 403), (Some("AAAAAAAAAAAAAAAAAAAAAAAAAAA="), 403)] {
            let refused = playing.posts_form(&sms_url(), &form("SM1", "STOP"), ("a", signature, &[])).await;
            assert_eq!(refused.0, status);
        }
        let mut view = playing.scene.world.view().await;
        assert_eq!(sms::received(&mut view, None, 9).await.unwrap().len(), 0);
        drop(view);
        let helped = playing.posts_form(&sms_url(), &form("SM1", "help"), ("b", Some(""), &[])).await;
        assert!(helped.1.contains("<Message>") && helped.1.contains("STOP"), "{}", helped.1);
        // The same message comes again, with another token.
        let again = playing.posts_form(&sms_url(), &form("SM1", "help"), ("c", Some(""), &[])).await;
        assert_eq!(again, helped);
        let stopped = playing.posts_form(&sms_url(), &form("SM2", "Stop"), ("d", Some(""), &[])).await;
        assert_eq!(stopped.0, 200);
        assert!(!stopped.1.contains("<Message"), "{}", stopped.1);
        // Half ones, and nonsense.
        let odd = "SM'; DROP TABLE sms";
        for fields in [
            &[][..],
            &[("MessageSid", "")],
            &[("MessageSid", odd), ("Body", "x")],
            &[("MessageSid", "SM3"), ("Body", "\0\u{7f}")],
            &[("SmsSid", "SM4"), ("From", "Anonymous"), ("To", "nowhere")],
            &[("MessageSid", "SM5"), ("From", "+"), ("To", "")],
        ] {
            let (status, body) = playing.posts(&sms_url(), fields).await;
            assert_eq!(status, 200, "{fields:?}: {body}");
        }
        let known: Vec<String> = sms::received(&mut playing.scene.world.view().await, None, 9)
            .await
            .unwrap()
            .into_iter()
            .map(|came| came.outcome.unwrap())
            .collect();
        assert_eq!(known, ["kept", "kept", "kept", "stopped", "helped"]);
        let mut documents = documents.lock().unwrap();
        documents.append(&mut playing.documents);
        documents.extend([helped.1, stopped.1]);
    })
    .await;
    let documents = documents.into_inner().unwrap();
    let checked = peers::python("check_twiml.py", &json!(documents));
    let good = format!("{} documents are good\n", documents.len());
    assert_eq!(String::from_utf8_lossy(&checked.stdout), good, "{checked:?}");
}

#[tokio::test]
async fn what_becomes_of_messages_that_nobody_knows_is_harmless() {
    on_both(async |world| {
        let mut playing = playing(world).await;
        for path in ["sms/status", "sms/status?sms=", "sms/status?sms=sms_none", "sms/status?sms=%00%27"] {
            let url = format!("{PUBLIC}/webhooks/twilio/{path}");
            for fields in [
                &[][..],
                &[("MessageStatus", "delivered")],
                &[("MessageSid", "SM1"), ("MessageStatus", "undelivered"), ("ErrorCode", "30003")],
                &[("MessageSid", "\0"), ("MessageStatus", "never heard of"), ("ErrorCode", "x")],
            ] {
                assert_eq!(playing.posts(&url, fields).await.0, 204, "{path} {fields:?}");
            }
        }
    })
    .await;
}
