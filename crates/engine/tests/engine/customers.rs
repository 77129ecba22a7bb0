use domain::invalid::Invalid;
use domain::money::Amount;
use engine::accounts;
use engine::customers::{self, Customer, CustomerError, CustomerState, CustomerUpdate, Details, Mode, NewCustomer};

use crate::world::{World, amount, currency, on_both, overtaken};

fn named(name: &str) -> Details {
    Details { organisation: Some(name.to_owned()), ..Details::default() }
}

fn new(name: &str) -> NewCustomer {
    NewCustomer {
        details: named(name),
        external_reference: None,
        mode: Mode::Postpaid,
        currency: None,
        credit_limit: None,
    }
}

async fn create(world: &World, new: NewCustomer) -> Result<Customer, CustomerError> {
    world.run(async |work| customers::create(work, new).await).await
}

fn change(customer: &Customer, reference: Option<&str>) -> CustomerUpdate {
    CustomerUpdate {
        details: customer.details.clone(),
        external_reference: reference.map(str::to_owned),
        state: customer.state,
    }
}

#[tokio::test]
async fn a_customer_reads_back_as_it_was_made() {
    on_both(async |world: World| {
        let details = Details {
            first_name: Some(" Ada ".into()),
            last_name: Some("Lovelace".into()),
            email: Some("ada@example.org".into()),
            phone: Some("+1 (416) 555/01.77".into()),
            ..Details::default()
        };
        let made =
            create(&world, NewCustomer { details, external_reference: Some("A-1".into()), ..new("") }).await.unwrap();
        assert_eq!((made.details.name().as_str(), made.currency, made.version), ("Ada Lovelace", currency("USD"), 1));
        assert_eq!(customers::get(&mut world.view().await, &made.id).await.unwrap(), made);
        for search in ["LOVE", "a-1", "da l", "ADA@", "(416)", "+1416555", "555-0177"] {
            let found = customers::page(&mut world.view().await, Some(search), None, 10).await.unwrap();
            assert_eq!(found, std::slice::from_ref(&made), "{search}");
        }
        assert_eq!(customers::page(&mut world.view().await, Some("%"), None, 10).await.unwrap(), []);
        let nobody = customers::get(&mut world.view().await, "cus_none").await;
        assert!(matches!(nobody, Err(CustomerError::NotFound(id)) if id == "cus_none"));
    })
    .await;
}

#[tokio::test]
async fn how_far_a_customer_may_go_into_debt() {
    on_both(async |world: World| {
        // The limit that is asked for; the account's, or the field that is refused.
        for (mode, asked, limit) in [
            (Mode::Prepaid, None, Ok(Some("0"))),
            (Mode::Prepaid, Some("0"), Ok(Some("0"))),
            (Mode::Prepaid, Some("0.01"), Err("/credit_limit")),
            (Mode::Postpaid, None, Ok(None)),
            (Mode::Postpaid, Some("25"), Ok(Some("25"))),
            (Mode::Postpaid, Some("-1"), Err("/credit_limit")),
        ] {
            let made = create(&world, NewCustomer { mode, credit_limit: asked.map(amount), ..new("Acme") }).await;
            match (made, limit) {
                (Ok(made), Ok(limit)) => {
                    let account = accounts::get(&mut world.view().await, &made.id, made.currency).await.unwrap();
                    assert_eq!((account.balance, account.credit_limit), (Amount::ZERO, limit.map(amount)));
                }
                (Err(CustomerError::Invalid(invalid)), Err(pointer)) => assert_eq!(invalid.pointer, pointer),
                (made, _) => panic!("{mode:?} {asked:?}: {made:?}"),
            }
        }
    })
    .await;
}

#[tokio::test]
async fn fields_of_a_customer_that_are_refused() {
    on_both(async |world: World| {
        for (details, reference, pointer) in [
            (Details::default(), None, "/organisation"),
            (named("  "), None, "/organisation"),
            (named(&"x".repeat(201)), None, "/organisation"),
            (Details { email: Some("ada".into()), ..named("A") }, None, "/email"),
            (Details { email: Some("a da@example.org".into()), ..named("A") }, None, "/email"),
            (Details { first_name: Some("A\tB".into()), ..Details::default() }, None, "/first_name"),
            (named("A"), Some("x".repeat(201)), "/external_reference"),
        ] {
            match create(&world, NewCustomer { details, external_reference: reference, ..new("") }).await {
                Err(CustomerError::Invalid(Invalid { pointer: found, .. })) => assert_eq!(found, pointer),
                other => panic!("{pointer}: {other:?}"),
            }
        }
        assert_eq!(customers::page(&mut world.view().await, None, None, 10).await.unwrap(), []);
    })
    .await;
}

#[tokio::test]
async fn an_external_reference_is_one_customers_alone() {
    on_both(async |world: World| {
        let outcomes = world
            .at_once(0..12, |work, number| {
                let made = NewCustomer { external_reference: Some("A-1".into()), ..new(&format!("Number {number}")) };
                Box::pin(async move { customers::create(work, made).await })
            })
            .await;
        assert_eq!(outcomes.iter().filter(|outcome| outcome.is_ok()).count(), 1);
        let taken = |outcome: &&Result<_, _>| matches!(outcome, Err(CustomerError::ReferenceTaken(r)) if r == "A-1");
        assert_eq!(outcomes.iter().filter(taken).count(), 11);
        assert_eq!(customers::page(&mut world.view().await, None, None, 100).await.unwrap().len(), 1);
    })
    .await;
}

#[tokio::test]
async fn of_two_who_take_a_reference_at_once_the_second_is_told() {
    on_both(async |world: World| {
        let (acme, birch) = (world.customer("Acme").await, world.customer("Birch").await);
        let mut first = world.work().await;
        customers::update(&mut first, &acme.id, change(&acme, Some("A-1")), 1).await.unwrap();
        let wanted = change(&birch, Some("A-1"));
        let second = world.run(async |work| customers::update(work, &birch.id, wanted, 1).await);
        let refused = overtaken(first, second).await;
        assert!(matches!(refused, Err(CustomerError::ReferenceTaken(_))), "{refused:?}");
        // It stays free to change in every other way, and one's own reference is not taken.
        for version in 1..=2 {
            let own = change(&birch, Some("B-1"));
            world.run(async |work| customers::update(work, &birch.id, own, version).await).await.unwrap();
        }
    })
    .await;
}

#[tokio::test]
async fn of_two_who_change_a_customer_the_second_is_told() {
    on_both(async |world: World| {
        let acme = world.customer("Acme").await;
        let rename = |name: &str| CustomerUpdate { details: named(name), ..change(&acme, None) };
        let mut first = world.work().await;
        customers::update(&mut first, &acme.id, rename("Birch"), 1).await.unwrap();
        let second = world.run(async |work| customers::update(work, &acme.id, rename("Cedar"), 1).await);
        let refused = overtaken(first, second).await;
        assert!(matches!(refused, Err(CustomerError::Changed { current: 2 })), "{refused:?}");
        let gone = CustomerUpdate { state: CustomerState::Closed, ..rename("Birch") };
        world.run(async |work| customers::update(work, &acme.id, gone, 2).await).await.unwrap();
        let changes = world.changes(&acme.id).await;
        let actions: Vec<&str> = changes.iter().map(|change| change.action.as_str()).collect();
        assert_eq!(actions, ["customer.update", "customer.update", "customer.create"]);
        let text = |text: &Option<String>| text.clone().unwrap_or_default();
        assert!(text(&changes[1].before).contains("Acme") && text(&changes[1].after).contains("Birch"));
        assert!(text(&changes[0].before).contains("active") && text(&changes[0].after).contains("closed"));
        assert_eq!((changes[2].before.as_deref(), changes[2].actor.as_str()), (None, "test"));
    })
    .await;
}
