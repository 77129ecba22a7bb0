//! Filters, forwarding and voicemail, and what a call reads of a line.

use domain::dial_plan::Number;
use domain::screening::{Filters, PhoneRules, Voicemail};
use engine::ChangeKind;
use engine::billing::Reason;
use engine::lines::{self, ForwardingTo, Line, LineError, LineFilter, blocking, phones};
use serde_json::json;

use super::line;
use crate::messages::as_customer;
use crate::world::{World, on_both};

fn number(text: &str) -> Number {
    Number::read(text).unwrap()
}

async fn forward(by: &World, line: &Line, busy: &str, version: i64) -> Result<Line, LineError> {
    let to = ForwardingTo { busy: Some(busy.to_owned()), ..ForwardingTo::default() };
    by.run(async |work| lines::set_forwarding(work, &line.id, to, version).await).await
}

async fn filter(by: &World, line: &Line, filters: serde_json::Value, version: i64) -> Result<Line, LineError> {
    let filters: Filters = serde_json::from_value(filters).unwrap();
    by.run(async |work| lines::set_filters(work, &line.id, filters, version).await).await
}

#[tokio::test]
async fn a_line_has_filters_and_forwarding() {
    on_both(async |world: World| {
        let line = line(&world, "0001").await;
        let own = as_customer(&world, &line.customer);
        let filters = json!({"in": [{"deny": "+*"}], "out": [{"allow": "00??"}, {"deny": "*"}]});
        let filtered = filter(&own, &line, filters.clone(), 1).await.unwrap();
        assert_eq!((serde_json::to_value(&filtered.filters).unwrap(), filtered.version), (filters, 2));
        let to = ForwardingTo { busy: Some("00 02".into()), no_answer: Some("01632 960001".into()), always: None };
        let forwarded = own.run(async |work| lines::set_forwarding(work, &line.id, to, 2).await).await.unwrap();
        let told = json!({"always": null, "busy": "0002", "no_answer": "+441632960001"});
        assert_eq!(serde_json::to_value(&forwarded.forwarding).unwrap(), told);
        assert_eq!((&forwarded.filters, forwarded.version), (&filtered.filters, 3));
        assert_eq!(lines::get(&mut world.view().await, &line.id).await.unwrap(), forwarded);
        // Another change of the line leaves them.
        let limited = world.run(async |work| lines::set_calls_at_once(work, &line.id, Some(3), 3).await).await.unwrap();
        assert_eq!((&limited.filters, &limited.forwarding), (&forwarded.filters, &forwarded.forwarding));
        let listed = lines::page(&mut world.view().await, LineFilter::default(), 10).await.unwrap();
        assert_eq!(listed, [limited]);
        let actions: Vec<String> = world.changes(&line.id).await.into_iter().map(|change| change.action).collect();
        assert_eq!(actions, ["line.limit", "line.forward", "line.filter", "line.open"]);
    })
    .await;
}

#[tokio::test]
async fn a_line_takes_messages_or_none() {
    on_both(async |world: World| {
        let (foreign, line) = (line(&world, "0002").await, line(&world, "0001").await);
        let own = as_customer(&world, &line.customer);
        let set = async |by: &World, line: &Line, enabled: bool, version: i64| {
            by.run(async |work| lines::set_voicemail(work, &line.id, Voicemail { enabled }, version).await).await
        };
        let takes = async || {
            let read = phones::of_number(&mut world.view().await, &number("0001")).await.unwrap().unwrap();
            read.rules.voicemail.enabled
        };
        assert!(!line.voicemail.enabled && !takes().await, "a new line takes none");
        let taking = set(&own, &line, true, 1).await.unwrap();
        assert!(taking.voicemail.enabled && takes().await);
        let forwarded = forward(&own, &line, "0002", 2).await.unwrap();
        assert!(forwarded.voicemail.enabled && takes().await, "another change leaves it");
        assert!(matches!(set(&own, &line, false, 2).await, Err(LineError::Changed { current: 3 })));
        assert!(matches!(set(&own, &foreign, true, 1).await, Err(LineError::NotFound(_))));
        assert_eq!(set(&own, &line, false, 3).await.unwrap().forwarding, forwarded.forwarding);
        assert!(!takes().await);
        let actions: Vec<String> = world.changes(&line.id).await.into_iter().map(|change| change.action).collect();
        assert_eq!(actions, ["line.voicemail", "line.forward", "line.voicemail", "line.open"]);
    })
    .await;
}

#[tokio::test]
async fn rules_that_are_refused() {
    on_both(async |world: World| {
        let (own, foreign) = (line(&world, "+441632960001").await, line(&world, "0002").await);
        for (to, reason) in [
            ("+441632960001", "/busy: is the line's own number"),
            ("01632 960001", "/busy: is the line's own number"),
            ("9911", "/busy: 9911 is an emergency number"),
            ("", "/busy: a number has digits"),
            ("abc", "/busy"),
            ("0002\0", "/busy"),
        ] {
            let refused = forward(&world, &own, to, 1).await.unwrap_err().to_string();
            assert!(refused.starts_with(reason), "{to:?}: {refused}");
        }
        let stranger = as_customer(&world, &own.customer);
        assert!(matches!(forward(&stranger, &foreign, "0003", 1).await, Err(LineError::NotFound(_))));
        assert!(matches!(filter(&stranger, &foreign, json!({}), 1).await, Err(LineError::NotFound(_))));
        assert!(matches!(forward(&world, &own, "0002", 2).await, Err(LineError::Changed { current: 1 })));
        assert!(matches!(filter(&world, &own, json!({}), 2).await, Err(LineError::Changed { current: 1 })));
        let untouched = lines::get(&mut world.view().await, &own.id).await.unwrap();
        assert_eq!((untouched.version, untouched.forwarding.is_none()), (1, true));
        world.run(async |work| lines::close(work, &own.id, 1).await).await.unwrap();
        assert!(matches!(forward(&world, &own, "0002", 2).await, Err(LineError::Closed(_))));
    })
    .await;
}

#[tokio::test]
async fn a_call_reads_all_of_a_line_at_once() {
    on_both(async |world: World| {
        let line = line(&world, "0001").await;
        let plain = phones::of_number(&mut world.view().await, &number("0001")).await.unwrap().unwrap();
        assert_eq!((&plain.line, &plain.number, &plain.customer), (&line.id, &number("0001"), &line.customer));
        assert_eq!((plain.suspended, plain.open, &plain.rules), (false, false, &PhoneRules::default()));
        world.run(async |work| blocking::add(work, &line.id, "0007").await).await.unwrap();
        filter(&world, &line, json!({"out": [{"deny": "+*"}]}), 1).await.unwrap();
        forward(&world, &line, "0002", 2).await.unwrap();
        world.run(async |work| lines::suspend(work, &line.id, Reason::Manual, None).await).await.unwrap();
        // Whoever connects calls knows of both lines: also for a phone that reaches one of them.
        let stranger = as_customer(&world, "cus_none");
        let read = phones::of_id(&mut stranger.view().await, &line.id).await.unwrap().unwrap();
        assert!(read.suspended && read.rules.blocked.contains(&number("0007")));
        assert!(!read.rules.filter_out.allows(&number("+441632960001")) && read.rules.filter_in.is_empty());
        assert_eq!(read.rules.forwarding.busy, Some(number("0002")));
        assert_eq!(phones::of_number(&mut world.view().await, &number("0001")).await.unwrap(), Some(read));
        for (world, text) in [(&world, "0009"), (&world.neighbour().await, "0001")] {
            assert_eq!(phones::of_number(&mut world.view().await, &number(text)).await.unwrap(), None);
            assert_eq!(phones::of_id(&mut world.view().await, text).await.unwrap(), None);
        }
        world.run(async |work| lines::close(work, &line.id, 3).await).await.unwrap();
        assert_eq!(phones::of_number(&mut world.view().await, &number("0001")).await.unwrap(), None);
        assert_eq!(phones::of_id(&mut world.view().await, &line.id).await.unwrap(), None);
    })
    .await;
}

#[tokio::test]
async fn listeners_hear_of_what_becomes_of_a_line() {
    on_both(async |world: World| {
        let line = line(&world, "0001").await;
        let mut heard = world.engine.changes();
        let mut hears = || {
            let hints: Vec<_> = std::iter::from_fn(|| heard.try_recv().ok()).collect();
            let is_of_line = |hint: &&engine::Change| hint.kind == ChangeKind::Line;
            hints.iter().filter(is_of_line).map(|hint| (hint.id.clone(), hint.customer.clone())).collect::<Vec<_>>()
        };
        let told = [(line.id.clone(), Some(line.customer.clone()))];
        world.run(async |work| lines::suspend(work, &line.id, Reason::Fraud, None).await).await.unwrap();
        assert_eq!(hears(), told, "suspended");
        world.run(async |work| lines::suspend(work, &line.id, Reason::Fraud, None).await).await.unwrap();
        assert_eq!(hears(), [], "suspended again");
        world.run(async |work| lines::lift(work, &line.id, Reason::Fraud).await).await.unwrap();
        assert_eq!(hears(), told, "lifted");
        filter(&world, &line, json!({"in": [{"deny": "*"}]}), 1).await.unwrap();
        assert_eq!(hears(), told, "filtered");
        assert!(forward(&world, &line, "0002", 1).await.is_err());
        assert_eq!(hears(), [], "refused");
        forward(&world, &line, "0002", 2).await.unwrap();
        assert_eq!(hears(), told, "forwarded");
        world.run(async |work| lines::close(work, &line.id, 3).await).await.unwrap();
        assert_eq!(hears(), told, "closed");
    })
    .await;
}
