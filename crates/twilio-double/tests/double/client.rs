//! What our client makes of what Twilio answers, or does not.

use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::Duration;

use tokio::io::AsyncReadExt;
use tokio::net::TcpListener;
use twilio::rest::{Client, Instructions, NewCall, NewMessage, NumberChange, RestError, Settings};
use twilio::twiml::{CallResponse, MessageText, Record};

use crate::desk::{ANN, CALLER, Desk, GROUP, SID, TOKEN, url};

fn call(to: &str) -> NewCall {
    NewCall {
        to: to.to_owned(),
        from: GROUP.to_owned(),
        then: Instructions::At(url("/voice")),
        ring_seconds: 20,
        most_seconds: None,
        told: None,
    }
}

fn refused(error: &RestError) -> (Option<u32>, String) {
    (error.code(), error.to_string())
}

#[tokio::test]
async fn what_is_refused_is_told_with_its_code_and_without_numbers() {
    let desk = Desk::open().await;
    let client = desk.client();
    let (code, told) = refused(&client.create_call(&call("+44-1632-960011")).await.unwrap_err());
    assert_eq!(code, Some(21211));
    let (code, _) = refused(&client.create_call(&call("")).await.unwrap_err());
    assert_eq!(code, Some(21201));
    let stranger = NewCall { from: "+441632960999".to_owned(), ..call(ANN) };
    let (code, shown) = refused(&client.create_call(&stranger).await.unwrap_err());
    assert_eq!(code, Some(21210));
    assert!(shown.contains("+441...") && !shown.contains("960999") && !told.contains(TOKEN), "{shown}");
    assert!(client.call("CA0").await.unwrap_err().is_not_there());
    let wrong = Client::new(Settings::new(SID, "other").unwrap().at(desk.at.as_str()).unwrap()).unwrap();
    let (code, shown) = refused(&wrong.account().await.unwrap_err());
    assert_eq!((code, shown.as_str()), (Some(20003), "Twilio answers 401: Authenticate (20003)"));
    let key = Settings::new(SID, "other").unwrap().with_key(SID, TOKEN).at(desk.at.as_str()).unwrap();
    assert_eq!(Client::new(key).unwrap().account().await.unwrap().status, "active");
}

#[tokio::test]
async fn what_makes_something_is_asked_again_only_after_429() {
    let text = MessageText::new("Hello.").unwrap();
    let message = NewMessage { to: ANN.to_owned(), from: GROUP.to_owned(), text, told: None };
    // What Twilio answers before it would do it, how often it is asked, and whether it is done.
    for (answers, asked, done) in [
        (&[][..], 1, true),
        (&[(429, Some(0))], 2, true),
        (&[(429, Some(0)), (429, Some(0))], 3, true),
        (&[(429, Some(0)), (429, Some(0)), (429, Some(0))], 3, false),
        (&[(429, Some(3600))], 1, false),
        (&[(500, None)], 1, false),
        (&[(503, Some(0))], 1, false),
        (&[(429, Some(0)), (500, None)], 2, false),
    ] {
        let desk = Desk::open().await;
        answers.iter().for_each(|(status, retry_after)| desk.double.answers_next(*status, *retry_after));
        let sent = desk.client().send_message(&message).await;
        assert_eq!(sent.is_ok(), done, "{answers:?}: {sent:?}");
        assert_eq!(desk.double.asked(), vec!["POST Messages.json"; asked], "{answers:?}");
        assert_eq!(desk.double.messages().len(), usize::from(done), "{answers:?}");
    }
}

#[tokio::test]
async fn what_reads_or_deletes_is_asked_again() {
    for (answers, asked, done) in
        [(&[500][..], 2, true), (&[503, 429], 3, true), (&[500, 500, 500], 3, false), (&[404], 1, false)]
    {
        let desk = Desk::open().await;
        answers.iter().for_each(|status| desk.double.answers_next(*status, None));
        assert_eq!(desk.client().account().await.is_ok(), done, "{answers:?}");
        assert_eq!(desk.double.asked().len(), asked, "{answers:?}");
    }
    let desk = Desk::open().await;
    desk.double.answers_next(500, None);
    desk.client().delete_recording("RE0").await.unwrap();
    assert_eq!(desk.double.asked(), vec!["DELETE Recordings/RE0.json"; 2], "what is not there is deleted");
    desk.double.answers_next(429, Some(30));
    let busy = Err(RestError::Busy { retry_after: Duration::from_secs(30) });
    assert_eq!(desk.client().account().await, busy);
}

/// A client whose Twilio takes requests and never answers, and how many came.
async fn silent(hangs_up: bool) -> (Client, Arc<AtomicUsize>) {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let settings = Settings::new(SID, TOKEN).unwrap().at(&format!("http://{}", listener.local_addr().unwrap()));
    let came = Arc::new(AtomicUsize::new(0));
    let counted = came.clone();
    tokio::spawn(async move {
        let mut open = Vec::new();
        while let Ok((mut connection, _)) = listener.accept().await {
            let read = connection.read(&mut [0; 4096]).await.unwrap();
            counted.fetch_add(usize::from(read > 0), Ordering::Relaxed);
            if !hangs_up {
                open.push(connection);
            }
        }
    });
    (Client::new(settings.unwrap().with_patience(Duration::from_millis(100))).unwrap(), came)
}

#[tokio::test]
async fn silence_is_told_and_no_call_is_made_twice() {
    for hangs_up in [true, false] {
        let (client, came) = silent(hangs_up).await;
        let error = client.create_call(&call(ANN)).await.unwrap_err();
        assert!(matches!(error, RestError::Silent { .. }), "{error}");
        assert_eq!(came.load(Ordering::Relaxed), 1);
        assert!(!error.to_string().contains(TOKEN) && !format!("{error:?} {client:?}").contains(TOKEN));
        let error = client.account().await.unwrap_err();
        assert!(matches!(error, RestError::Silent { .. }), "{error}");
        assert_eq!(came.load(Ordering::Relaxed), 4);
    }
}

#[tokio::test]
async fn recordings_are_fetched_and_deleted() {
    let desk = Desk::open().await;
    let (client, record) = (desk.client(), Record { told: Some(url("/recording")), ..Record::new(url("/recorded")) });
    desk.answers("/voice", &CallResponse::new().with(record).to_xml()).answers("/recorded", "<Response/>");
    let audio: Vec<u8> = (0..=u8::MAX).cycle().take(2_000_000).collect();
    desk.double.calls(CALLER, GROUP).await.unwrap().leaves_message(&audio, 125).await.unwrap();
    let sid = desk.told("/recording")[0].recording.clone().unwrap().sid.unwrap();
    assert!(client.recording(&sid).await.unwrap() == audio, "it came as it was");
    client.delete_recording(&sid).await.unwrap();
    assert!(client.recording(&sid).await.unwrap_err().is_not_there());
    client.delete_recording(&sid).await.unwrap();
    desk.no_faults();
}

#[tokio::test]
async fn a_number_is_looked_at_and_set() {
    let desk = Desk::open().await;
    let client = desk.client();
    let account = client.account().await.unwrap();
    assert_eq!((account.sid.as_str(), account.status.as_str()), (SID, "active"));
    let number = client.number(GROUP).await.unwrap().unwrap();
    assert_eq!((number.voice_url.as_str(), number.number.as_str()), (url("/voice").as_str(), GROUP));
    // The beginning of a number is another one.
    assert_eq!(client.number(&GROUP[..8]).await.unwrap(), None);
    assert_eq!(client.number(ANN).await.unwrap(), None);
    let change = NumberChange { voice_url: Some(url("/other?x=1&y=+")), ..NumberChange::default() };
    client.change_number(&number.sid, &change).await.unwrap();
    let changed = client.number(GROUP).await.unwrap().unwrap();
    assert_eq!(
        (changed.voice_url, changed.voice_fallback_url),
        (url("/other?x=1&y=+").to_string(), number.voice_fallback_url)
    );
}
