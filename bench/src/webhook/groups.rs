use domain::roster::Days;
use engine::agents;
use engine::groups::{self, Answering, Details, NewShift, Saying};

use crate::databases::Database;
use crate::figures::Result;
use crate::world;

/// How many groups there are.
pub(super) const GROUPS: usize = 200;
/// How many agents each has: one is on duty at any time of the week, and one more in the evening.
const AGENTS: usize = 7;

/// The number of a group.
pub(super) fn number(group: usize) -> String {
    format!("+4416329{:05}", 61_000 + group)
}

/// Makes the groups: with seven agents and fourteen shifts each.
pub(super) async fn found(database: &Database) -> Result<()> {
    let (engine, actor) = world::found(&database.store, world::settings()?).await?;
    for group in 0..GROUPS {
        let mut work = engine.begin(&actor).await?;
        let greeting = Saying { text: "Welcome to the line.".to_owned(), language: None, voice: None, audio: None };
        let answering = Answering { greeting: Some(greeting), ..Answering::default() };
        let details =
            Details { name: format!("Group {group}"), numbers: vec![number(group)], answering, ..Details::default() };
        let made = groups::create(&mut work, details).await?;
        for agent in 0..AGENTS {
            let phone = format!("+4477009{:05}", group * AGENTS + agent);
            let details = agents::Details { phones: vec![phone], ..agents::Details::default() };
            let agent_id = agents::create(&mut work, format!("Agent {agent}"), details).await?.id;
            for hours in ["00:00-00:00", "18:00-22:00"] {
                let new = NewShift {
                    agent: agent_id.clone(),
                    days: Days::new(&[u8::try_from(agent)?])?,
                    hours: hours.parse()?,
                    zone: None,
                    every_weeks: 1,
                    from: None,
                    until: None,
                    priority: 1,
                };
                groups::add_shift(&mut work, &made.id, new).await?;
            }
        }
        work.commit().await?;
    }
    Ok(())
}
