use std::collections::BTreeSet;

use engine::people::ConfirmError;
use engine::people::second_factor::{self, SecondFactorError};
use engine::people::sessions::SignedIn;
use engine::people::sign_in::SignInError;
use engine::{Actor, Role};
use futures::future::join_all;
use totp_rs::{Builder, Totp};

use crate::people::{HOUR, MINUTE, OTHER, PASSWORD, client, home, password, roles};
use crate::world::{World, on_both};

/// An authenticator app.
struct App(Totp);

impl App {
    fn code(&self, world: &World, steps: i64) -> String {
        let seconds = world.engine.clock().now().seconds() + 30 * steps;
        self.0.generate(u64::try_from(seconds).unwrap()).to_string()
    }
}

async fn who(world: &World) -> SignedIn {
    world.member("robin", Role::Clerk).await;
    world.who(&world.signed_in("robin").await).await.unwrap()
}

async fn begun(world: &World, who: &SignedIn) -> App {
    let enrolment = second_factor::begin(&world.engine, who, password(PASSWORD)).await.unwrap();
    assert!(enrolment.url.reveal().starts_with("otpauth://totp/Tollgate:robin?"), "{}", enrolment.url.reveal());
    let secret = totp_rs::Secret::try_from_base32(enrolment.secret.reveal()).unwrap();
    App(Builder::new().with_secret(secret).build().unwrap())
}

/// With a second factor: the app, and the recovery codes.
async fn enrolled(world: &World, who: &SignedIn) -> (App, Vec<String>) {
    let app = begun(world, who).await;
    let codes = second_factor::confirm(&world.engine, who, &app.code(world, 0)).await.unwrap();
    world.pass(MINUTE);
    (app, codes.iter().map(|code| code.reveal().to_owned()).collect())
}

async fn enter(world: &World, code: Option<&str>) -> Result<(), SignInError> {
    world.enter_with("robin", PASSWORD, code, &home()).await.map(|_| ())
}

#[tokio::test]
async fn a_second_factor_is_asked_for_once_it_is_confirmed() {
    on_both(async |world: World| {
        let who = who(&world).await;
        let refused = second_factor::begin(&world.engine, &who, password(OTHER)).await;
        assert!(matches!(refused, Err(SecondFactorError::Confirm(ConfirmError::WrongPassword))));
        let early = second_factor::confirm(&world.engine, &who, "123456").await;
        assert!(matches!(early, Err(SecondFactorError::NotBegun)));
        let app = begun(&world, &who).await;
        enter(&world, None).await.unwrap();
        let wrong = second_factor::confirm(&world.engine, &who, &app.code(&world, 9)).await;
        assert!(matches!(wrong, Err(SecondFactorError::WrongCode)));
        let (app, codes) = enrolled(&world, &who).await;
        assert_eq!((codes.len(), codes.iter().collect::<BTreeSet<_>>().len(), codes[0].len()), (10, 10, 19));
        assert!(matches!(enter(&world, None).await, Err(SignInError::CodeNeeded)));
        assert!(matches!(enter(&world, Some(" ")).await, Err(SignInError::CodeNeeded)));
        assert!(matches!(enter(&world, Some("000 000")).await, Err(SignInError::WrongCode)));
        let blind = world.enter_with("robin", OTHER, Some(&app.code(&world, 0)), &home()).await;
        assert!(matches!(blind, Err(SignInError::Wrong)), "a code tells nothing without the password");
        enter(&world, Some(&app.code(&world, 0))).await.unwrap();
        let again = second_factor::begin(&world.engine, &who, password(PASSWORD)).await;
        assert!(matches!(again, Err(SecondFactorError::On)));
        let off =
            async |text: &str, code: &str| second_factor::switch_off(&world.engine, &who, password(text), code).await;
        let used = app.code(&world, 0);
        let blind = off(OTHER, &codes[0]).await;
        assert!(matches!(blind, Err(SecondFactorError::Confirm(ConfirmError::WrongPassword))), "{blind:?}");
        for wrong in ["", "000000", &used] {
            let refused = off(PASSWORD, wrong).await;
            assert!(matches!(refused, Err(SecondFactorError::WrongCode)), "{wrong}: {refused:?}");
        }
        off(PASSWORD, &codes[0]).await.unwrap();
        enter(&world, None).await.unwrap();
        assert!(matches!(off(PASSWORD, &codes[1]).await, Err(SecondFactorError::Off)));
        let actions: Vec<_> = world.changes(&who.user.id).await.into_iter().map(|change| change.after).collect();
        assert_eq!(actions[..2], [Some("\"off\"".to_owned()), Some("\"on\"".to_owned())]);
    })
    .await;
}

#[tokio::test]
async fn a_code_is_good_once_and_for_a_step_around_now() {
    on_both(async |world: World| {
        let who = who(&world).await;
        let (app, _) = enrolled(&world, &who).await;
        for (steps, good) in
            [(-2, false), (2, false), (-1, true), (-1, false), (0, true), (1, true), (0, false), (1, false)]
        {
            let outcome = enter(&world, Some(&app.code(&world, steps))).await;
            assert_eq!(outcome.is_ok(), good, "{steps}: {outcome:?}");
            assert!(good || matches!(outcome, Err(SignInError::WrongCode)));
        }
        world.pass(2 * MINUTE);
        let code = app.code(&world, 0);
        let here = home();
        let at_once = join_all((0..9).map(|_| world.enter_with("robin", PASSWORD, Some(&code), &here))).await;
        assert_eq!(at_once.iter().filter(|outcome| outcome.is_ok()).count(), 1, "{at_once:?}");
    })
    .await;
}

#[tokio::test]
async fn a_recovery_code_stands_in_once() {
    on_both(async |world: World| {
        let who = who(&world).await;
        let (app, codes) = enrolled(&world, &who).await;
        let shouted = codes[0].to_uppercase().replace('-', " ");
        enter(&world, Some(&shouted)).await.unwrap();
        assert!(matches!(enter(&world, Some(&codes[0])).await, Err(SignInError::WrongCode)));
        let here = home();
        let at_once = join_all((0..8).map(|_| world.enter_with("robin", PASSWORD, Some(&codes[1]), &here))).await;
        assert_eq!(at_once.iter().filter(|outcome| outcome.is_ok()).count(), 1, "{at_once:?}");
        for code in &codes[2..] {
            enter(&world, Some(code)).await.unwrap();
        }
        enter(&world, Some(&app.code(&world, 0))).await.unwrap();
    })
    .await;
}

#[tokio::test]
async fn codes_are_not_guessed_from_many_networks() {
    on_both(async |world: World| {
        let who = who(&world).await;
        let (app, _) = enrolled(&world, &who).await;
        let from = |n: usize, code: String| {
            let world = &world;
            async move { world.enter_with("robin", PASSWORD, Some(&code), &client(&format!("10.9.{n}.1"))).await }
        };
        for n in 0..20 {
            assert!(matches!(from(n, "000000".to_owned()).await, Err(SignInError::WrongCode)));
        }
        assert!(matches!(from(21, app.code(&world, 0)).await, Err(SignInError::TooMany { .. })));
        world.pass(15 * MINUTE);
        from(22, app.code(&world, 0)).await.unwrap();
    })
    .await;
}

#[tokio::test]
async fn codes_are_not_guessed_by_who_finds_an_open_browser() {
    on_both(async |world: World| {
        let who = who(&world).await;
        let app = begun(&world, &who).await;
        for _ in 0..20 {
            let wrong = second_factor::confirm(&world.engine, &who, "000000").await;
            assert!(matches!(wrong, Err(SecondFactorError::WrongCode)), "{wrong:?}");
        }
        let confirm = async || second_factor::confirm(&world.engine, &who, &app.code(&world, 0)).await;
        let refused = confirm().await;
        assert!(
            matches!(refused, Err(SecondFactorError::Confirm(ConfirmError::TooMany { retry_after_seconds: 900 }))),
            "{refused:?}"
        );
        world.pass(15 * MINUTE);
        confirm().await.unwrap();
    })
    .await;
}

#[tokio::test]
async fn an_office_with_second_factors_does_not_lock_itself_out() {
    on_both(async |world: World| {
        let who = who(&world).await;
        let (app, _) = enrolled(&world, &who).await;
        for n in 0..12 {
            for _ in 0..9 {
                assert!(matches!(enter(&world, None).await, Err(SignInError::CodeNeeded)), "{n}");
            }
            enter(&world, Some(&app.code(&world, 0))).await.unwrap();
            world.pass(MINUTE);
        }
        assert!(matches!(enter(&world, Some("000000")).await, Err(SignInError::WrongCode)));
        let long = "x".repeat(200);
        for n in 0..99 {
            assert!(matches!(world.enter(&format!("name{n}"), &long, &home()).await, Err(SignInError::Wrong)), "{n}");
        }
        let refused = enter(&world, Some(&app.code(&world, 0))).await;
        assert!(matches!(refused, Err(SignInError::TooMany { .. })), "a wrong code counts: {refused:?}");
    })
    .await;
}

#[tokio::test]
async fn a_lost_factor_is_reset_by_who_leads_the_only_tenant() {
    on_both(async |world: World| {
        let neighbour = world.neighbour().await;
        let who = who(&world).await;
        enrolled(&world, &who).await;
        let id = who.user.id.clone();
        let reset = async |by: &World| by.run(async |work| second_factor::reset(work, &id).await).await;
        let own = world.acting(Actor { name: format!("user:{id}"), ..world.actor.clone() });
        assert!(matches!(reset(&own).await, Err(SecondFactorError::Own)));
        for role in [Role::Clerk, Role::Coordinator, Role::Auditor, Role::Agent, Role::Customer] {
            assert!(matches!(reset(&world.as_role(role)).await, Err(SecondFactorError::Beyond { .. })), "{role:?}");
        }
        assert!(matches!(reset(&neighbour).await, Err(SecondFactorError::NotFound(_))));
        neighbour.give(&who.user, roles(Role::Clerk)).await.unwrap();
        assert!(matches!(reset(&world).await, Err(SecondFactorError::Elsewhere)));
        neighbour.run(async |work| engine::people::memberships::remove(work, &id).await).await.unwrap();
        reset(&world.as_role(Role::Admin)).await.unwrap();
        world.pass(HOUR);
        enter(&world, None).await.unwrap();
    })
    .await;
}
