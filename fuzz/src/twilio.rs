//! What fuzzing feeds to what Twilio says and is told: it panics where that does, or where what comes of it is not as it must be.

use roxmltree::Document;
use twilio::form::Form;
use twilio::twiml::{CallResponse, Dial, Gather, Hangup, Joined, Number, Numbers, Prompt, Record, Redirect, Say};
use twilio::webhook::Webhook;
use url::Url;

/// Builds a document of texts from outside: it has just the verbs that were put in, and says just what was to be said.
pub(crate) fn twiml(data: &[u8]) {
    let text = String::from_utf8_lossy(data);
    let mut parts = text.split('\u{1}');
    let mut part = || parts.next().unwrap_or_default();
    let Ok(mut url) = Url::parse("https://tollgate.example/webhooks/twilio/") else { return };
    let (said, prompt, number, caller) = (part(), part(), part(), part());
    url.query_pairs_mut().append_pair("call", part());
    let say = |text: &str| Say { voice: Some(caller.to_owned()), ..Say::new(text) };
    let Ok(numbers) = Numbers::new(vec![Number { screening: Some(url.clone()), ..Number::new(number) }]) else {
        return;
    };
    let dial = Dial { caller: Some(caller.to_owned()), ..Dial::new(Joined::Numbers(numbers), url.clone()) };
    let gather = Gather { prompts: vec![Prompt::Say(say(prompt))], ..Gather::new(url.clone()) };
    let response = CallResponse::new().with(say(said)).with(gather).with(dial).with(Record::new(url.clone()));
    let xml = response.with(Redirect { url }).with(Hangup).to_xml();
    let document = Document::parse(&xml).unwrap_or_else(|error| panic!("{error}: {xml}"));
    let elements = document.descendants().filter(roxmltree::Node::is_element);
    let mut verbs: Vec<&str> = elements.map(|element| element.tag_name().name()).collect();
    let mut expected = vec!["Response", "Say", "Gather", "Say", "Dial", "Number", "Record", "Redirect", "Hangup"];
    // What has nothing to say is left out.
    while verbs.len() < expected.len() && verbs.iter().filter(|verb| **verb == "Say").count() < 2 {
        verbs.push("Say");
    }
    verbs.sort_unstable();
    expected.sort_unstable();
    assert_eq!(verbs, expected, "{xml}");
    assert!(document.descendants().all(|node| !node.is_comment() && !node.is_pi()), "{xml}");
}

/// Reads a webhook: what was written is read as it was, whatever it holds.
pub(crate) fn twilio_webhooks(data: &[u8]) {
    let Ok(form) = Form::read(data) else { return };
    let _ = Webhook::of(&form, std::str::from_utf8(data).ok());
    let written = form.to_body();
    if let Ok(again) = Form::read(written.as_bytes()) {
        assert_eq!(again, form);
    }
}
