use engine::people::memberships::{self, Grants, Membership, MembershipError};
use engine::people::second_factor::{self, SecondFactorError};
use engine::people::users::{self, UserError};
use engine::{Actor, Reach, Role, Roles, Work, agents};
use futures::FutureExt;

use crate::people::{home, roles};
use crate::world::{World, on_both, overtaken};

async fn change(world: &World, user: &str, grants: Grants) -> Result<Membership, MembershipError> {
    world
        .run(async |work| {
            let version = memberships::get(work, user).await?.version;
            memberships::change(work, user, grants, version).await
        })
        .await
}

fn several<const N: usize>(all: [Role; N]) -> Grants {
    Grants { roles: all.into_iter().collect(), ..Grants::default() }
}

#[tokio::test]
async fn nobody_gives_takes_or_touches_what_is_above_their_own() {
    on_both(async |world: World| {
        world.member("boss", Role::Owner).await;
        let user = world.user("robin").await;
        let customer = world.customer("Ada").await.id;
        let iris = world.run(async |work| agents::create(work, "Iris".into(), agents::Details::default()).await).await;
        let iris = iris.unwrap().id;
        let mut given = Vec::new();
        for (own, name) in Role::ALL {
            let acting = world.as_role(own);
            let remove = async |by: &World| by.run(async |work| memberships::remove(work, &user.id).await).await;
            for (role, _) in Role::ALL.into_iter().filter(|(role, _)| *role != Role::Switch) {
                let grants = Grants {
                    roles: role.into(),
                    customers: if role == Role::Customer { vec![customer.clone()] } else { Vec::new() },
                    agent: (role == Role::Agent).then(|| iris.clone()),
                };
                match acting.give(&user, grants.clone()).await {
                    Ok(()) => given.push(format!("{name}: {}", role.name())),
                    Err(MembershipError::Beyond { role: beyond }) => {
                        assert_eq!(beyond, role.name());
                        world.give(&user, grants).await.unwrap();
                        let taken = remove(&acting).await;
                        assert!(matches!(taken, Err(MembershipError::Beyond { .. })), "{name} takes: {taken:?}");
                        let changed = change(&acting, &user.id, several([role, Role::Auditor])).await;
                        assert!(changed.is_err(), "{name} changes {role:?}: {changed:?}");
                        remove(&world).await.unwrap();
                        continue;
                    }
                    Err(other) => panic!("{name} gives {}: {other}", role.name()),
                }
                remove(&acting).await.unwrap();
            }
        }
        let all = ["owner", "admin", "clerk", "coordinator", "agent", "customer", "auditor"];
        let owners = all.iter().map(|role| format!("owner: {role}"));
        let admins = all[1..].iter().map(|role| format!("admin: {role}"));
        assert_eq!(given, owners.chain(admins).chain(["clerk: customer".to_owned()]).collect::<Vec<_>>());
    })
    .await;
}

#[tokio::test]
async fn nobody_rises_by_their_own_hand() {
    on_both(async |world: World| {
        world.member("boss", Role::Owner).await;
        for (role, risen, allowed) in [
            (Role::Admin, Role::Owner, false),
            (Role::Clerk, Role::Admin, false),
            (Role::Clerk, Role::Coordinator, false),
            (Role::Coordinator, Role::Clerk, false),
            (Role::Auditor, Role::Clerk, false),
            (Role::Admin, Role::Auditor, true),
        ] {
            let user = world.member(&format!("{}-{}", role.name(), risen.name()), role).await;
            let own = world.acting(Actor {
                tenant: 1,
                name: format!("user:{}", user.id),
                roles: role.into(),
                reach: Reach::Tenant,
            });
            let outcome = change(&own, &user.id, several([role, risen])).await;
            assert_eq!(outcome.is_ok(), allowed, "{role:?} to {risen:?}: {outcome:?}");
        }
    })
    .await;
}

#[tokio::test]
async fn records_go_with_their_roles_and_are_the_tenants() {
    on_both(async |world: World| {
        let neighbour = world.neighbour().await;
        let (own, foreign) = (world.customer("Ada").await.id, neighbour.customer("Eve").await.id);
        let user = world.user("robin").await;
        let with = |all: &[Role], customers: &[&str], agent: Option<&str>| Grants {
            roles: all.iter().copied().collect(),
            customers: customers.iter().map(|id| (*id).to_owned()).collect(),
            agent: agent.map(str::to_owned),
        };
        for (case, grants, pointer) in [
            ("no role", with(&[], &[], None), "/roles"),
            ("a key's role", with(&[Role::Switch], &[], None), "/roles"),
            ("a customer without records", with(&[Role::Customer], &[], None), "/customers"),
            ("records without the role", with(&[Role::Clerk], &[&own], None), "/customers"),
            ("an unknown record", with(&[Role::Customer], &["cus_0"], None), "/customers"),
            ("another tenant's record", with(&[Role::Customer], &[&own, &foreign], None), "/customers"),
            ("an agent without a record", with(&[Role::Agent], &[], None), "/agent"),
            ("an agent record without the role", with(&[Role::Clerk], &[], Some("agt_0")), "/agent"),
            ("an unknown agent", with(&[Role::Agent], &[], Some("agt_0")), "/agent"),
        ] {
            let refused = world.give(&user, grants).await;
            assert!(
                matches!(&refused, Err(MembershipError::Invalid(at)) if at.pointer == pointer),
                "{case}: {refused:?}"
            );
        }
        let clerk = world.as_role(Role::Clerk);
        clerk.give(&user, with(&[Role::Customer], &[&own, &own], None)).await.unwrap();
        assert!(matches!(world.give(&user, roles(Role::Clerk)).await, Err(MembershipError::AlreadyMember(_))));
        let who = world.who(&world.signed_in("robin").await).await.unwrap();
        assert_eq!(who.actor.unwrap().reach, Reach::Own { customers: vec![own.clone()], agent: None });
        let listed = memberships::page(&mut world.view().await, None, 10).await.unwrap();
        assert_eq!((listed.len(), &listed[0].grants.customers), (1, &vec![own]));
        assert_eq!(memberships::page(&mut neighbour.view().await, None, 10).await.unwrap(), []);
        let elsewhere = neighbour.run(async |work| memberships::remove(work, &user.id).await).await;
        assert!(matches!(elsewhere, Err(MembershipError::NotFound(_))));
    })
    .await;
}

#[tokio::test]
async fn changed_roles_end_the_sessions_there_and_changed_records_act_at_once() {
    on_both(async |world: World| {
        let neighbour = world.neighbour().await;
        let (one, two) = (world.customer("Ada").await.id, world.customer("Bob").await.id);
        let payer = |customers: &[&String]| Grants {
            roles: Role::Customer.into(),
            customers: customers.iter().map(|id| (*id).clone()).collect(),
            agent: None,
        };
        let user = world.user("robin").await;
        world.give(&user, payer(&[&one])).await.unwrap();
        let here = world.signed_in("robin").await;
        change(&world, &user.id, payer(&[&one, &two])).await.unwrap();
        let who = world.who(&here).await.unwrap();
        assert!(who.actor.unwrap().reach.customer(&two), "no new sign-in is needed");
        neighbour.give(&user, roles(Role::Clerk)).await.unwrap();
        let there = world.signed_in("robin").await;
        let in_two = world.who(&there).await.unwrap();
        engine::people::sessions::choose_tenant(&world.engine, &in_two, 2).await.unwrap();
        change(&world, &user.id, roles(Role::Clerk)).await.unwrap();
        assert!(world.who(&here).await.is_none(), "roles changed");
        assert!(world.who(&there).await.is_some(), "it works in another tenant");
        neighbour.run(async |work| memberships::remove(work, &user.id).await).await.unwrap();
        assert!(world.who(&there).await.is_none(), "the membership was removed");
        let audit = world.changes(&user.id).await;
        assert_eq!(audit[0].action, "membership.change");
        assert_eq!(audit[0].after.as_deref(), Some(r#"{"roles":["clerk"],"customers":[],"agent":null}"#));
        assert!(audit[0].before.as_deref().unwrap().contains(&two));
    })
    .await;
}

#[tokio::test]
async fn a_tenant_keeps_an_owner() {
    on_both(async |world: World| {
        let (one, two) = (world.member("one", Role::Owner).await, world.member("two", Role::Owner).await);
        world.run(async |work| users::disable(work, &two.id).await).await.unwrap();
        let remove = world.run(async |work| memberships::remove(work, &one.id).await).await;
        assert!(matches!(remove, Err(MembershipError::LastOwner)), "a disabled owner does not count");
        let lower = change(&world, &one.id, roles(Role::Admin)).await;
        assert!(matches!(lower, Err(MembershipError::LastOwner)));
        let disable = world.run(async |work| users::disable(work, &one.id).await).await;
        assert!(matches!(disable, Err(UserError::LastOwner)));
        world.enter("one", crate::people::PASSWORD, &home()).await.unwrap();
        change(&world, &one.id, several([Role::Owner, Role::Coordinator])).await.unwrap();
        world.run(async |work| users::enable(work, &two.id).await).await.unwrap();
        world.run(async |work| memberships::remove(work, &one.id).await).await.unwrap();
    })
    .await;
}

#[tokio::test]
async fn of_two_owners_who_remove_each_other_at_once_one_stays() {
    on_both(async |world: World| {
        let (one, two) = (world.member("one", Role::Owner).await, world.member("two", Role::Owner).await);
        let mut first = world.work().await;
        memberships::remove(&mut first, &one.id).await.unwrap();
        let second = world.run(async |work| memberships::remove(work, &two.id).await);
        assert!(matches!(overtaken(first, second).await, Err(MembershipError::LastOwner)));
        let all = [&one, &two].map(|user| user.id.clone());
        world.give(&one, roles(Role::Owner)).await.unwrap();
        let outcomes = world.at_once(all, |work, id| async move { users::disable(work, &id).await }.boxed()).await;
        assert_eq!(outcomes.iter().filter(|outcome| outcome.is_ok()).count(), 1, "{outcomes:?}");
    })
    .await;
}

/// Two who act at once: boss makes ada the owner and steps down, and somebody who has seen neither decides about ada.
async fn succession(world: &World) -> (Work, String) {
    let (boss, ada) = (world.member("boss", Role::Owner).await, world.member("ada", Role::Clerk).await);
    let mut first = world.work().await;
    memberships::change(&mut first, &ada.id, roles(Role::Owner), 1).await.unwrap();
    memberships::change(&mut first, &boss.id, roles(Role::Clerk), 1).await.unwrap();
    (first, ada.id)
}

#[tokio::test]
async fn who_has_become_the_last_owner_meanwhile_is_not_disabled() {
    on_both(async |world: World| {
        let (first, ada) = succession(&world).await;
        let second = world.run(async |work| users::disable(work, &ada).await);
        assert!(matches!(overtaken(first, second).await, Err(UserError::LastOwner)));
    })
    .await;
}

#[tokio::test]
async fn who_has_become_an_owner_meanwhile_is_beyond_an_admin() {
    on_both(async |world: World| {
        let admin = world.as_role(Role::Admin);
        let (first, ada) = succession(&world).await;
        let second = admin.run(async |work| second_factor::reset(work, &ada).await);
        let refused = overtaken(first, second).await;
        assert!(matches!(refused, Err(SecondFactorError::Beyond { role: "owner" })), "{refused:?}");
    })
    .await;
}

#[tokio::test]
async fn who_has_joined_another_tenant_meanwhile_is_not_one_tenants_alone() {
    on_both(async |world: World| {
        let neighbour = world.neighbour().await;
        let ada = world.member("ada", Role::Clerk).await;
        let mut first = neighbour.work().await;
        memberships::give(&mut first, &ada.id, roles(Role::Clerk)).await.unwrap();
        let second = world.run(async |work| users::disable(work, &ada.id).await);
        assert!(matches!(overtaken(first, second).await, Err(UserError::Elsewhere)));
    })
    .await;
}

#[tokio::test]
async fn a_tenant_does_not_decide_for_another() {
    on_both(async |world: World| {
        let neighbour = world.neighbour().await;
        let shared = world.member("shared", Role::Clerk).await;
        neighbour.give(&shared, roles(Role::Clerk)).await.unwrap();
        let disable = async |world: &World, id: &str| world.run(async |work| users::disable(work, id).await).await;
        assert!(matches!(disable(&world, &shared.id).await, Err(UserError::Elsewhere)));
        let foreign = neighbour.member("foreign", Role::Clerk).await;
        assert!(matches!(disable(&world, &foreign.id).await, Err(UserError::NotFound(_))));
        let boss = world.member("boss", Role::Owner).await;
        assert!(matches!(
            disable(&world.as_role(Role::Admin), &boss.id).await,
            Err(UserError::Beyond { role: "owner" })
        ));
        let clerk = world.member("clerk", Role::Clerk).await;
        assert!(matches!(disable(&world.as_role(Role::Clerk), &clerk.id).await, Err(UserError::Beyond { .. })));
        disable(&world.as_role(Role::Admin), &clerk.id).await.unwrap();
        disable(&world.acting(crate::people::program()), &shared.id).await.unwrap();
        let nobody: Roles = Roles::default();
        let powerless =
            world.acting(Actor { tenant: 0, name: "user:x".to_owned(), roles: nobody, reach: Reach::Tenant });
        assert!(matches!(disable(&powerless, &boss.id).await, Err(UserError::NotFound(_))));
    })
    .await;
}

#[tokio::test]
async fn a_stale_change_is_refused() {
    on_both(async |world: World| {
        let user = world.member("robin", Role::Clerk).await;
        change(&world, &user.id, roles(Role::Auditor)).await.unwrap();
        let stale = world.run(async |work| memberships::change(work, &user.id, roles(Role::Admin), 1).await).await;
        assert!(matches!(stale, Err(MembershipError::Changed { current: 2 })));
        let places = memberships::places(&world.engine, &user.id).await.unwrap();
        assert_eq!((places.len(), places[0].name.as_str(), &places[0].roles), (1, "Helpline", &Role::Auditor.into()));
    })
    .await;
}
