use twilio::rest::NewMessage;
use twilio::twiml::{CallEvent, CallResponse, Dial, Joined, Message, MessageText, MessagingResponse, Number};
use twilio::webhook::{CallStatus, MessageStatus};
use twilio_double::Delivery;

use crate::desk::{ANN, CALLER, Desk, GROUP, url};

#[tokio::test]
async fn messages_are_answered_sent_and_followed() {
    let desk = Desk::open().await;
    let reply = Message { to: Some(ANN.to_owned()), ..Message::new(MessageText::new("Ann, somebody asks.").unwrap()) };
    let thanks = Message::new(MessageText::new("Thank you & goodbye.").unwrap());
    desk.answers("/sms", &MessagingResponse::new().with(reply).with(thanks).to_xml());
    desk.double.writes(CALLER, GROUP, "Hello + goodbye, ü").await.unwrap();
    let told = desk.told("/sms")[0].clone();
    assert_eq!((told.from.as_deref(), told.to.as_deref()), (Some(CALLER), Some(GROUP)));
    assert_eq!(told.message.unwrap().body.as_deref(), Some("Hello + goodbye, ü"));
    let text = MessageText::new("On my way.").unwrap();
    let (to, from) = (CALLER.to_owned(), GROUP.to_owned());
    let message = NewMessage { to, from, text, told: Some(url("/sms/status")) };
    let sent = desk.client().send_message(&message).await.unwrap();
    assert_eq!(sent.status, MessageStatus::Queued);
    let written: Vec<_> = desk.double.messages().into_iter().map(|written| (written.to, written.body)).collect();
    let expected = [(ANN, "Ann, somebody asks."), (CALLER, "Thank you & goodbye."), (CALLER, "On my way.")];
    assert_eq!(written, expected.map(|(to, body)| (to.to_owned(), body.to_owned())));
    desk.double.becomes(&sent.sid, Delivery::Undelivered(30003)).await.unwrap();
    let told = desk.told("/sms/status");
    let statuses: Vec<_> = told.iter().map(|told| told.message.clone().unwrap().status.unwrap()).collect();
    assert_eq!(statuses, [MessageStatus::Sent, MessageStatus::Undelivered]);
    assert_eq!(told[1].error, Some(30003));
    assert!(desk.double.writes(CALLER, ANN, "x").await.is_err());
    desk.no_faults();
}

#[tokio::test]
async fn who_says_stop_is_sent_nothing_until_start() {
    let desk = Desk::open().await;
    desk.answers("/sms", &MessagingResponse::new().to_xml());
    let message = |to: &str| NewMessage {
        to: to.to_owned(),
        from: GROUP.to_owned(),
        text: MessageText::new("Hello.").unwrap(),
        told: Some(url("/sms/status")),
    };
    let refused = async |to: &str| desk.client().send_message(&message(to)).await.err().and_then(|error| error.code());
    for word in ["STOP", "stopall", "Unsubscribe", "cancel", "end", "quit"] {
        desk.double.writes(CALLER, GROUP, word).await.unwrap();
        assert_eq!(refused(CALLER).await, Some(21610), "{word}");
        assert_eq!(refused(ANN).await, None);
        desk.double.writes(CALLER, GROUP, "Start").await.unwrap();
        assert_eq!(refused(CALLER).await, None);
    }
    // An answer by a document is sent no more than any other.
    desk.answers("/sms", &MessagingResponse::new().with(Message::new(MessageText::new("Why?").unwrap())).to_xml());
    desk.double.writes(CALLER, GROUP, "Hello").await.unwrap();
    desk.double.writes(CALLER, GROUP, "STOP").await.unwrap();
    assert!(desk.double.faults()[0].starts_with("21610"), "{:?}", desk.double.faults());
}

#[tokio::test]
async fn numbers_that_are_not_served_are_neither_called_nor_written_to() {
    let desk = Desk::open().await;
    desk.double.refuses(ANN, 21211, "The 'To' number is not a valid phone number.");
    let message = NewMessage {
        to: ANN.to_owned(),
        from: GROUP.to_owned(),
        text: MessageText::new("Hello.").unwrap(),
        told: None,
    };
    let refused = desk.client().send_message(&message).await.unwrap_err();
    assert_eq!(refused.code(), Some(21211));
    let told = Some((url("/leg"), vec![CallEvent::Completed]));
    let number = Number { number: ANN.to_owned(), screening: None, told };
    let dial =
        Dial { caller: Some(GROUP.to_owned()), ..Dial::new(Joined::Numbers(number.into()), url("/dial-result")) };
    desk.answers("/voice", &CallResponse::new().with(dial).to_xml()).answers("/dial-result", "<Response/>");
    desk.double.calls(CALLER, GROUP).await.unwrap().becomes("completed").await.unwrap();
    let told = &desk.told("/leg")[0];
    assert_eq!((told.status.clone(), told.error), (Some(CallStatus::Failed), Some(21211)));
    assert_eq!(desk.told("/dial-result")[0].dial.clone().unwrap().status, CallStatus::Failed);
    desk.no_faults();
}
