use domain::invalid::{Invalid, parse};
use engine::agents::{self, AgentError, Details, DetailsDocument};
use serde_json::{Value, json};

use crate::world::{World, currency, on_both};

fn details(document: &Value) -> Result<Details, Invalid> {
    parse::<DetailsDocument>(document.to_string().as_bytes())?.check()
}

async fn refused(world: &World, document: &Value) -> Invalid {
    let details = match details(document) {
        Ok(details) => details,
        Err(invalid) => return invalid,
    };
    match world.run(async |work| agents::create(work, "Iris".to_owned(), details).await).await {
        Err(AgentError::Invalid(invalid)) => invalid,
        other => panic!("{document}: {other:?}"),
    }
}

#[tokio::test]
async fn an_agent_keeps_its_prices_by_currency() {
    on_both(async |world| {
        let document = json!({
            "phones": [" +44 1632 960001 "], "email": "iris@example.org", "languages": ["en", "cy"],
            "prices": {
                "EUR": {"rate": {"price_per_minute": "3.50"}, "price_per_message": "0.80"},
                "JPY": {"rate": {"connect_fee": "99", "steps": [
                    {"from_seconds": 0, "price": "300", "per_seconds": 60, "increment_seconds": 60},
                    {"from_seconds": 600, "price": "200", "per_seconds": 60, "increment_seconds": 1}]}},
            },
        });
        let details = details(&document).unwrap();
        let made = world.run(async |work| agents::create(work, "Iris".into(), details).await).await.unwrap();
        let read = agents::get(&mut world.view().await, &made.id).await.unwrap();
        assert_eq!(read, made);
        assert_eq!((read.share(), read.details.phones[0].as_str()), (800, "+44 1632 960001"));
        let price = |code| read.rate_in(currency(code)).map(|rate| rate.steps()[0].price.to_string());
        assert_eq!([price("EUR"), price("JPY"), price("USD")], [Some("3.50".into()), Some("300.00".into()), None]);
        let changes = world.changes(&made.id).await;
        assert_eq!(changes[0].action, "agent.create");
        assert!(changes[0].after.as_deref().unwrap().contains(r#""price_per_message":"0.80""#), "{changes:?}");
    })
    .await;
}

#[tokio::test]
async fn fields_of_an_agent_that_are_refused() {
    on_both(async |world| {
        let rate = json!({"price_per_minute": "1"});
        for (document, pointer) in [
            (json!({"share": 1001}), "/share"),
            (json!({"share": -1}), "/share"),
            (json!({"share": 0.5}), "/share"),
            (json!({"email": "iris"}), "/email"),
            (json!({"email": "iris@a b.org"}), "/email"),
            (json!({"phones": ["1", ""]}), "/phones/1"),
            (json!({"phones": vec!["1"; 21]}), "/phones"),
            (json!({"languages": ["x".repeat(21)]}), "/languages/0"),
            (json!({"nickname": "I"}), "/nickname"),
            (json!({"prices": {"usd": {"rate": rate}}}), "/prices"),
            (json!({"prices": {"USD": {"rate": {}}}}), "/prices/USD/rate"),
            (
                json!({"prices": {"USD": {"rate": {"price_per_minute": "0.0000001"}}}}),
                "/prices/USD/rate/price_per_minute",
            ),
            (json!({"prices": {"USD": {"rate": rate, "price_per_message": "-1"}}}), "/prices/USD/price_per_message"),
        ] {
            let invalid = refused(&world, &document).await;
            assert!(invalid.pointer.starts_with(pointer), "{document}: {invalid}");
        }
        let whole = Details { share: 1000, ..Details::default() };
        let none = Details { share: 0, ..Details::default() };
        for details in [whole, none] {
            world.run(async |work| agents::create(work, "Iris".into(), details).await).await.unwrap();
        }
        let nameless = world.run(async |work| agents::create(work, " ".into(), Details::default()).await).await;
        assert!(matches!(nameless, Err(AgentError::Invalid(invalid)) if invalid.pointer == "/name"));
        assert_eq!(agents::page(&mut world.view().await, None, 100).await.unwrap().len(), 2);
    })
    .await;
}

#[tokio::test]
async fn an_agent_of_an_earlier_release_is_reminded_and_takes_every_shift() {
    on_both(async |world| {
        let record = storage::agents::AgentRecord {
            tenant: 1,
            id: "agt_0".to_owned(),
            name: "Iris".to_owned(),
            details: r#"{"phones": [], "email": null, "languages": ["en"], "prices": {}, "share": 800, "number": null,
                "public": false, "about": null}"#
                .to_owned(),
            created_at: 5,
            version: 3,
            number: None,
        };
        let mut tx = world.engine.store().write().await.unwrap();
        storage::agents::insert(&mut tx, &record).await.unwrap();
        tx.commit().await.unwrap();
        let read = agents::get(&mut world.view().await, "agt_0").await.unwrap();
        assert_eq!(read.details, Details { languages: vec!["en".to_owned()], ..Details::default() });
        assert!(read.details.reminders && read.details.blackouts.is_empty());
    })
    .await;
}

#[tokio::test]
async fn of_two_who_change_an_agent_the_second_is_told() {
    on_both(async |world| {
        let made = world.run(async |work| agents::create(work, "Iris".into(), Details::default()).await).await.unwrap();
        let rename = async |name: &str| {
            let change = async |work: &mut _| agents::update(work, &made.id, name.into(), Details::default(), 1).await;
            world.run(change).await
        };
        let renamed = rename("Iris B.").await.unwrap();
        assert_eq!((renamed.name.as_str(), renamed.version), ("Iris B.", 2));
        assert!(matches!(rename("Iris C.").await, Err(AgentError::Changed { current: 2 })));
        let listed = agents::page(&mut world.view().await, None, 10).await.unwrap();
        assert_eq!(listed, [renamed]);
        assert_eq!(agents::page(&mut world.view().await, Some(&made.id), 10).await.unwrap(), []);
        let last = &world.changes(&made.id).await[0];
        assert!(
            last.before.as_deref().unwrap().contains("\"Iris\"") && last.after.as_deref().unwrap().contains("Iris B.")
        );
        let missing = agents::get(&mut world.view().await, "agt_none").await;
        assert!(matches!(missing, Err(AgentError::NotFound(id)) if id == "agt_none"));
    })
    .await;
}
