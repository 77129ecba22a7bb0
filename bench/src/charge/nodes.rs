//! `nodes`: the same calls by several processes on one PostgreSQL server, beside one.

use std::io::{BufRead, BufReader, Write};
use std::process::{Child, Command, Stdio};
use std::time::Duration;

use anyhow::Context;
use engine::{Actor, books};
use serde_json::{Value, json};
use storage::{Engine, Store};

use super::accounts::Accounts;
use super::live::Live;
use super::workload::Workload;
use super::{ACCOUNTS, IN_FLIGHT, Place, ROUND};
use crate::databases::{self, Kept};
use crate::figures::{Goal, Report, Result};
use crate::processors;
use crate::timing::{Pace, ROUNDS, WARM_UP, median};
use crate::world;

/// How many processes there are.
const NODES: [usize; 3] = [1, 2, 4];
/// The numbers of the calls of one process begin so far from those of the next.
const APART: u64 = 1 << 32;
/// The most that a charge may take of the processors, in times of what it takes where one process charges.
const MOST: f64 = 2.0;

/// Measures one process, and several.
pub(super) async fn run(report: &mut Report, place: &Place<'_>) -> Result<()> {
    println!("nodes: {}", databases::settings(Engine::Postgres, place.scratch).await?);
    let before = place.crowd(Engine::Postgres).await?;
    let mut alone = None;
    for nodes in NODES {
        let database = before.copy(place.scratch).await?.keep().await?;
        let each = measure(&database, nodes)?;
        check(report, &database).await?;
        database.remove().await?;
        let reference = *alone.get_or_insert(each);
        if nodes > 1 {
            let goal = Goal::Times { reference, most: MOST };
            report.figure(&format!("nodes-{nodes}-processor"), Pace::new(1, each), goal)?;
        }
    }
    before.remove().await
}

/// What one operation takes of the processors, of all processes and the server.
fn measure(database: &Kept, count: usize) -> Result<Duration> {
    let mut nodes =
        (0..count).map(|number| Node::start(&database.address(), number, count)).collect::<Result<Vec<_>>>()?;
    let mut each = Vec::new();
    for round in 0..=ROUNDS {
        let before = processors::of("postgres")?;
        nodes.iter_mut().try_for_each(Node::begin)?;
        let done = nodes.iter_mut().map(Node::round).collect::<Result<Vec<_>>>()?;
        let server = processors::of("postgres")?.saturating_sub(before);
        let (operations, own) =
            done.iter().fold((0, Duration::ZERO), |(sum, time), (count, processor)| (sum + count, time + *processor));
        // The first warms up.
        if round > 0 {
            let pace = Pace::new(operations, ROUND);
            println!("nodes: {count}: {pace}, processor of the programs {own:.1?}, of the server {server:.1?}");
            each.push((own + server) / u32::try_from(operations.max(1))?);
        }
    }
    nodes.into_iter().try_for_each(Node::end)?;
    Ok(median(each))
}

async fn check(report: &mut Report, database: &Kept) -> Result<()> {
    let store = Store::open(&database.address()).await?;
    let engine = world::engine(&store);
    for fault in books::check(&mut engine.view(&Actor::program(1, "bench")).await?).await?.faults {
        report.fault("nodes", &fault);
    }
    store.close().await;
    Ok(())
}

/// A process that charges.
struct Node {
    child: Child,
    said: BufReader<std::process::ChildStdout>,
}

impl Node {
    fn start(database: &str, number: usize, of: usize) -> Result<Node> {
        let mut command = Command::new(std::env::current_exe()?);
        command.args(["--node", database, "--number", &number.to_string(), "--of", &of.to_string()]);
        let mut child = command.stdin(Stdio::piped()).stdout(Stdio::piped()).spawn()?;
        let said = BufReader::new(child.stdout.take().context("its output is piped")?);
        let mut node = Node { child, said };
        node.line()?;
        Ok(node)
    }

    /// Has it charge for a round.
    fn begin(&mut self) -> Result<()> {
        let stdin = self.child.stdin.as_mut().context("its input is piped")?;
        Ok(stdin.write_all(b"go\n")?)
    }

    /// How many operations the round had, and what it took of the processors.
    fn round(&mut self) -> Result<(usize, Duration)> {
        let round: Value = serde_json::from_str(&self.line()?)?;
        let number = |field: &str| round[field].as_u64().with_context(|| format!("a round has its {field}"));
        Ok((usize::try_from(number("operations")?)?, Duration::from_micros(number("processor_us")?)))
    }

    fn line(&mut self) -> Result<String> {
        let mut line = String::new();
        anyhow::ensure!(self.said.read_line(&mut line)? > 0, "a process that charges has ended");
        Ok(line)
    }

    fn end(mut self) -> Result<()> {
        drop(self.child.stdin.take());
        anyhow::ensure!(self.child.wait()?.success(), "a process that charges has failed");
        Ok(())
    }
}

/// What such a process does: a round for each line that it reads.
pub(crate) fn charge(database: &str, number: usize, of: usize) -> Result<()> {
    let runtime = tokio::runtime::Builder::new_multi_thread().enable_all().build()?;
    runtime.block_on(async {
        let store = Store::open(database).await?;
        let prefixes = super::prefixes();
        let workload = Workload::new(Live::new(&store, &prefixes)?, Accounts::of(ACCOUNTS));
        workload.begin_at(APART * u64::try_from(number)?);
        println!("ready");
        for (round, line) in std::io::stdin().lines().enumerate() {
            line?;
            let round = workload.saturate(IN_FLIGHT / of, if round == 0 { WARM_UP } else { ROUND }).await?;
            let done = json!({
                "operations": round.pace.count,
                "processor_us": u64::try_from(round.processor.as_micros())?,
            });
            println!("{done}");
        }
        store.close().await;
        Ok(())
    })
}
