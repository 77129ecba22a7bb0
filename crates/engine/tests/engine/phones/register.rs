//! The registration of a phone.

use engine::billing::Reason;
use engine::lines;
use engine::lines::phones::{RegisterError, open_in_demo};
use serde_json::json;

use super::{OFFICE, OWN, demo, line, register, secret};
use crate::world::{World, at, on_both};

#[tokio::test]
async fn a_phone_registers_with_its_number_and_secret() {
    on_both(async |world: World| {
        let (short, long) = (line(&world, "0001").await, line(&world, "+441632960002").await);
        let (of_short, of_long) = (secret(&world, &short).await.unwrap(), secret(&world, &long).await.unwrap());
        for (number, token, line) in [
            ("0001", &of_short, &short),
            (" 00-01 ", &of_short, &short),
            ("+441632960002", &of_long, &long),
            ("01632 960002", &of_long, &long),
        ] {
            let phone = register(&world, Some(number), Some(token), OFFICE).await.unwrap();
            assert_eq!((phone.tenant, &phone.line, &phone.number), (1, &line.id, &line.number), "{number}");
            assert_eq!(phone.customer, line.customer);
            let actor = phone.actor();
            assert_eq!((actor.tenant, actor.name.as_str()), (1, format!("phone:{}", line.id).as_str()));
            assert!(actor.reach.customer(&line.customer) && !actor.reach.is_whole());
        }
        // A suspended line has its phone register all the same: for emergency numbers.
        world.run(async |work| lines::suspend(work, &short.id, Reason::Manual, None).await).await.unwrap();
        assert!(register(&world, Some("0001"), Some(&of_short), OFFICE).await.is_ok());
    })
    .await;
}

#[tokio::test]
async fn phones_that_do_not_register() {
    on_both(async |world: World| {
        let (first, second) = (line(&world, "0001").await, line(&world, "0002").await);
        let neighbour = world.neighbour().await;
        let theirs = secret(&neighbour, &line(&neighbour, "0003").await).await.unwrap();
        let (own, other) = (secret(&world, &first).await.unwrap(), secret(&world, &second).await.unwrap());
        let long = "1".repeat(100_000);
        for (number, token, reason) in [
            (None, Some(own.as_str()), "No phone number provided"),
            (Some(""), Some(&own), "No phone number provided"),
            (Some("  "), None, "No phone number provided"),
            (Some("0009"), Some(&own), "Invalid phone number"),
            (Some("0009"), None, "Invalid phone number"),
            (Some("abc"), Some(&own), "Invalid phone number"),
            (Some("abc"), Some("tph_1"), "Invalid phone number"),
            (Some("0001\0"), Some(&own), "Invalid phone number"),
            (Some("0001\0"), None, "Invalid phone number"),
            (Some("'; DROP TABLE phones"), None, "Invalid phone number"),
            (Some(&long), Some(&own), "Invalid phone number"),
            (Some(&long), None, "Invalid phone number"),
            (Some("9911"), Some(&own), "Invalid phone number"),
            (Some("0001"), None, "Invalid phone secret"),
            (Some("0001"), Some(""), "Invalid phone secret"),
            (Some("0001"), Some("tph_1"), "Invalid phone secret"),
            (Some("0001"), Some("\0"), "Invalid phone secret"),
            (Some("0001"), Some(&long), "Invalid phone secret"),
            (Some("0001"), Some(&other), "Invalid phone secret"),
            (Some("0002"), Some(&own), "Invalid phone secret"),
            // Another tenant's secret opens nothing here; its own number is not to be found by ours.
            (Some("0001"), Some(&theirs), "Invalid phone number"),
            (Some("0003"), Some(&own), "Invalid phone number"),
            (Some("0003"), None, "Invalid phone secret"),
        ] {
            for peer in [OFFICE, OWN] {
                let refused = register(&world, number, token, peer).await.unwrap_err();
                assert_eq!(refused.to_string(), reason, "{number:?}");
            }
        }
        assert!(register(&world, Some("0001"), Some(&own), OFFICE).await.is_ok());
    })
    .await;
}

#[tokio::test]
async fn the_number_is_read_by_the_dial_plan_of_the_secrets_tenant() {
    on_both(async |world: World| {
        let neighbour = world.neighbour().await;
        neighbour
            .settings(|settings| {
                let plan = json!({"country": "1", "international_prefixes": ["011"], "trunk_prefix": "",
                    "national_lengths": [10]});
                settings.dial_plan = serde_json::from_value(plan).unwrap();
            })
            .await;
        let (here, there) = (line(&world, "+442079460018").await, line(&neighbour, "+12079460018").await);
        let (of_here, of_there) = (secret(&world, &here).await.unwrap(), secret(&neighbour, &there).await.unwrap());
        for (number, token, line) in [
            ("020 7946 0018", &of_here, Some(&here)),
            ("207-946-0018", &of_there, Some(&there)),
            ("207-946-0018", &of_here, Some(&here)),
            ("020 7946 0018", &of_there, None),
        ] {
            let found = register(&world, Some(number), Some(token), OFFICE).await.ok().map(|phone| phone.line);
            assert_eq!(found.as_ref(), line.map(|line| &line.id), "{number}");
        }
    })
    .await;
}

#[tokio::test]
async fn an_open_line_registers_without_a_secret_from_the_machine_itself() {
    on_both(async |world: World| {
        let demo = demo(&world, 3).await;
        line(&world, "0001").await;
        let (open, shut) = (line(&demo, "0001").await, line(&demo, "0002").await);
        demo.run(async |work| open_in_demo(work, &open.id).await).await.unwrap();
        for (number, token, peer, registers) in [
            ("0001", None, "127.0.0.1", true),
            ("0001", Some(""), "127.8.9.10", true),
            ("0001", None, "::1", true),
            ("0001", None, "::ffff:127.0.0.1", true),
            ("0001", None, OFFICE, false),
            ("0001", None, "192.168.0.1", false),
            ("0001", None, "::ffff:203.0.113.7", false),
            ("0001", Some("tph_1"), "127.0.0.1", false),
            ("0002", None, "127.0.0.1", false),
        ] {
            let outcome = register(&world, Some(number), token, peer).await;
            assert_eq!(outcome.is_ok(), registers, "{number} {token:?} {peer}: {outcome:?}");
            if let Ok(phone) = outcome {
                assert_eq!((phone.tenant, &phone.line), (3, &open.id));
            }
        }
        assert!(register(&world, Some("0002"), Some(&secret(&demo, &shut).await.unwrap()), OFFICE).await.is_ok());
        // A number that two demos have open is nobody's in particular.
        let second = super::demo(&world, 4).await;
        let twin = line(&second, "0001").await;
        second.run(async |work| open_in_demo(work, &twin.id).await).await.unwrap();
        assert!(register(&world, Some("0001"), None, OWN).await.is_err());
    })
    .await;
}

#[tokio::test]
async fn wrong_secrets_are_limited_and_lock_out_nobody_elsewhere() {
    on_both(async |world: World| {
        let line = line(&world, "0001").await;
        let own = secret(&world, &line).await.unwrap();
        let wrong =
            async |number: &str, peer: &str| register(&world, Some(number), Some("tph_1"), peer).await.unwrap_err();
        for _ in 0..10 {
            assert!(matches!(wrong("0001", OFFICE).await, RegisterError::InvalidSecret));
        }
        for peer in [OFFICE, "203.0.113.200", "::ffff:203.0.113.7"] {
            let refused = wrong("0001", peer).await;
            assert!(matches!(refused, RegisterError::TooMany { retry_after_seconds: 900 }), "{peer}: {refused:?}");
            let right = register(&world, Some("0001"), Some(&own), peer).await;
            assert!(right.is_ok(), "wrong ones lock the right phone out: {right:?}");
        }
        assert!(register(&world, Some("0001"), Some(&own), "198.51.100.1").await.is_ok());
        // Whoever goes through the numbers is stopped, too: a hundred wrong ones from one network.
        for number in 100..190 {
            assert!(matches!(wrong(&number.to_string(), OFFICE).await, RegisterError::InvalidNumber), "{number}");
        }
        assert!(matches!(wrong("0190", OFFICE).await, RegisterError::TooMany { .. }));
        assert!(matches!(wrong("0190", "198.51.100.1").await, RegisterError::InvalidNumber));
        world.clock.move_to(at("2026-03-02T09:15:00Z"));
        assert!(matches!(wrong("0001", OFFICE).await, RegisterError::InvalidSecret));
    })
    .await;
}

#[tokio::test]
async fn an_office_whose_phones_come_back_all_at_once_is_let_in() {
    on_both(async |world: World| {
        let line = line(&world, "0001").await;
        let own = secret(&world, &line).await.unwrap();
        let phones = (0..150).map(|_| register(&world, Some("0001"), Some(&own), OFFICE));
        let outcomes = futures::future::join_all(phones).await;
        assert_eq!(outcomes.iter().filter(|outcome| outcome.is_ok()).count(), 150);
    })
    .await;
}
