//! `deck`: load a rate sheet of 170,000 prefixes and switch to it, while calls are rated by the one before.

mod bystander;

use std::time::{Duration, Instant};

use domain::money::Currency;
use domain::rating::Talk;
use engine::decks::{self, DeckVersion};
use engine::{Actor, Engine, prices};
use storage::Store;

use crate::databases::{self, Database, ENGINES};
use crate::figures::{Goal, Report, Result};
use crate::generate::{self, Prefixes};
use crate::rating::PREFIXES;
use crate::timing::{Pace, ROUNDS, WARM_UP, median, time};
use crate::world;
use bystander::Bystander;

const GOAL: Duration = Duration::from_secs(1);
/// The longest that a call may wait for its rating because of a switch. Shorter gaps are the machine's own, when it has other
/// things to do.
const PAUSE: Duration = Duration::from_millis(20);

/// The parts of a load and a switch.
#[derive(Default)]
struct Times {
    /// From the CSV file to the deck.
    read: Vec<Duration>,
    /// From the deck to the stored version, committed.
    store: Vec<Duration>,
    /// From the commit to the first call that is rated by the new version.
    first_price: Vec<Duration>,
    /// From the stored version to the deck, as after a start of the program.
    from_document: Vec<Duration>,
    /// The longest gap between two ratings while all this was done.
    gap: Vec<Duration>,
    /// The same for as long as that, while nothing was done.
    quiet_gap: Vec<Duration>,
}

/// Loads and switches on each engine.
pub(crate) fn run(report: &mut Report) -> Result<()> {
    let runtime = tokio::runtime::Builder::new_multi_thread().enable_all().build()?;
    let prefixes = Prefixes::of(PREFIXES);
    for engine in ENGINES {
        let name = format!("deck-{}", databases::name(engine));
        println!("{name}: {}", runtime.block_on(databases::settings(engine, report.folder()))?);
        let database = runtime.block_on(Database::fresh(engine, report.folder()))?;
        let (times, rated) = runtime.block_on(measure(&database.store, &prefixes))?;
        runtime.block_on(database.remove())?;
        let [read, store, first_price, from_document, gap, quiet_gap] =
            [times.read, times.store, times.first_price, times.from_document, times.gap, times.quiet_gap].map(median);
        println!(
            "{name}: CSV file read in {read:.0?}, stored in {store:.0?}, first price {first_price:.1?} after that"
        );
        println!("{name}: {rated} calls rated meanwhile, longest gap without a switch {quiet_gap:.1?}");
        report.figure(&format!("{name}-csv"), Pace::new(1, read + store + first_price), Goal::Within(GOAL))?;
        report.figure(&format!("{name}-document"), Pace::new(1, from_document), Goal::Within(GOAL))?;
        report.figure(&format!("{name}-pause"), Pace::new(1, gap), Goal::Within(PAUSE))?;
    }
    Ok(())
}

async fn measure(store: &Store, prefixes: &Prefixes) -> Result<(Times, u64)> {
    let (engine, actor) = world::found(store, world::settings()?).await?;
    let sheets = [1, 2].map(|edition| generate::deck_csv(prefixes, edition));
    let first = decks::read_csv(sheets[0].as_bytes())?;
    let mut work = engine.begin(&actor).await?;
    let (deck, version) = decks::create(&mut work, "World".to_owned(), Currency::parse("USD")?, Some(&first)).await?;
    work.commit().await?;
    let version = version.map(|version| version.id).unwrap_or_default();

    let calls = generate::calls(10_000, prefixes)?;
    let calls: Vec<(String, Talk)> = calls.into_iter().map(|call| (call.to, call.talk)).collect();
    let bystander = Bystander::begin(engine.clone(), actor.clone(), calls, &version);
    bystander.switch_to(&version).await;
    let mut world = Switching { store, engine, actor, deck: deck.id, bystander };

    let begun = Instant::now();
    let mut sheets = sheets.iter().cycle();
    let mut next = move || sheets.next().map(String::as_str).unwrap_or_default();
    while begun.elapsed() < WARM_UP {
        world.switch(next(), &mut Times::default()).await?;
    }
    let mut times = Times::default();
    for _ in 0..ROUNDS {
        world.switch(next(), &mut times).await?;
    }
    Ok((times, world.bystander.end()?))
}

/// A deck by which calls are being rated.
struct Switching<'a> {
    store: &'a Store,
    engine: Engine,
    actor: Actor,
    deck: String,
    bystander: Bystander,
}

impl Switching<'_> {
    /// Loads a rate sheet, and switches to it.
    async fn switch(&mut self, sheet: &str, times: &mut Times) -> Result<()> {
        let begun = Instant::now();
        self.bystander.take_longest_gap();
        let (deck, read) = time(|| decks::read_csv(sheet.as_bytes()));
        let deck = deck?;
        let read_at = Instant::now();
        let mut work = self.engine.begin(&self.actor).await?;
        let before = decks::get(&mut work, &self.deck).await?;
        let (_, version): (_, DeckVersion) = decks::replace(&mut work, &self.deck, &deck, None, before.version).await?;
        work.commit().await?;
        let committed_at = Instant::now();
        self.bystander.switch_to(&version.id).await;
        times.first_price.push(committed_at.elapsed());
        times.read.push(read);
        times.store.push(committed_at.duration_since(read_at));
        times.gap.push(self.bystander.take_longest_gap());
        drop(deck);

        let again = world::engine(self.store);
        let mut view = again.view(&self.actor).await?;
        let loading = Instant::now();
        let loaded = prices::deck(&mut view, &version.id).await?;
        times.from_document.push(loading.elapsed());
        anyhow::ensure!(
            loaded.entries().len() == PREFIXES,
            "the stored version has {} prefixes",
            loaded.entries().len()
        );
        drop((view, again, loaded));

        self.bystander.take_longest_gap();
        tokio::time::sleep(begun.elapsed()).await;
        times.quiet_gap.push(self.bystander.take_longest_gap());
        Ok(())
    }
}
