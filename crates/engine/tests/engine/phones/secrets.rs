//! Secrets and tokens: who makes them, and what is kept of them.

use engine::lines::phones::{self, PhoneError};
use engine::lines::{self, LineError};
use engine::{ChangeKind, Role};
use serde_json::json;

use super::{OFFICE, demo, line, register, secret, token};
use crate::messages::{as_agent, as_customer, as_staff};
use crate::world::{BEGIN, World, at, on_both};

#[tokio::test]
async fn the_secret_of_a_phone_is_shown_once_and_replaced() {
    on_both(async |world: World| {
        let line = line(&world, "0001").await;
        assert_eq!(line.phone.secret_made_at, None);
        let mut heard = world.engine.changes();
        let first = secret(&world, &line).await.unwrap();
        assert!(first.starts_with("tph_") && first.len() == 68, "{}", first.len());
        let hint = heard.try_recv().unwrap();
        assert_eq!((hint.kind, hint.kind.name(), &hint.id), (ChangeKind::Line, "line", &line.id));
        assert_eq!(hint.customer.as_ref(), Some(&line.customer));
        let shown = lines::get(&mut world.view().await, &line.id).await.unwrap();
        assert_eq!((shown.phone.secret_made_at, shown.phone.open, shown.version), (Some(at(BEGIN)), false, 1));
        assert!(register(&world, Some("0001"), Some(&first), OFFICE).await.is_ok());
        let second = secret(&world, &line).await.unwrap();
        assert_ne!(first, second);
        for (token, opens) in [(&first, false), (&second, true)] {
            assert_eq!(register(&world, Some("0001"), Some(token), OFFICE).await.is_ok(), opens);
        }
        world.run(async |work| phones::take_secret(work, &line.id).await).await.unwrap();
        world.run(async |work| phones::take_secret(work, &line.id).await).await.unwrap();
        assert!(register(&world, Some("0001"), Some(&second), OFFICE).await.is_err());
        let shown = lines::get(&mut world.view().await, &line.id).await.unwrap();
        assert_eq!(shown, line, "nothing is left of it");
        // The trail says that there were secrets, and none of them.
        let trail = world.changes(&line.id).await;
        assert_eq!(trail.iter().filter(|change| change.action == "line.phone_secret").count(), 3);
        for kept in [format!("{trail:?}"), format!("{shown:?}")] {
            assert!(!kept.contains(&first[4..]) && !kept.contains(&second[4..]), "{kept}");
        }
    })
    .await;
}

#[tokio::test]
async fn a_token_lets_a_phone_register_for_ten_minutes() {
    on_both(async |world: World| {
        let (line, other) = (line(&world, "0001").await, line(&world, "0002").await);
        let own = token(&world, &line).await.unwrap();
        assert!(own.starts_with("tpt_"));
        for (now, opens) in [
            (BEGIN, true),
            ("2026-03-02T09:05:00Z", true),
            ("2026-03-02T09:09:59.999Z", true),
            ("2026-03-02T09:10:00Z", false),
        ] {
            world.clock.move_to(at(now));
            assert_eq!(register(&world, Some("0001"), Some(&own), OFFICE).await.is_ok(), opens, "{now}");
        }
        // A second one does not end the first, and neither is the secret or another line's.
        let (first, second) = (token(&world, &line).await.unwrap(), token(&world, &line).await.unwrap());
        let fixed = secret(&world, &line).await.unwrap();
        for token in [&first, &second, &fixed] {
            assert!(register(&world, Some("0001"), Some(token), OFFICE).await.is_ok());
            let refused = register(&world, Some("0002"), Some(token), OFFICE).await.unwrap_err();
            assert_eq!(refused.to_string(), "Invalid phone secret");
        }
        assert!(register(&world, Some("0002"), Some(&token(&world, &other).await.unwrap()), OFFICE).await.is_ok());
    })
    .await;
}

#[tokio::test]
async fn who_makes_a_phone_register() {
    on_both(async |world: World| {
        let (own, foreign) = (line(&world, "0001").await, line(&world, "+441632960002").await);
        let holder = as_customer(&world, &own.customer);
        assert!(secret(&holder, &own).await.is_ok() && token(&holder, &own).await.is_ok());
        let is_not_there =
            |outcome: Result<String, PhoneError>| matches!(outcome, Err(PhoneError::Line(LineError::NotFound(_))));
        assert!(is_not_there(secret(&holder, &foreign).await) && is_not_there(token(&holder, &foreign).await));
        let neighbour = world.neighbour().await;
        assert!(is_not_there(secret(&neighbour, &own).await) && is_not_there(token(&neighbour, &own).await));
        assert!(token(&as_staff(&world, Role::Clerk), &foreign).await.is_ok());
        // An agent has the line whose number is one of its phones, however it is written there.
        let details = json!({"phones": ["01632 960002"], "prices": {}}).to_string();
        let details = domain::invalid::parse::<engine::agents::DetailsDocument>(details.as_bytes()).unwrap();
        let details = details.check().unwrap();
        let agent = world.run(async |work| engine::agents::create(work, "Iris".into(), details).await).await.unwrap();
        let desk = as_agent(&world, &agent.id);
        assert!(token(&desk, &foreign).await.is_ok());
        assert!(is_not_there(token(&desk, &own).await) && is_not_there(secret(&desk, &foreign).await));
    })
    .await;
}

#[tokio::test]
async fn the_phone_of_a_closed_line_gets_nothing() {
    on_both(async |world: World| {
        let line = line(&world, "0001").await;
        let (secret_before, token_before) = (secret(&world, &line).await.unwrap(), token(&world, &line).await.unwrap());
        let closed = world.run(async |work| lines::close(work, &line.id, 1).await).await.unwrap();
        assert_eq!(closed.phone.secret_made_at, None);
        assert_eq!(lines::get(&mut world.view().await, &line.id).await.unwrap(), closed);
        for outcome in [secret(&world, &line).await, token(&world, &line).await] {
            assert!(matches!(outcome, Err(PhoneError::Line(LineError::Closed(_)))));
        }
        for token in [&secret_before, &token_before] {
            let refused = register(&world, Some("0001"), Some(token), OFFICE).await.unwrap_err();
            assert_eq!(refused.to_string(), "Invalid phone number");
        }
    })
    .await;
}

#[tokio::test]
async fn only_the_demos_lines_are_open() {
    on_both(async |world: World| {
        let demo = demo(&world, 3).await;
        let (real, open) = (line(&world, "0001").await, line(&demo, "0001").await);
        let refused = world.run(async |work| phones::open_in_demo(work, &real.id).await).await;
        assert!(matches!(refused, Err(PhoneError::NotDemo(1))), "{refused:?}");
        demo.run(async |work| phones::open_in_demo(work, &open.id).await).await.unwrap();
        let shown = lines::get(&mut demo.view().await, &open.id).await.unwrap();
        assert!(shown.phone.open && !lines::get(&mut world.view().await, &real.id).await.unwrap().phone.open);
        // It keeps being so with a secret, and without.
        secret(&demo, &open).await.unwrap();
        demo.run(async |work| phones::take_secret(work, &open.id).await).await.unwrap();
        assert!(lines::get(&mut demo.view().await, &open.id).await.unwrap().phone.open);
    })
    .await;
}
