use domain::deck::{Deck, DeckEntry, Prefix};
use domain::time::Instant;
use engine::decks::{self, DeckError, DeckVersion, EntryPage, StoredDeck, read_csv};

use crate::world::{World, at, currency, on_both};

/// A deck of `prefix price` pairs.
fn entries(pairs: &str) -> Deck {
    let rows: String = pairs.split(", ").map(|pair| pair.replace(' ', ",") + "\n").collect();
    read_csv(format!("prefix,price_per_minute\n{rows}").as_bytes()).unwrap()
}

/// The same the other way round.
fn shown<'a>(entries: impl IntoIterator<Item = &'a DeckEntry>) -> String {
    let pair = |entry: &DeckEntry| format!("{} {}", entry.prefix, entry.rate.steps()[0].price);
    entries.into_iter().map(pair).collect::<Vec<_>>().join(", ")
}

async fn empty(world: &World) -> StoredDeck {
    let usd = currency("USD");
    world.run(async |work| decks::create(work, "World".into(), usd, None).await).await.unwrap().0
}

async fn replace(
    world: &World,
    deck: &str,
    entries: &Deck,
    effective_at: Option<Instant>,
    version: i64,
) -> Result<(StoredDeck, DeckVersion), DeckError> {
    world.run(async |work| decks::replace(work, deck, entries, effective_at, version).await).await
}

/// The price of a call to the number that starts now.
async fn price(world: &World, deck: &str, number: &str) -> String {
    let found = decks::search(&mut world.view().await, deck, number).await.unwrap();
    found.map_or_else(|| "none".to_owned(), |entry| shown([&entry]))
}

#[tokio::test]
async fn a_deck_reads_back_as_it_was_written() {
    on_both(async |world| {
        let whole = r#"{"steps": [{"from_seconds": 0, "price": "1", "per_seconds": 30, "increment_seconds": 6}], "minimum_charge": "2"}"#;
        let limits = r#"{"price_per_minute": "1", "maximum_charge": "5", "on_maximum": "disconnect", "rounding": {"decimals": 2, "mode": "up"}}"#;
        let short = r#"{"price_per_minute": "0.001", "increment_seconds": 1, "connect_fee": "0.10", "free_below_seconds": 3}"#;
        let document = format!(
            r#"[{{"prefix": "1", "rate": {whole}}}, {{"prefix": "44", "rate": {limits}, "included": true, "destination": "Zoë's \"land\""}},
                {{"prefix": "2", "rate": {short}}}, {{"prefix": "3", "rate": {{"price_per_minute": "0", "connect_fee": "1"}}}}]"#
        );
        let written = Deck::read(document.as_bytes()).unwrap();
        for code in ["USD", "JPY"] {
            let (deck, version) = world
                .run(async |work| decks::create(work, format!("World {code}"), currency(code), Some(&written)).await)
                .await
                .unwrap();
            let page = EntryPage { limit: 100, ..EntryPage::default() };
            let read = decks::entries(&mut world.view().await, &deck.id, &page).await.unwrap();
            assert_eq!(read, written.entries());
            let version = version.unwrap();
            assert_eq!((version.number, version.prefixes, version.effective_at), (1, 4, Instant::FIRST));
            assert_eq!(decks::get(&mut world.view().await, &deck.id).await.unwrap(), deck);
            assert_eq!(decks::versions(&mut world.view().await, &deck.id).await.unwrap(), [version]);
        }
        assert_eq!(decks::page(&mut world.view().await, None, 10).await.unwrap().len(), 2);
    })
    .await;
}

#[tokio::test]
async fn what_is_shown_first_is_what_happens() {
    on_both(async |world| {
        let deck = empty(&world).await;
        let first = entries("44 0.03, 447 0.10, 1 0.01");
        let shown_first = decks::compare(&mut world.view().await, &deck.id, &first, None).await.unwrap();
        assert_eq!((shown_first.version, shown_first.against), (1, None));
        assert_eq!(shown(&shown_first.added), "1 0.01, 44 0.03, 447 0.10");
        replace(&world, &deck.id, &first, None, shown_first.version).await.unwrap();

        let second = entries("44 0.03, 447 0.09, 33 0.02, 9 1");
        let difference = decks::compare(&mut world.view().await, &deck.id, &second, None).await.unwrap();
        assert_eq!((difference.version, difference.against, difference.unchanged), (2, Some(1), 1));
        assert_eq!(shown(&difference.added), "33 0.02, 9 1.00");
        assert_eq!(shown(&difference.removed), "1 0.01");
        assert_eq!(shown(difference.changed.iter().map(|entry| &entry.before)), "447 0.10");
        assert_eq!(shown(difference.changed.iter().map(|entry| &entry.after)), "447 0.09");
        // Looking changed nothing.
        assert_eq!(decks::versions(&mut world.view().await, &deck.id).await.unwrap().len(), 1);

        let (deck, version) = replace(&world, &deck.id, &second, None, difference.version).await.unwrap();
        assert_eq!((deck.version, version.number, version.prefixes), (3, 2, 4));
        let nothing = decks::compare(&mut world.view().await, &deck.id, &second, None).await.unwrap();
        assert_eq!((nothing.added, nothing.removed, nothing.changed, nothing.unchanged), (vec![], vec![], vec![], 4));
        let audited = &world.changes(&deck.id).await[0];
        assert_eq!(audited.action, "deck.replace");
        assert_eq!(
            audited.after.as_deref(),
            Some(
                r#"{"number":2,"effective_at":"2026-03-02T09:00:00Z","prefixes":4,"difference":{"added":2,"removed":1,"changed":1,"unchanged":1}}"#
            )
        );
    })
    .await;
}

#[tokio::test]
async fn a_version_prices_calls_from_its_instant_on() {
    on_both(async |world| {
        let deck = empty(&world).await;
        assert_eq!(price(&world, &deck.id, "441632960001").await, "none");
        let march = replace(&world, &deck.id, &entries("44 0.03"), None, 1).await.unwrap().1;
        assert_eq!(march.effective_at, Instant::FIRST);
        let april = Some(at("2026-04-01T00:00:00Z"));
        replace(&world, &deck.id, &entries("44 0.04"), april, 2).await.unwrap();
        // A mistake in the prices of March is mended while those of April wait.
        replace(&world, &deck.id, &entries("44 0.035"), None, 3).await.unwrap();
        for (now, expected) in [
            (crate::world::BEGIN, "44 0.035"),
            ("2026-03-31T23:59:59.999Z", "44 0.035"),
            ("2026-04-01T00:00:00Z", "44 0.04"),
        ] {
            world.clock.move_to(at(now));
            assert_eq!(price(&world, &deck.id, "441632960001").await, expected, "{now}");
        }
    })
    .await;
}

#[tokio::test]
async fn the_comparison_is_with_what_will_be_replaced() {
    on_both(async |world| {
        let deck = empty(&world).await;
        replace(&world, &deck.id, &entries("44 0.03"), None, 1).await.unwrap();
        replace(&world, &deck.id, &entries("44 0.04"), Some(at("2026-04-01T00:00:00Z")), 2).await.unwrap();
        for (effective_at, against) in [(None, 1), (Some("2026-03-15T00:00:00Z"), 1), (Some("2026-04-15T00:00:00Z"), 2)]
        {
            let effective_at = effective_at.map(at);
            let new = entries("44 0.05");
            let difference = decks::compare(&mut world.view().await, &deck.id, &new, effective_at).await.unwrap();
            assert_eq!(difference.against, Some(against), "{effective_at:?}");
        }
    })
    .await;
}

#[tokio::test]
async fn replacements_that_are_refused() {
    on_both(async |world| {
        let deck = empty(&world).await;
        let nothing = Deck::new(Vec::new()).unwrap();
        let pointer = |refused: Result<_, DeckError>| match refused {
            Err(DeckError::Invalid(invalid)) => invalid.pointer,
            other => panic!("{other:?}"),
        };
        let early = Some(at("2026-03-02T08:59:59Z"));
        assert_eq!(pointer(replace(&world, &deck.id, &entries("44 1"), early, 1).await), "/effective_at");
        assert_eq!(pointer(replace(&world, &deck.id, &nothing, None, 1).await), "");
        replace(&world, &deck.id, &entries("44 1"), None, 1).await.unwrap();
        assert_eq!(pointer(replace(&world, &deck.id, &entries("44 2"), early, 2).await), "/effective_at");
        assert_eq!(pointer(replace(&world, &deck.id, &nothing, None, 2).await), "");
        let empty_file = decks::compare(&mut world.view().await, &deck.id, &nothing, None).await;
        assert!(matches!(empty_file, Err(DeckError::Invalid(_))));
        let second = replace(&world, &deck.id, &entries("44 2"), None, 1).await;
        assert!(matches!(second, Err(DeckError::Changed { current: 2 })), "{second:?}");
        let missing = replace(&world, "dck_none", &entries("44 2"), None, 1).await;
        assert!(matches!(missing, Err(DeckError::NotFound(_))));
        let usd = currency("USD");
        let same_name = world.run(async |work| decks::create(work, "World".into(), usd, None).await).await;
        assert!(matches!(same_name, Err(DeckError::NameTaken(name)) if name == "World"));
        assert_eq!(price(&world, &deck.id, "44").await, "44 1.00");
        assert_eq!(decks::versions(&mut world.view().await, &deck.id).await.unwrap().len(), 1);
    })
    .await;
}

#[tokio::test]
async fn entries_are_found_by_number_and_listed_by_prefix() {
    on_both(async |world| {
        let deck = empty(&world).await;
        let first = entries("1 1, 44 2, 4416 3, 441632 4, 447 5, 45 6, 5 7");
        replace(&world, &deck.id, &first, None, 1).await.unwrap();
        for (number, expected) in [
            ("+44 1632 960001", "441632 4.00"),
            ("4416", "4416 3.00"),
            ("44", "44 2.00"),
            ("+33 1 23 45 67 89", "none"),
            ("", "none"),
        ] {
            assert_eq!(price(&world, &deck.id, number).await, expected, "{number}");
        }
        let prefix = |text: &str| (!text.is_empty()).then(|| Prefix::parse(text).unwrap());
        for (starts_with, after, limit, expected) in [
            ("", "", 3, "1 1.00, 44 2.00, 4416 3.00"),
            ("", "4416", 2, "441632 4.00, 447 5.00"),
            ("44", "", 10, "44 2.00, 4416 3.00, 441632 4.00, 447 5.00"),
            ("44", "4416", 10, "441632 4.00, 447 5.00"),
            ("44", "447", 10, ""),
            ("46", "", 10, ""),
        ] {
            let page = EntryPage { version: None, starts_with: prefix(starts_with), after: prefix(after), limit };
            let listed = decks::entries(&mut world.view().await, &deck.id, &page).await.unwrap();
            assert_eq!(shown(&listed), expected, "{starts_with} {after}");
        }
        replace(&world, &deck.id, &entries("9 9"), None, 2).await.unwrap();
        for (version, expected) in [(None, "9 9.00"), (Some(1), "1 1.00"), (Some(2), "9 9.00")] {
            let page = EntryPage { version, limit: 1, ..EntryPage::default() };
            let listed = decks::entries(&mut world.view().await, &deck.id, &page).await.unwrap();
            assert_eq!(shown(&listed), expected, "{version:?}");
        }
        let third = EntryPage { version: Some(3), ..EntryPage::default() };
        let missing = decks::entries(&mut world.view().await, &deck.id, &third).await;
        assert!(matches!(missing, Err(DeckError::NoVersion { number: 3, .. })));
    })
    .await;
}
