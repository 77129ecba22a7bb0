//! What Twilio would not take.

use twilio::twiml::{CallResponse, Say};

use twilio_double::Signing;

use crate::desk::{CALLER, Desk, GROUP, TOKEN};

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

#[tokio::test]
async fn whoever_is_not_twilio_is_played_too() {
    let desk = Desk::open().await;
    desk.answers("/voice", &CallResponse::new().with(Say::new("Hello.")).to_xml()).answers("/static", "<Response/>");
    desk.double.sends_header("X-Forwarded-Host", "evil.example");
    desk.double.calls(CALLER, GROUP).await.unwrap();
    assert_eq!(desk.told("/voice").len(), 1);
    // Twilio has not heard the answer: it is the same webhook, by its token.
    let again = desk.double.posts_again(&desk.double.posted()[0]).await;
    assert_eq!((again.status, &again.answer), (Some(200), &desk.double.posted()[0].answer));
    assert_eq!(desk.told("/voice")[0], desk.told("/voice")[1]);
    desk.no_faults();
    for signing in [Signing::Not, Signing::With("other".to_owned()), Signing::With(String::new())] {
        desk.double.signs(signing);
        let refused = desk.double.posts_again(&again).await;
        assert_eq!((refused.status, refused.answer.as_str()), (Some(403), ""));
    }
    let other = "/voice: its signature is not made with a token of this account";
    assert_eq!(desk.refused(), ["/voice: it is not signed", other, other]);
    desk.double.signs(Signing::With(TOKEN.to_owned()));
    assert_eq!(desk.double.posts_again(&again).await.status, Some(200));
}
