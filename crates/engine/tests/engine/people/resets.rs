use std::sync::Arc;

use engine::jobs::{JobState, Runner};
use engine::people::letters::{LETTERS, Post};
use engine::people::resets::{self, ResetError};
use engine::people::users::{self, NewUser};
use engine::people::{PublicUrl, Secret};
use engine::{Role, StorageError};
use futures::future::join_all;

use crate::people::post::{Desk, Words};
use crate::people::{HOUR, MINUTE, OTHER, PASSWORD, client, home, password, program};
use crate::world::{World, on_both};

async fn request(world: &World, asked: &str) {
    resets::request(&world.engine, asked, &home()).await.unwrap();
}

#[tokio::test]
async fn a_reset_goes_to_the_stored_address_alone_and_is_used_once_by_fifty() {
    on_both(async |world: World| {
        let user = world.member("robin", Role::Clerk).await;
        let desk = Desk::of(&world);
        let (one, two) = (world.signed_in("robin").await, world.signed_in("robin").await);
        for asked in ["nobody", "nobody@example.org", "", "robin@mail.example.org,evil@example.org", "a\r\nBcc: b@c.d"]
        {
            request(&world, asked).await;
        }
        assert_eq!(desk.delivered().await, []);
        request(&world, " Robin ").await;
        let mails = desk.delivered().await;
        assert_eq!(mails.len(), 1);
        assert_eq!(mails[0].to.address, "robin@mail.example.org");
        assert!(mails[0].text.contains("https://tollgate.example.org/reset/tgt_"), "{}", mails[0].text);
        let secret = desk.secret(&mails[0]);
        resets::check(&world.engine, &secret).await.unwrap();
        assert!(world.who(&one).await.is_some(), "asking changes nothing");
        let weak = resets::confirm(&world.engine, &secret, password("password123")).await;
        assert!(matches!(weak, Err(ResetError::Invalid(_))), "{weak:?}");
        let tries = (0..50).map(|_| resets::confirm(&world.engine, &secret, password(OTHER)));
        let outcomes = join_all(tries).await;
        assert_eq!(outcomes.iter().filter(|outcome| outcome.is_ok()).count(), 1);
        assert!(outcomes.iter().flat_map(Result::as_ref).all(|changed| changed.id == user.id));
        assert!(outcomes.iter().all(|outcome| matches!(outcome, Ok(_) | Err(ResetError::NotValid))));
        assert!(world.who(&one).await.is_none() && world.who(&two).await.is_none(), "all sessions end");
        assert!(world.enter("robin", PASSWORD, &home()).await.is_err());
        world.enter("robin", OTHER, &home()).await.unwrap();
    })
    .await;
}

#[tokio::test]
async fn a_link_that_is_tried_ten_times_rests_for_a_quarter_of_an_hour() {
    on_both(async |world: World| {
        let user = world.member("robin", Role::Clerk).await;
        let program = world.acting(program());
        let link = program.run(async |work| resets::ticket(work, &user.id).await).await.unwrap();
        assert_eq!(world.changes(&user.id).await[0].action, "user.reset_link");
        let confirm = async |text: &str| resets::confirm(&world.engine, &link, password(text)).await;
        for _ in 0..10 {
            assert!(matches!(confirm("password123").await, Err(ResetError::Invalid(_))));
        }
        assert!(matches!(confirm(OTHER).await, Err(ResetError::NotValid)));
        world.pass(15 * MINUTE);
        confirm(OTHER).await.unwrap();
    })
    .await;
}

#[tokio::test]
async fn a_link_lasts_an_hour_and_until_the_next_one() {
    on_both(async |world: World| {
        world.user("robin").await;
        let desk = Desk::of(&world);
        request(&world, "ROBIN@mail.example.org").await;
        let first = desk.secret(&desk.delivered().await[0]);
        request(&world, "robin").await;
        let second = desk.secret(&desk.delivered().await[0]);
        assert!(matches!(resets::check(&world.engine, &first).await, Err(ResetError::NotValid)));
        world.pass(HOUR - MINUTE);
        resets::check(&world.engine, &second).await.unwrap();
        world.pass(MINUTE);
        let hashed = world.engine.hashing().done;
        for wrong in [&second, &Secret::new(""), &Secret::new("tgt_1")] {
            let late = resets::confirm(&world.engine, wrong, password(OTHER)).await;
            assert!(matches!(late, Err(ResetError::NotValid)));
        }
        assert_eq!(world.engine.hashing().done, hashed, "nothing is hashed for a link that opens nothing");
    })
    .await;
}

#[tokio::test]
async fn three_an_hour_are_mailed_to_a_user_and_ten_asked_for_from_a_network() {
    on_both(async |world: World| {
        world.user("robin").await;
        let desk = Desk::of(&world);
        for n in 1..=10 {
            request(&world, "robin").await;
            assert_eq!(desk.delivered().await.len(), usize::from(n <= 3), "{n}");
        }
        let refused = resets::request(&world.engine, "robin", &client("192.0.2.200")).await;
        assert!(matches!(refused, Err(ResetError::TooMany { .. })), "{refused:?}");
        for _ in 0..3 {
            resets::request(&world.engine, "robin", &client("198.51.100.1")).await.unwrap();
        }
        assert_eq!(desk.delivered().await, [], "three were made within the hour");
        world.pass(HOUR);
        request(&world, "robin").await;
        assert_eq!(desk.delivered().await.len(), 1);
    })
    .await;
}

#[tokio::test]
async fn a_mail_that_is_written_again_has_another_link() {
    on_both(async |world: World| {
        world.user("robin").await;
        let desk = Desk::of(&world);
        desk.fail_next();
        request(&world, "robin").await;
        let lost = desk.secret(&desk.delivered().await[0]);
        world.pass(2 * MINUTE);
        let again = desk.delivered().await;
        assert_eq!(again.len(), 1);
        assert!(matches!(resets::check(&world.engine, &lost).await, Err(ResetError::NotValid)));
        resets::check(&world.engine, &desk.secret(&again[0])).await.unwrap();
        let kept = engine::jobs::page(&mut world.acting(program()).view().await, None, None, 50).await.unwrap();
        assert!(!kept.is_empty() && kept.iter().all(|job| !job.payload.contains("tgt_")), "no secret is at rest");
    })
    .await;
}

#[tokio::test]
async fn who_is_disabled_or_has_changed_the_password_has_no_link_any_more() {
    on_both(async |world: World| {
        world.member("boss", Role::Owner).await;
        let user = world.member("robin", Role::Clerk).await;
        let by_hand = async || {
            let ticket = world.acting(program()).run(async |work| resets::ticket(work, &user.id).await).await;
            ticket.unwrap()
        };
        let link = by_hand().await;
        let who = world.who(&world.signed_in("robin").await).await.unwrap();
        users::change_password(&world.engine, &who, password(PASSWORD), password(OTHER)).await.unwrap();
        assert!(matches!(resets::check(&world.engine, &link).await, Err(ResetError::NotValid)));
        let link = by_hand().await;
        world.run(async |work| users::disable(work, &user.id).await).await.unwrap();
        assert!(matches!(resets::confirm(&world.engine, &link, password(PASSWORD)).await, Err(ResetError::NotValid)));
        let desk = Desk::of(&world);
        request(&world, "robin").await;
        assert_eq!(desk.delivered().await, []);
        let none = world.acting(program()).run(async |work| resets::ticket(work, "usr_0").await).await;
        assert!(matches!(none, Err(ResetError::NotFound(_))));
    })
    .await;
}

#[tokio::test]
async fn what_ended_is_forgotten_after_thirty_days() {
    on_both(async |world: World| {
        world.member("robin", Role::Clerk).await;
        let desk = Desk::of(&world);
        request(&world, "robin").await;
        desk.delivered().await;
        world.signed_in("robin").await;
        let count = async || -> Result<(usize, i64), StorageError> {
            let mut tx = world.engine.store().read().await?;
            let user = storage::users::by_sign_in(&mut tx, "robin").await?.unwrap();
            let sessions = storage::sessions::of_user(&mut tx, &user.id).await?.len();
            Ok((sessions, storage::tickets::made_since(&mut tx, &user.id, "reset", 0).await?))
        };
        world.pass(29 * 24 * HOUR);
        desk.daily().await;
        assert_eq!(count().await.unwrap(), (1, 1));
        world.pass(2 * 24 * HOUR);
        desk.daily().await;
        assert_eq!(count().await.unwrap(), (0, 0));
    })
    .await;
}

#[tokio::test]
async fn what_was_asked_for_is_not_kept() {
    on_both(async |world: World| {
        world.user("robin").await;
        let desk = Desk::of(&world);
        request(&world, "robin").await;
        request(&world, "somebody.typed@example.org").await;
        let kept = async || {
            let jobs = engine::jobs::page(&mut world.acting(program()).view().await, None, None, 50).await.unwrap();
            jobs.into_iter().map(|job| job.payload).collect::<Vec<_>>().join(" ")
        };
        assert!(kept().await.contains("robin"), "{}", kept().await);
        assert_eq!(desk.delivered().await.len(), 1);
        assert_eq!(kept().await.trim(), "");
    })
    .await;
}

#[tokio::test]
async fn a_thousand_resets_wait_and_no_more() {
    on_both(async |world: World| {
        world.user("robin").await;
        let desk = Desk::of(&world);
        let ask = async |n: usize| {
            let from = client(&format!("10.{}.{}.1", n / 250, n % 250));
            resets::request(&world.engine, "nobody", &from).await.unwrap();
        };
        for n in 0..1005 {
            ask(n).await;
        }
        let count = async || {
            let mut tx = world.engine.store().read().await.unwrap();
            storage::jobs::waiting(&mut tx, 0, "letter", "reset/").await.unwrap()
        };
        assert_eq!(count().await, 1000);
        desk.daily().await;
        assert_eq!(count().await, 0);
        request(&world, "robin").await;
        assert_eq!(desk.delivered().await.len(), 1);
    })
    .await;
}

#[tokio::test]
async fn a_letter_that_was_given_up_is_forgotten_after_ninety_days() {
    on_both(async |world: World| {
        world.user("robin").await;
        let sender = Post::new(Arc::new(Words), None, PublicUrl::parse("https://a.example").unwrap());
        let without_mail = Runner::new(world.engine.clone(), "test").handle(LETTERS, Arc::new(sender), 1);
        request(&world, "robin").await;
        without_mail.run_due().await.unwrap();
        let desk = Desk::of(&world);
        let failed = async || {
            let mut view = world.acting(program()).view().await;
            engine::jobs::page(&mut view, Some(JobState::Failed), None, 50).await.unwrap().len()
        };
        for (days, left) in [(0, 1), (89, 1), (2, 0)] {
            world.pass(days * 24 * HOUR);
            desk.daily().await;
            assert_eq!(failed().await, left, "{days} days later");
        }
    })
    .await;
}

#[tokio::test]
async fn users_who_share_an_address_each_get_their_own_link() {
    on_both(async |world: World| {
        for name in ["one", "two"] {
            let new = NewUser {
                sign_in: name.repeat(2),
                email: Some("Office@example.org".to_owned()),
                name: name.to_owned(),
                language: None,
                password: None,
            };
            users::create(&world.engine, &program(), new).await.unwrap();
        }
        let desk = Desk::of(&world);
        request(&world, "office@example.org").await;
        let mails = desk.delivered().await;
        let mut names = Vec::new();
        for mail in &mails {
            names.push(resets::confirm(&world.engine, &desk.secret(mail), password(OTHER)).await.unwrap().sign_in);
        }
        names.sort();
        assert_eq!(names, ["oneone", "twotwo"]);
    })
    .await;
}
