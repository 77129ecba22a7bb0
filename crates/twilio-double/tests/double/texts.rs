use twilio::rest::NewMessage;
use twilio::twiml::{Message, MessageText, MessagingResponse};
use twilio::webhook::MessageStatus;
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
