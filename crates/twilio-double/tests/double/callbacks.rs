use twilio::rest::{Instructions, NewCall};
use twilio::twiml::{CallEvent, CallResponse, Say};
use twilio_double::Order;

use crate::desk::{ANN, Desk, GROUP, url};

async fn call(desk: &Desk) {
    let call = NewCall {
        to: ANN.to_owned(),
        from: GROUP.to_owned(),
        then: Instructions::Here(CallResponse::new().with(Say::new("Hello."))),
        ring_seconds: 30,
        most_seconds: None,
        told: Some((url("/leg"), vec![CallEvent::Ringing, CallEvent::Answered, CallEvent::Completed])),
    };
    desk.client().create_call(&call).await.unwrap();
    desk.double.rings(ANN).await.unwrap().answers().await.unwrap();
}

/// H064 of the hostile inputs.
#[tokio::test]
async fn callbacks_come_late_in_another_order_and_twice() {
    let desk = Desk::open().await;
    desk.double.hold_callbacks();
    call(&desk).await;
    assert_eq!(desk.told("/leg").len(), 0);
    desk.double.repeat_callbacks(1);
    desk.double.release_callbacks(Order::Reversed).await;
    let told = desk.told("/leg");
    let sequence: Vec<_> = told.iter().map(|told| told.sequence.unwrap()).collect();
    assert_eq!(sequence, [3, 3, 2, 2, 1, 1]);
    for pair in told.chunks(2) {
        assert!(pair[0].idempotency_token.is_some());
        assert_eq!(pair[0], pair[1], "a repetition is known by its token");
    }
    assert_ne!(told[0].idempotency_token, told[2].idempotency_token);
    desk.no_faults();
}

#[tokio::test]
async fn what_was_not_taken_comes_again() {
    let desk = Desk::open().await;
    desk.answers_with("/leg", 500, "").answers_with("/leg", 503, "").answers_with("/leg", 204, "");
    call(&desk).await;
    desk.double.let_pass(0).await;
    let told = desk.told("/leg");
    let sequence: Vec<_> = told.iter().map(|told| told.sequence.unwrap()).collect();
    assert_eq!(sequence, [1, 1, 1, 2, 3]);
    assert_eq!(told[0].idempotency_token, told[2].idempotency_token);
    desk.no_faults();
    // What is refused does not come again, and is a fault.
    let desk = Desk::open().await;
    desk.answers_with("/leg", 403, "");
    call(&desk).await;
    desk.double.let_pass(0).await;
    assert_eq!((desk.told("/leg").len(), desk.double.faults().len()), (3, 3));
    let posted = desk.double.posted();
    assert_eq!((posted[0].status, posted[0].field("CallStatus")), (Some(403), Some("ringing")));
}
