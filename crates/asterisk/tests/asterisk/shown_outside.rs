//! What a carrier is told of who calls.

use std::time::Duration;

use engine::lines::ForwardingTo;

use crate::bench::{Bench, on_both};
use crate::calls::is_free_of_channels;
use crate::inbound::{NUMBER, connected};
use crate::pbx::Phone;
use crate::sent_on::sends_on;
use crate::trunks::route;

const OUTSIDE: &str = "+442079460999";
/// How it is dialled on the trunk.
const DIALLED: &str = "02079460999@";
/// Who calls from outside in the kit's scenarios.
const STRANGER: &str = "+441632960678";
const COMPANY: &str = "+442079460000";

/// What the carrier was told in a call which these messages are of, of which no phone has told it anything: the number, or that there is none.
fn told(messages: &[String]) -> Option<String> {
    let to_carrier: Vec<&String> = messages.iter().filter(|message| message.contains(DIALLED)).collect();
    for message in &to_carrier {
        // Neither a line's account and extension, nor the name that the kit's phones give themselves.
        for hidden in ["t1-000", "sip:000", "8005550199"] {
            assert!(!message.contains(hidden), "{message}");
        }
    }
    let mut invites = to_carrier.iter().filter(|message| message.contains("\nINVITE "));
    let invite = invites.next().expect("the carrier is called");
    assert_eq!(invites.next(), None, "it is told once");
    let header = |name: &str| invite.lines().find(|line| line.starts_with(name)).map(str::to_owned);
    let (from, asserted) = (header("From: ").unwrap(), header("P-Asserted-Identity: "));
    if from.starts_with("From: \"Anonymous\" <sip:anonymous@anonymous.invalid>") {
        assert_eq!(asserted, None, "{invite}");
        assert!(!invite.contains(STRANGER), "{invite}");
        return None;
    }
    let number = from.split(['<', ':', '@']).find(|part| part.starts_with('+')).expect("a number").to_owned();
    assert!(from.starts_with(&format!("From: <sip:{number}@")), "{invite}");
    assert!(asserted.unwrap().starts_with(&format!("P-Asserted-Identity: <sip:{number}@")), "{invite}");
    Some(number)
}

/// What the carrier is told in the call that is made.
async fn in_call(bench: &Bench, made: impl AsyncFnOnce()) -> Option<String> {
    let before = bench.pbx.sent().len();
    made().await;
    bench.is_quiet().await;
    is_free_of_channels(bench).await;
    told(&bench.pbx.sent()[before..])
}

async fn by_phone(bench: &Bench, phone: &mut Phone) -> Option<String> {
    in_call(bench, async || {
        phone.dial(OUTSIDE).await;
        phone.until("CALL_ESTABLISHED").await;
        // What is told of the parties once they talk would be told by now.
        tokio::time::sleep(Duration::from_millis(500)).await;
        phone.hang_up().await;
        phone.until("CALL_CLOSED").await;
    })
    .await
}

#[tokio::test]
async fn a_carrier_is_shown_a_number_that_can_be_called_back_or_none() {
    on_both(async |bench| {
        connected(&bench).await;
        route(&bench.world, "44", &["answer"]).await;
        let mut phones = bench.phones(2).await;
        let [known, unknown] = phones.as_mut_slice() else { unreachable!() };
        bench.pbx.command("pjsip set logger on").await;
        assert_eq!(by_phone(&bench, known).await.as_deref(), Some(NUMBER));
        assert_eq!(by_phone(&bench, unknown).await, None);
        bench.world.settings(|settings| settings.outside_number = Some(COMPANY.to_owned())).await;
        assert_eq!(by_phone(&bench, unknown).await.as_deref(), Some(COMPANY));
        // A call from outside that a line sends on shows its caller, unless that hides itself.
        let away = ForwardingTo { always: Some(OUTSIDE.to_owned()), ..ForwardingTo::default() };
        sends_on(&bench, "0001", away).await;
        for (scenario, shown) in [("uac_talk", Some(STRANGER)), ("uac_hidden", None)] {
            let told = in_call(&bench, async || {
                assert!(bench.pbx.call_in(scenario, "442079460018").went_as_planned().await);
            });
            assert_eq!(told.await.as_deref(), shown, "{scenario}");
        }
        assert_eq!(bench.world.faults().await, [""; 0]);
    })
    .await;
}
