use domain::time::Instant;
use engine::people::invitations::{self, Acceptance, Invitation, InvitationError, NewInvitation};
use engine::people::memberships::{self, Grants};
use engine::people::sign_in::SignInError;
use engine::people::users::NewUser;
use engine::people::{Secret, users};
use engine::{Actor, Role, keys};
use futures::future::join_all;

use crate::people::post::Desk;
use crate::people::{HOUR, MINUTE, OTHER, PASSWORD, home, password, program, roles};
use crate::world::{World, on_both};

async fn invite(world: &World, email: &str, grants: Grants) -> Result<Invitation, InvitationError> {
    let new = NewInvitation { email: email.to_owned(), name: Some("Ada".to_owned()), language: None, grants };
    world.run(async |work| invitations::invite(work, new).await).await
}

async fn accept(world: &World, secret: &Secret, acceptance: Acceptance<'_>) -> Result<users::User, InvitationError> {
    invitations::accept(&world.engine, secret, acceptance, &home()).await
}

fn new_person<'a>() -> Acceptance<'a> {
    Acceptance::New { name: "Ada Example".to_owned(), language: None, password: password(OTHER) }
}

fn by_password<'a>(text: &str) -> Acceptance<'a> {
    Acceptance::Password { password: password(text), code: None }
}

#[tokio::test]
async fn somebody_new_joins_once_by_the_link() {
    on_both(async |world: World| {
        let desk = Desk::of(&world);
        invite(&world, "Ada@example.org", roles(Role::Clerk)).await.unwrap();
        let mails = desk.delivered().await;
        assert_eq!((mails.len(), mails[0].to.address.as_str()), (1, "Ada@example.org"));
        assert_eq!(mails[0].from.name.as_deref(), Some("Helpline"));
        assert!(mails[0].text.contains("/join/tgt_") && mails[0].text.contains("168 hours"), "{}", mails[0].text);
        let secret = desk.secret(&mails[0]);
        let offer = invitations::offer(&world.engine, &secret).await.unwrap();
        assert_eq!((offer.tenant_name.as_str(), offer.known, offer.roles), ("Helpline", false, Role::Clerk.into()));
        assert!(matches!(accept(&world, &secret, by_password(PASSWORD)).await, Err(InvitationError::Unknown)));
        let weak = Acceptance::New { name: "Ada".to_owned(), language: None, password: password("ada@example.org") };
        assert!(matches!(accept(&world, &secret, weak).await, Err(InvitationError::Invalid(_))));
        let outcomes = join_all((0..50).map(|_| accept(&world, &secret, new_person()))).await;
        let joined: Vec<_> = outcomes.iter().flatten().collect();
        assert_eq!(joined.len(), 1, "{:?}", outcomes.iter().find(|outcome| outcome.is_err()));
        let member = memberships::get(&mut world.view().await, &joined[0].id).await.unwrap();
        assert_eq!((member.user.sign_in.as_str(), member.grants), ("ada@example.org", roles(Role::Clerk)));
        world.enter("ADA@example.org", OTHER, &home()).await.unwrap();
        let given = &world.changes(&joined[0].id).await[0];
        assert_eq!((given.action.as_str(), &given.actor), ("membership.give", &format!("user:{}", joined[0].id)));
        assert!(matches!(invitations::offer(&world.engine, &secret).await, Err(InvitationError::NotValid)));
        assert_eq!(invitations::open(&mut world.view().await).await.unwrap(), []);
    })
    .await;
}

#[tokio::test]
async fn who_is_a_user_already_joins_as_that_user() {
    on_both(async |world: World| {
        let neighbour = world.neighbour().await;
        let ada = world.member("ada@example.org", Role::Clerk).await;
        world.member("mallory", Role::Clerk).await;
        let desk = Desk::of(&world);
        invite(&neighbour, "ADA@example.org", roles(Role::Auditor)).await.unwrap();
        let secret = desk.secret(&desk.delivered().await[0]);
        assert!(invitations::offer(&world.engine, &secret).await.unwrap().known);
        assert!(matches!(accept(&world, &secret, new_person()).await, Err(InvitationError::Known)));
        let wrong = accept(&world, &secret, by_password(OTHER)).await;
        assert!(matches!(wrong, Err(InvitationError::SignIn(SignInError::Wrong))), "{wrong:?}");
        let mallory = world.who(&world.signed_in("mallory").await).await.unwrap();
        assert!(matches!(accept(&world, &secret, Acceptance::SignedIn(&mallory)).await, Err(InvitationError::Another)));
        let who = world.who(&world.signed_in("ada@example.org").await).await.unwrap();
        accept(&world, &secret, Acceptance::SignedIn(&who)).await.unwrap();
        let again = invite(&neighbour, "ada@example.org", roles(Role::Clerk)).await;
        assert!(matches!(again, Err(InvitationError::AlreadyMember(_))));
        neighbour.run(async |work| memberships::remove(work, &ada.id).await).await.unwrap();
        invite(&neighbour, "ada@example.org", roles(Role::Clerk)).await.unwrap();
        let secret = desk.secret(&desk.delivered().await[0]);
        assert_eq!(accept(&world, &secret, by_password(PASSWORD)).await.unwrap().id, ada.id);
        let places = memberships::places(&world.engine, &ada.id).await.unwrap();
        assert_eq!(places.iter().map(|place| place.tenant).collect::<Vec<_>>(), [1, 2]);
    })
    .await;
}

#[tokio::test]
async fn guessing_a_password_at_a_link_is_limited_as_at_the_door() {
    on_both(async |world: World| {
        let neighbour = world.neighbour().await;
        world.member("ada@example.org", Role::Clerk).await;
        let desk = Desk::of(&world);
        invite(&neighbour, "ada@example.org", roles(Role::Clerk)).await.unwrap();
        let secret = desk.secret(&desk.delivered().await[0]);
        for _ in 0..10 {
            assert!(accept(&world, &secret, by_password(OTHER)).await.is_err());
        }
        let refused = accept(&world, &secret, by_password(PASSWORD)).await;
        assert!(matches!(refused, Err(InvitationError::SignIn(SignInError::TooMany { .. }))), "{refused:?}");
        assert!(matches!(world.enter("ada@example.org", PASSWORD, &home()).await, Err(SignInError::TooMany { .. })));
    })
    .await;
}

#[tokio::test]
async fn an_invitation_ends_is_taken_back_and_sent_again() {
    on_both(async |world: World| {
        let desk = Desk::of(&world);
        let made = invite(&world, "ada@example.org", roles(Role::Clerk)).await.unwrap();
        let first = desk.secret(&desk.delivered().await[0]);
        world.pass(6 * 24 * HOUR);
        let again = world.run(async |work| invitations::send_again(work, &made.id).await).await.unwrap();
        assert_eq!(again.expires_at.millis_since(made.expires_at), 6 * 24 * 3_600_000);
        let second = desk.secret(&desk.delivered().await[0]);
        assert!(matches!(invitations::offer(&world.engine, &first).await, Err(InvitationError::NotValid)));
        world.pass(7 * 24 * HOUR - MINUTE);
        invitations::offer(&world.engine, &second).await.unwrap();
        assert_eq!(invitations::open(&mut world.view().await).await.unwrap(), [again]);
        world.pass(MINUTE);
        assert!(matches!(accept(&world, &second, new_person()).await, Err(InvitationError::NotValid)));
        let made = invite(&world, "ada@example.org", roles(Role::Clerk)).await.unwrap();
        let third = desk.secret(&desk.delivered().await[0]);
        let revoke = async |world: &World| world.run(async |work| invitations::revoke(work, &made.id).await).await;
        assert!(matches!(revoke(&world.neighbour().await).await, Err(InvitationError::NotFound(_))));
        revoke(&world).await.unwrap();
        assert!(matches!(accept(&world, &third, new_person()).await, Err(InvitationError::NotValid)));
        assert!(matches!(revoke(&world).await, Err(InvitationError::NotFound(_))));
    })
    .await;
}

#[tokio::test]
async fn a_clerk_invites_customers_and_nobody_else() {
    on_both(async |world: World| {
        let customer = world.customer("Ada").await.id;
        let payer = Grants { roles: Role::Customer.into(), customers: vec![customer], agent: None };
        let clerk = world.as_role(Role::Clerk);
        for role in [Role::Owner, Role::Admin, Role::Clerk, Role::Coordinator, Role::Auditor] {
            let refused = invite(&clerk, "eve@example.org", roles(role)).await;
            assert!(matches!(refused, Err(InvitationError::Beyond { .. })), "{role:?}: {refused:?}");
        }
        invite(&clerk, "eve@example.org", payer.clone()).await.unwrap();
        for role in [Role::Coordinator, Role::Agent, Role::Customer, Role::Auditor, Role::Switch] {
            let refused = invite(&world.as_role(role), "bob@example.org", payer.clone()).await;
            assert!(matches!(refused, Err(InvitationError::Beyond { .. })), "{role:?}: {refused:?}");
        }
        let boss = invite(&world, "boss@example.org", roles(Role::Owner)).await.unwrap();
        let taken = clerk.run(async |work| invitations::revoke(work, &boss.id).await).await;
        assert!(matches!(taken, Err(InvitationError::Beyond { role: "owner" })));
        for email in ["nobody", "a@example.org\r\nBcc: b@example.org", "\u{0430}dmin@example.org", ""] {
            let refused = invite(&world, email, roles(Role::Clerk)).await;
            assert!(
                matches!(&refused, Err(InvitationError::Invalid(at)) if at.pointer == "/email"),
                "{email}: {refused:?}"
            );
        }
    })
    .await;
}

/// An invitation by somebody of a role, and what its inviter is.
async fn invited_by(world: &World, desk: &Desk, name: &str, role: Role) -> (Secret, users::User) {
    let inviter = world.member(name, role).await;
    let acting = world.acting(Actor { name: format!("user:{}", inviter.id), ..world.as_role(role).actor });
    invite(&acting, &format!("guest.of.{name}@example.org"), roles(Role::Clerk)).await.unwrap();
    (desk.secret(&desk.delivered().await[0]), inviter)
}

#[tokio::test]
async fn an_invitation_does_not_outlive_the_rights_of_its_inviter() {
    on_both(async |world: World| {
        world.member("boss", Role::Owner).await;
        let desk = Desk::of(&world);
        for (case, good) in [("nothing", true), ("lowered", false), ("removed", false), ("disabled", false)] {
            let (secret, inviter) = invited_by(&world, &desk, case, Role::Admin).await;
            world
                .run(async |work| match case {
                    "lowered" => memberships::change(work, &inviter.id, roles(Role::Clerk), 1).await.map(|_| ()),
                    "removed" => memberships::remove(work, &inviter.id).await,
                    "disabled" => {
                        users::disable(work, &inviter.id).await.unwrap();
                        Ok(())
                    }
                    _ => Ok(()),
                })
                .await
                .unwrap();
            let joined = accept(&world, &secret, new_person()).await;
            assert_eq!(joined.is_ok(), good, "{case}: {joined:?}");
            assert!(good || matches!(joined, Err(InvitationError::NotValid)), "{case}: {joined:?}");
        }
        let (secret, inviter) = invited_by(&world, &desk, "replaced", Role::Admin).await;
        world.run(async |work| memberships::remove(work, &inviter.id).await).await.unwrap();
        assert!(accept(&world, &secret, new_person()).await.is_err());
        let open = invitations::open(&mut world.view().await).await.unwrap().pop().unwrap();
        world.run(async |work| invitations::send_again(work, &open.id).await).await.unwrap();
        let secret = desk.secret(&desk.delivered().await[0]);
        accept(&world, &secret, new_person()).await.unwrap();
        let accepted = &world.changes(&open.id).await[0];
        assert_eq!(accepted.action, "invitation.accept");
        assert!(accepted.after.as_deref().unwrap().contains(r#""invited_by":"test""#), "{accepted:?}");
    })
    .await;
}

#[tokio::test]
async fn an_invitation_does_not_outlive_the_key_that_made_it() {
    on_both(async |world: World| {
        let desk = Desk::of(&world);
        for (n, (case, good)) in [("valid", true), ("revoked", false), ("expired", false)].into_iter().enumerate() {
            let ends = Some(Instant::clamped(world.engine.clock().now().millis() + 60_000));
            let made = world.run(async |work| keys::create(work, case, Role::Admin.into(), ends).await).await.unwrap();
            let by_key = world.acting(keys::actor(&world.engine, &made.1).await.unwrap());
            invite(&by_key, &format!("guest{n}@example.org"), roles(Role::Clerk)).await.unwrap();
            let secret = desk.secret(&desk.delivered().await[0]);
            match case {
                "revoked" => world.run(async |work| keys::revoke(work, &made.0.id).await).await.unwrap(),
                "expired" => world.pass(MINUTE),
                _ => {}
            }
            let joined = accept(&world, &secret, new_person()).await;
            assert_eq!(joined.is_ok(), good, "{case}: {joined:?}");
        }
    })
    .await;
}

#[tokio::test]
async fn an_address_in_a_profile_is_nobodys_invitation() {
    on_both(async |world: World| {
        let new = NewUser {
            sign_in: "mallory".to_owned(),
            email: Some("ada@example.org".to_owned()),
            name: "Mallory".to_owned(),
            language: None,
            password: Some(password(PASSWORD)),
        };
        let mallory = users::create(&world.engine, &program(), new).await.unwrap();
        let who = world.who(&world.signed_in("mallory").await).await.unwrap();
        let desk = Desk::of(&world);
        invite(&world, "Ada@example.org", roles(Role::Clerk)).await.unwrap();
        let secret = desk.secret(&desk.delivered().await[0]);
        assert!(!invitations::offer(&world.engine, &secret).await.unwrap().known);
        let taken = accept(&world, &secret, Acceptance::SignedIn(&who)).await;
        assert!(matches!(taken, Err(InvitationError::Another)), "{taken:?}");
        let taken = accept(&world, &secret, by_password(PASSWORD)).await;
        assert!(matches!(taken, Err(InvitationError::Unknown)), "{taken:?}");
        assert_ne!(accept(&world, &secret, new_person()).await.unwrap().id, mallory.id);
    })
    .await;
}

#[tokio::test]
async fn an_address_has_one_open_invitation_and_three_mails_a_day() {
    on_both(async |world: World| {
        let neighbour = world.neighbour().await;
        let desk = Desk::of(&world);
        let first = invite(&world, "ada@example.org", roles(Role::Clerk)).await.unwrap();
        let old = desk.secret(&desk.delivered().await[0]);
        world.pass(HOUR);
        let second = invite(&world, "ADA@example.org", roles(Role::Owner)).await.unwrap();
        let new = desk.secret(&desk.delivered().await[0]);
        assert!(matches!(invitations::offer(&world.engine, &old).await, Err(InvitationError::NotValid)));
        assert_eq!(invitations::open(&mut world.view().await).await.unwrap(), std::slice::from_ref(&second));
        assert_eq!(world.changes(&first.id).await[0].action, "invitation.revoke");
        let beyond = invite(&world.as_role(Role::Admin), "ada@example.org", roles(Role::Clerk)).await;
        assert!(matches!(beyond, Err(InvitationError::Beyond { role: "owner" })), "it would end an owner's: {beyond:?}");
        invitations::offer(&world.engine, &new).await.unwrap();
        let again = async || world.run(async |work| invitations::send_again(work, &second.id).await).await;
        again().await.unwrap();
        world.pass(HOUR);
        let wait = 22 * 3600;
        for refused in [again().await, invite(&world, "ada@example.org", roles(Role::Clerk)).await] {
            assert!(
                matches!(refused, Err(InvitationError::TooManySends { retry_after_seconds }) if retry_after_seconds == wait),
                "{refused:?}"
            );
        }
        invite(&world, "eve@example.org", roles(Role::Clerk)).await.unwrap();
        invite(&neighbour, "ada@example.org", roles(Role::Clerk)).await.unwrap();
        world.pass(22 * HOUR);
        again().await.unwrap();
    })
    .await;
}

#[tokio::test]
async fn a_tenant_has_two_hundred_open_invitations() {
    on_both(async |world: World| {
        let mut last = None;
        for n in 0..200 {
            last = Some(invite(&world, &format!("guest{n}@example.org"), roles(Role::Clerk)).await.unwrap());
        }
        let refused = invite(&world, "one.more@example.org", roles(Role::Clerk)).await;
        assert!(matches!(refused, Err(InvitationError::TooManyOpen)), "{refused:?}");
        invite(&world, "guest0@example.org", roles(Role::Auditor)).await.unwrap();
        world.run(async |work| invitations::revoke(work, &last.unwrap().id).await).await.unwrap();
        invite(&world, "one.more@example.org", roles(Role::Clerk)).await.unwrap();
    })
    .await;
}

#[tokio::test]
async fn one_link_is_tried_ten_times_in_a_quarter_of_an_hour() {
    on_both(async |world: World| {
        let desk = Desk::of(&world);
        for name in ["ada@example.org", "eve@example.org"] {
            invite(&world, name, roles(Role::Clerk)).await.unwrap();
        }
        let mails = desk.delivered().await;
        let (one, other) = (desk.secret(&mails[0]), desk.secret(&mails[1]));
        for _ in 0..10 {
            let weak = Acceptance::New { name: "Ada".to_owned(), language: None, password: password("password123") };
            assert!(matches!(accept(&world, &one, weak).await, Err(InvitationError::Invalid(_))));
        }
        let refused = accept(&world, &one, new_person()).await;
        assert!(
            matches!(refused, Err(InvitationError::SignIn(SignInError::TooMany { retry_after_seconds: 900 }))),
            "{refused:?}"
        );
        accept(&world, &other, new_person()).await.unwrap();
        world.pass(15 * MINUTE);
        accept(&world, &one, new_person()).await.unwrap();
    })
    .await;
}
