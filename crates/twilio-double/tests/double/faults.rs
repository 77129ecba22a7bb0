//! What Twilio would not take.

use twilio::twiml::{CallResponse, Say};

use crate::desk::{CALLER, Desk, GROUP};

#[tokio::test]
async fn a_failing_desk_is_asked_again_and_then_its_stand_in() {
    let desk = Desk::open().await;
    let document = CallResponse::new().with(Say::new("Hello.")).to_xml();
    desk.answers_with("/voice", 500, "").answers_with("/voice", 200, &document);
    assert_eq!(desk.double.calls(CALLER, GROUP).await.unwrap().heard(), ["Hello."]);
    desk.no_faults();

    let desk = Desk::open().await;
    desk.answers_with("/voice", 500, "").answers("/static", &CallResponse::new().with(Say::new("Sorry.")).to_xml());
    assert_eq!(desk.double.calls(CALLER, GROUP).await.unwrap().heard(), ["Sorry."]);
    assert_eq!((desk.told("/voice").len(), desk.told("/static")[0].error), (3, Some(11200)));
    desk.no_faults();
}

#[tokio::test]
async fn documents_that_are_none_by_table() {
    for (document, fault) in [
        ("Hello", "12100: "),
        ("<Answer/>", "12200: "),
        ("<Response><Gather><Dial/></Gather></Response>", "12200: <Dial> does not stand in <Gather>"),
        ("<Response><Dial/></Response>", "13223: "),
        ("<Response><Bogus/></Response>", "12200: "),
        ("<Response><Say></Say></Response>", "13520: "),
        ("<Response><Message>x</Message></Response>", "12200: "),
        ("<Response><Record/></Response>", "a <Record> without an action"),
        ("<Response><Redirect>http://[</Redirect></Response>", "11100: "),
        ("<Response><Dial callerId='+15005550006'><Number>+441632960011</Number></Dial></Response>", "13214: "),
    ] {
        let desk = Desk::open().await;
        desk.answers("/voice", document).answers("/static", document);
        desk.double.calls(CALLER, GROUP).await.unwrap();
        let faults = desk.double.faults();
        assert!(faults.iter().any(|told| told.starts_with(fault)), "{document}: {faults:?}");
    }
    let desk = Desk::open().await;
    assert!(desk.double.calls(CALLER, "+441632960001").await.is_err(), "that number is somebody else's");
}
