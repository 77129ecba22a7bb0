//! SIP accounts: what is answered of them, what is kept, and how lines are known by them.

use engine::billing::Reason;
use engine::lines::{self, Line, LineError};
use engine::people::Secret;
use engine::sip_accounts::{self, EndpointLine, SipAccount, SipAccountError};
use engine::{ChangeKind, StorageError};
use md5::{Digest, Md5};

use crate::messages::as_customer;
use crate::phones::line;
use crate::world::{BEGIN, World, at, on_both};

async fn make(by: &World, line: &Line, asterisk: Option<&str>) -> Result<(SipAccount, Secret), SipAccountError> {
    by.run(async |work| sip_accounts::make(work, &line.id, asterisk.map(str::to_owned)).await).await
}

async fn endpoint(world: &World, username: &str) -> Option<EndpointLine> {
    sip_accounts::of_endpoint(&mut world.view().await, username).await.unwrap()
}

#[tokio::test]
async fn an_account_is_made_and_made_anew() {
    on_both(async |world: World| {
        let line = line(&world, "+441632960001").await;
        let mut heard = world.engine.changes();
        let (first, password) = make(&world, &line, None).await.unwrap();
        assert!(first.username.starts_with("t1-441632960001-") && first.username.len() == 22, "{}", first.username);
        assert_eq!((first.made_at, &first.asterisk), (at(BEGIN), &None));
        let typed = password.reveal();
        assert!(typed.len() >= 24 && typed.bytes().all(|byte| byte.is_ascii_alphanumeric()), "{typed}");
        let hint = heard.try_recv().unwrap();
        assert_eq!((hint.kind, hint.kind.name(), &hint.id), (ChangeKind::SipAccount, "sip_account", &line.id));
        assert_eq!(hint.customer.as_ref(), Some(&line.customer));
        let all = sip_accounts::all(&mut world.view().await).await.unwrap();
        let hash = Md5::digest(format!("{}:asterisk:{typed}", first.username));
        let hash: String = hash.iter().map(|byte| format!("{byte:02x}")).collect();
        assert_eq!((all.len(), all[0].digest.reveal(), &all[0].username), (1, hash.as_str(), &first.username));
        assert_eq!(sip_accounts::get(&mut world.view().await, &line.id).await.unwrap(), first);
        // Made anew, it keeps its name and its Asterisk.
        let (second, other) = make(&world, &line, Some("south")).await.unwrap();
        assert_eq!((&second.username, second.asterisk.as_deref()), (&first.username, Some("south")));
        assert_ne!(password, other);
        let (third, _) = make(&world, &line, None).await.unwrap();
        assert_eq!(third.asterisk.as_deref(), Some("south"));
        let told = sip_accounts::all(&mut world.view().await).await.unwrap();
        assert!(told.len() == 1 && told[0].digest.reveal() != hash && told[0].asterisk.as_deref() == Some("south"));
        // The trail says that there were accounts, and nothing that opens them.
        let trail = world.changes(&line.id).await;
        assert_eq!(trail.iter().filter(|change| change.action == "line.sip_account").count(), 3);
        let kept = format!("{trail:?} {told:?}");
        assert!(kept.contains(&first.username), "{kept}");
        for secret in [typed, other.reveal(), &hash, told[0].digest.reveal()] {
            assert!(!kept.contains(secret), "{kept}");
        }
    })
    .await;
}

#[tokio::test]
async fn a_line_is_known_by_its_endpoint_whatever_its_tenant() {
    on_both(async |world: World| {
        let (own, neighbour) = (line(&world, "0001").await, world.neighbour().await);
        let foreign = line(&neighbour, "0001").await;
        let (account, _) = make(&world, &own, None).await.unwrap();
        let (other, _) = make(&neighbour, &foreign, None).await.unwrap();
        assert!(other.username.starts_with("t2-0001-"), "{}", other.username);
        for world in [&world, &neighbour] {
            let found = endpoint(world, &account.username).await.unwrap();
            assert_eq!((found.tenant, &found.line, found.number.to_string()), (1, &own.id, "0001".to_owned()));
            assert!(!found.suspended);
            assert_eq!(endpoint(world, &other.username).await.unwrap().tenant, 2);
            assert_eq!(sip_accounts::all(&mut world.view().await).await.unwrap().len(), 2);
        }
        let mut view = neighbour.view().await;
        assert_eq!(sip_accounts::of_line(&mut view, &foreign.id).await.unwrap(), Some(other.clone()));
        assert_eq!(sip_accounts::of_line(&mut view, &own.id).await.unwrap(), None);
        drop(view);
        assert_eq!(endpoint(&world, "t1-0001-").await, None);
        world.run(async |work| lines::suspend(work, &own.id, Reason::Manual, None).await).await.unwrap();
        assert!(endpoint(&world, &account.username).await.unwrap().suspended);
    })
    .await;
}

#[tokio::test]
async fn an_account_ends_with_its_line_or_before() {
    on_both(async |world: World| {
        let (taken, closed) = (line(&world, "0001").await, line(&world, "0002").await);
        for line in [&taken, &closed] {
            make(&world, line, None).await.unwrap();
        }
        let mut heard = world.engine.changes();
        for _ in 0..2 {
            world.run(async |work| sip_accounts::take(work, &taken.id).await).await.unwrap();
        }
        assert_eq!(heard.try_recv().unwrap().kind, ChangeKind::SipAccount);
        assert!(heard.try_recv().is_err(), "where there is none, nothing changes");
        let none = sip_accounts::get(&mut world.view().await, &taken.id).await;
        assert!(matches!(none, Err(SipAccountError::None(_))), "{none:?}");
        world.run(async |work| lines::close(work, &closed.id, 1).await).await.unwrap();
        let told = std::iter::from_fn(|| heard.try_recv().ok()).any(|hint| hint.kind == ChangeKind::SipAccount);
        assert!(told && sip_accounts::all(&mut world.view().await).await.unwrap().is_empty());
        let refused = make(&world, &closed, None).await;
        assert!(matches!(refused, Err(SipAccountError::Line(LineError::Closed(_)))), "{refused:?}");
    })
    .await;
}

#[tokio::test]
async fn who_has_no_business_with_a_line_gets_none_of_it() {
    on_both(async |world: World| {
        let (own, other) = (line(&world, "0001").await, line(&world, "0002").await);
        let holder = as_customer(&world, &own.customer);
        make(&holder, &own, None).await.unwrap();
        let (foreign, stranger) = (world.neighbour().await, as_customer(&world, &other.customer));
        for by in [&foreign, &stranger] {
            let refused = make(by, &own, None).await;
            assert!(matches!(refused, Err(SipAccountError::Line(LineError::NotFound(_)))), "{refused:?}");
            let refused = sip_accounts::get(&mut by.view().await, &own.id).await;
            assert!(matches!(refused, Err(SipAccountError::Line(LineError::NotFound(_)))), "{refused:?}");
            by.run(async |work| sip_accounts::take(work, &own.id).await).await.unwrap_err();
        }
        assert!(sip_accounts::get(&mut holder.view().await, &own.id).await.is_ok());
        for asterisk in ["a b", "süd", &"a".repeat(41)] {
            let refused = make(&world, &own, Some(asterisk)).await;
            let at_field =
                matches!(&refused, Err(SipAccountError::Line(LineError::Invalid(fault))) if fault.pointer == "/asterisk");
            assert!(at_field, "{asterisk}: {refused:?}");
        }
    })
    .await;
}

#[tokio::test]
async fn made_many_times_at_once_a_line_has_one() {
    on_both(async |world: World| {
        let line = line(&world, "0001").await;
        let all = world
            .at_once(vec![line.id.clone(); 8], |work, line| {
                Box::pin(async move {
                    match sip_accounts::make(work, &line, None).await {
                        Ok((account, _)) => Ok::<_, StorageError>(account.username),
                        Err(SipAccountError::Storage(error)) => Err(error),
                        Err(SipAccountError::Line(LineError::Storage(error))) => Err(error),
                        Err(other) => panic!("{other}"),
                    }
                })
            })
            .await;
        let names: std::collections::BTreeSet<String> = all.into_iter().map(Result::unwrap).collect();
        assert_eq!(names.len(), 1, "{names:?}");
        assert_eq!(sip_accounts::all(&mut world.view().await).await.unwrap().len(), 1);
    })
    .await;
}
