use std::time::Duration;

use argon2::password_hash::PasswordHasher as _;
use argon2::{Algorithm, Argon2, Params, Version};
use domain::invalid::Invalid;
use engine::people::second_factor::{self, SecondFactorError};
use engine::people::sessions::SignedIn;
use engine::people::users::{self, NewUser, Profile, User, UserError};
use engine::people::{ConfirmError, Password, resets, sessions};
use engine::tenants::{self, Settings};
use engine::{Actor, Role};
use storage::users::UserRecord;

use crate::people::{MINUTE, OTHER, PASSWORD, home, password, program};
use crate::world::{World, currency, on_both};

fn new(sign_in: &str, text: Option<&str>) -> NewUser {
    NewUser {
        sign_in: sign_in.to_owned(),
        email: None,
        name: "Robin Lantern-Okafor".to_owned(),
        language: Some("de".to_owned()),
        password: text.map(password),
    }
}

async fn create(world: &World, new: NewUser) -> Result<User, UserError> {
    users::create(&world.engine, &program(), new).await
}

#[tokio::test]
async fn a_password_is_long_enough_and_hard_to_guess() {
    on_both(async |world: World| {
        let signs: String = (0..128).filter_map(|n| char::from_u32(0x1f300 + n * n * 31 % 600)).collect();
        assert_eq!(signs.len(), 512);
        for (case, text, good) in [
            ("nine characters", "kV7#pQ2x!", false),
            ("ten", "kV7#pQ2x!m", true),
            ("ten of another script", "пароль-Жук", true),
            ("129", &"kV7#pQ2x!mz"[..].repeat(12)[..129], false),
            ("128 that are 512 bytes", &signs, true),
            ("known to everybody", "password123", false),
            ("a walk over the keys", "qwertyuiop", false),
            ("one letter", "aaaaaaaaaaaaaaa", false),
            ("the own name", "lantern-okafor", false),
            ("the own names and digits", "robinLantern-Okafor1234", false),
            ("the name to sign in with", "Quite-Long-And-Odd-Xylo", false),
            ("words", PASSWORD, true),
        ] {
            let sign_in = if good { format!("u{}", text.len()) } else { "quite-long-and-odd-xylo".to_owned() };
            match create(&world, new(&sign_in, Some(text))).await {
                Ok(_) => assert!(good, "{case}"),
                Err(UserError::Invalid(Invalid { pointer, detail, .. })) => {
                    assert_eq!((pointer.as_str(), good), ("/password", false), "{case}: {detail}");
                    assert!(!detail.contains(text), "{detail}");
                }
                Err(other) => panic!("{case}: {other}"),
            }
        }
    })
    .await;
}

#[tokio::test]
async fn a_name_to_sign_in_with_is_plain_and_ones_own() {
    on_both(async |world: World| {
        for (name, kept) in [
            ("admin", Ok("admin")),
            (" Anna.Lee@Example.org ", Ok("anna.lee@example.org")),
            ("ADMIN", Err("taken")),
            ("\u{0430}dmin", Err("/sign_in")),
            ("adm\u{0131}n", Err("/sign_in")),
            ("\u{ff41}dmin", Err("/sign_in")),
            ("ad min", Err("/sign_in")),
            ("admin\u{200b}", Err("/sign_in")),
            ("ad\r\nmin", Err("/sign_in")),
            ("ab", Err("/sign_in")),
            (&"x".repeat(255), Err("/sign_in")),
        ] {
            let made = create(&world, new(name, None)).await;
            match (&made, kept) {
                (Ok(user), Ok(kept)) => assert_eq!(user.sign_in, kept),
                (Err(UserError::Taken(_)), Err("taken")) => {}
                (Err(UserError::Invalid(invalid)), Err(pointer)) => assert_eq!(invalid.pointer, pointer, "{name}"),
                _ => panic!("{name}: {made:?}"),
            }
        }
        for email in ["a@example.org\r\nBcc: list@evil.example", "a@example.org,b@example.org c", "nothing"] {
            let refused = create(&world, NewUser { email: Some(email.to_owned()), ..new("somebody", None) }).await;
            assert!(matches!(&refused, Err(UserError::Invalid(invalid)) if invalid.pointer == "/email"), "{refused:?}");
        }
        assert!(world.enter("admin", "", &home()).await.is_err(), "without a password nobody gets in");
    })
    .await;
}

#[tokio::test]
async fn secrets_are_not_seen_where_values_are_printed() {
    let shown = format!("{:?} {:?}", new("robin", Some(PASSWORD)), Password::new(PASSWORD));
    assert!(!shown.contains(PASSWORD) && shown.contains("Password(...)"), "{shown}");
}

#[tokio::test]
async fn the_demo_has_the_passwords_that_its_page_names() {
    on_both(async |world: World| {
        let create = async |tenant| {
            users::create_demo(&world.engine, &Actor::program(tenant, "demo"), new("admin", Some("admin"))).await
        };
        assert!(matches!(create(1).await, Err(UserError::NotDemo)));
        assert!(matches!(create(2).await, Err(UserError::NotDemo)));
        let demo = world.acting(Actor::program(2, "demo"));
        let settings = Settings::new(currency("USD"), domain::time::Zone::named("UTC").unwrap());
        demo.run(async |work| tenants::found(work, "Demo", settings, true).await).await.unwrap();
        create(2).await.unwrap();
        world.enter("admin", "admin", &home()).await.unwrap();
    })
    .await;
}

async fn robin(world: &World) -> SignedIn {
    world.member("robin", Role::Clerk).await;
    world.who(&world.signed_in("robin").await).await.unwrap()
}

#[tokio::test]
async fn another_address_takes_the_password_and_the_rest_of_the_profile_does_not() {
    on_both(async |world: World| {
        let who = robin(&world).await;
        let profile = |email: &str| Profile {
            name: "Robin Two".to_owned(),
            email: Some(email.to_owned()),
            language: Some("de".to_owned()),
        };
        let update = async |email: &str, version, text: Option<&str>| {
            users::update(&world.engine, &who, profile(email), version, text.map(password)).await
        };
        let same = who.user.email.clone().unwrap();
        let user = update(&same, 1, None).await.unwrap();
        assert_eq!((user.name.as_str(), user.version), ("Robin Two", 2));
        assert!(matches!(update(&same, 1, None).await, Err(UserError::Changed { current: 2 })));
        let needed = update("new@example.org", 2, None).await;
        assert!(matches!(&needed, Err(UserError::Invalid(invalid)) if invalid.pointer == "/password"), "{needed:?}");
        let wrong = update("new@example.org", 2, Some(OTHER)).await;
        assert!(matches!(wrong, Err(UserError::Confirm(ConfirmError::WrongPassword))));
        let program = world.acting(program());
        let link = program.run(async |work| resets::ticket(work, &user.id).await).await.unwrap();
        let user = update("new@example.org", 2, Some(PASSWORD)).await.unwrap();
        assert!(resets::check(&world.engine, &link).await.is_err(), "it may be in the old mailbox");
        assert_eq!(user.email.as_deref(), Some("new@example.org"));
        let change = &world.changes(&user.id).await[0];
        assert_eq!(change.actor, format!("user:{}", user.id));
        assert!(change.before.as_deref().unwrap().contains(&same) && change.after.as_deref().unwrap().contains("new@"));
    })
    .await;
}

#[tokio::test]
async fn who_finds_an_open_browser_cannot_guess_on() {
    on_both(async |world: World| {
        let who = robin(&world).await;
        let change =
            async |old: &str| users::change_password(&world.engine, &who, password(old), password(OTHER)).await;
        for _ in 0..10 {
            assert!(matches!(change("wrong wrong").await, Err(UserError::Confirm(ConfirmError::WrongPassword))));
        }
        let refused = change(PASSWORD).await;
        assert!(matches!(refused, Err(UserError::Confirm(ConfirmError::TooMany { .. }))), "{refused:?}");
        world.pass(15 * MINUTE);
        change(PASSWORD).await.unwrap();
    })
    .await;
}

#[tokio::test]
async fn right_passwords_of_who_is_signed_in_count_as_well() {
    on_both(async |world: World| {
        let who = robin(&world).await;
        for n in 0..10 {
            let begun = second_factor::begin(&world.engine, &who, password(PASSWORD)).await;
            assert!(begun.is_ok(), "{n}: {begun:?}");
        }
        let refused = second_factor::begin(&world.engine, &who, password(PASSWORD)).await;
        assert!(matches!(refused, Err(SecondFactorError::Confirm(ConfirmError::TooMany { .. }))), "{refused:?}");
    })
    .await;
}

/// What takes the password of who is signed in, and why it was not done.
async fn confirmed_by(world: &World, who: &SignedIn, what: &str) -> Option<ConfirmError> {
    let user_error = |error| match error {
        UserError::Confirm(error) => error,
        other => panic!("{what}: {other}"),
    };
    let factor_error = |error| match error {
        SecondFactorError::Confirm(error) => error,
        other => panic!("{what}: {other}"),
    };
    match what {
        "profile" => {
            let new = Profile { name: "Robin".into(), email: Some("new@example.org".into()), language: None };
            let done = users::update(&world.engine, who, new, who.user.version, Some(password(PASSWORD))).await;
            done.err().map(user_error)
        }
        "password" => {
            let done = users::change_password(&world.engine, who, password(PASSWORD), password(OTHER)).await;
            done.err().map(user_error)
        }
        "begin" => second_factor::begin(&world.engine, who, password(PASSWORD)).await.err().map(factor_error),
        _ => {
            let done = second_factor::switch_off(&world.engine, who, password(PASSWORD), "000000").await;
            done.err().map(factor_error)
        }
    }
}

#[tokio::test]
async fn a_password_that_was_replaced_meanwhile_and_a_session_that_ended_confirm_nothing() {
    on_both(async |world: World| {
        let user = world.member("robin", Role::Clerk).await;
        let kept = {
            let mut tx = world.engine.store().read().await.unwrap();
            storage::users::get(&mut tx, &user.id).await.unwrap().unwrap()
        };
        let set = async |record: &UserRecord| {
            let mut tx = world.engine.store().write().await.unwrap();
            storage::users::lock(&mut tx, &user.id).await.unwrap();
            storage::users::update(&mut tx, record).await.unwrap();
            tx
        };
        for what in ["profile", "password", "begin", "end"] {
            set(&kept).await.commit().await.unwrap();
            let secret = world.signed_in("robin").await;
            let who = world.who(&secret).await.unwrap();
            let replacing = set(&UserRecord { password_hash: Some("another".into()), ..kept.clone() }).await;
            let ends = async {
                tokio::time::sleep(Duration::from_millis(150)).await;
                replacing.commit().await.unwrap();
            };
            let refused = tokio::join!(ends, confirmed_by(&world, &who, what)).1;
            assert!(matches!(refused, Some(ConfirmError::WrongPassword)), "{what}: {refused:?}");
            set(&kept).await.commit().await.unwrap();
            sessions::sign_out(&world.engine, &secret).await.unwrap();
            let refused = confirmed_by(&world, &who, what).await;
            assert!(matches!(refused, Some(ConfirmError::SignedOut)), "{what}: {refused:?}");
        }
        let unchanged = {
            let mut tx = world.engine.store().read().await.unwrap();
            storage::users::get(&mut tx, &user.id).await.unwrap().unwrap()
        };
        assert!(unchanged == kept);
    })
    .await;
}

#[tokio::test]
async fn a_hash_of_former_times_is_made_anew_at_the_next_sign_in() {
    on_both(async |world: World| {
        let user = world.user("robin").await;
        let former = Argon2::new(Algorithm::Argon2id, Version::V0x13, Params::new(19_456, 2, 1, None).unwrap());
        let former = former.hash_password(PASSWORD.as_bytes()).unwrap().to_string();
        let stored = async || {
            let mut tx = world.engine.store().read().await.unwrap();
            storage::users::get(&mut tx, &user.id).await.unwrap().unwrap()
        };
        let mut record = stored().await;
        record.password_hash = Some(former.clone());
        let mut tx = world.engine.store().write().await.unwrap();
        storage::users::update(&mut tx, &record).await.unwrap();
        tx.commit().await.unwrap();
        assert!(world.enter("robin", OTHER, &home()).await.is_err());
        assert_eq!(stored().await.password_hash, Some(former));
        world.signed_in("robin").await;
        let renewed = stored().await.password_hash.unwrap();
        assert!(renewed.starts_with("$argon2id$v=19$m=47104,t=1,p=1$"), "{renewed}");
        world.signed_in("robin").await;
        assert_eq!(stored().await.password_hash, Some(renewed), "once");
    })
    .await;
}
