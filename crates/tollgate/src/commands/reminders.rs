//! `tollgate reminders`.

use std::process::ExitCode;
use std::sync::Arc;

use anyhow::Context;
use domain::roster::ToldShift;
use domain::time::{Date, Instant, Zone};
use engine::groups::{self, GroupError};
use engine::jobs::Runner;
use engine::notices::{NOTICES, Notices};
use engine::reminders::{self, Planned, Reminder, ReminderState, Step, Wanted};
use engine::sms::{SMS, Texting};
use engine::{Actor, Engine};
use serde::Serialize;

use super::{complain, engine_and_actor, say, say_json};
use crate::cli::RemindersArgs;
use crate::config::Config;

/// How many mails are sent at once.
const AT_ONCE: usize = 4;

/// An agent, and how it stands with what it is told.
#[derive(Debug, Serialize)]
struct Told {
    agent: String,
    name: String,
    address: Option<String>,
    /// Where short messages go, if they do.
    mobile: Option<String>,
    date: Date,
    /// What is done, or would be; how far it is, where that was before.
    told: &'static str,
    /// Why not.
    reason: Option<String>,
    shifts: Vec<ToldShift>,
}

pub(crate) async fn run(config: &Config, args: &RemindersArgs) -> anyhow::Result<ExitCode> {
    let date: Date = args.date.parse().ok().context("--date: write a date such as 2026-12-24")?;
    let (engine, actor) = engine_and_actor(config).await?;
    if let Some(group) = &args.group {
        groups::get(&mut engine.view(&actor).await?, group).await?;
    }
    let wanted = Wanted::On { date, group: args.group.clone() };
    let told = if args.dry_run {
        let plan = reminders::plan(&mut engine.view(&actor).await?, &wanted).await?;
        plan.into_iter().filter(|planned| !is_over(planned)).map(Told::planned).collect()
    } else {
        tell(config, &engine, &actor, &wanted).await?
    };
    if args.json {
        say_json(&told)?;
    } else if told.is_empty() {
        say(&format!("Nobody has a shift on {date} in a group that reminds."));
    } else {
        told.iter().for_each(Told::show);
    }
    let missed = told.iter().filter(|told| told.is_missed(config.mails())).count();
    if missed > 0 {
        complain(&format!("{missed} of {} cannot be told", told.len()));
    }
    Ok(if missed == 0 { ExitCode::SUCCESS } else { ExitCode::FAILURE })
}

/// Whether an agent has no shift and was told of none.
fn is_over(planned: &Planned) -> bool {
    planned.step == Step::Nothing && planned.shifts.is_empty()
}

/// Has everybody told, and sends the mails if a mail server is named; else they wait for a server that has one.
async fn tell(config: &Config, engine: &Engine, actor: &Actor, wanted: &Wanted) -> anyhow::Result<Vec<Told>> {
    let Wanted::On { date, .. } = wanted else { return Ok(Vec::new()) };
    let plan = engine.run(actor, |work| {
        let wanted = wanted.clone();
        Box::pin(async move { reminders::tell(work, &wanted).await })
    });
    let plan = plan.await.map_err(|error: GroupError| error)?;
    if let Some(account) = &config.twilio {
        let texting = Texting::new(vec![Arc::new(account.texts(&config.public_url(config.listen)?)?)]);
        Runner::new(engine.clone(), "cli").handle(SMS, Arc::new(texting), AT_ONCE).run_due().await?;
    }
    match config.mailer()? {
        Some(mailer) => {
            let words = Arc::new(config.templates()?);
            let notices = Notices::new(words, Some(mailer), config.public_url(config.listen)?);
            Runner::new(engine.clone(), "cli").handle(NOTICES, Arc::new(notices), AT_ONCE).run_due().await?;
        }
        None => complain("no mail server is named here: mails wait for a server that has one"),
    }
    let now = reminders::of_date(&mut engine.view(actor).await?, *date).await?;
    let of = |planned: Planned| {
        let reminder = now.iter().find(|reminder| reminder.agent == planned.agent)?;
        Some(Told::now(planned, reminder))
    };
    Ok(plan.into_iter().filter(|planned| !is_over(planned)).filter_map(of).collect())
}

impl Told {
    fn planned(planned: Planned) -> Told {
        let told = match planned.step {
            Step::Remind => "remind",
            Step::TellChange => "tell_change",
            Step::OptedOut => ReminderState::OptedOut.name(),
            Step::NoAddress => ReminderState::NoAddress.name(),
            Step::Nothing => planned.state.map_or("", ReminderState::name),
        };
        let Planned { agent, name, address, mobile, date, shifts, .. } = planned;
        Told { agent, name, address, mobile, date, told, reason: None, shifts }
    }

    fn now(planned: Planned, reminder: &Reminder) -> Told {
        let (told, reason) = (reminder.state.name(), reminder.reason.clone());
        Told { told, reason, ..Told::planned(planned) }
    }

    /// Whether the agent wants to be told, and cannot be: what waits for a server is on its way.
    fn is_missed(&self, mails: bool) -> bool {
        let waiting = mails && self.told == ReminderState::Waiting.name();
        let missed = [ReminderState::Failed.name(), ReminderState::NoAddress.name()];
        waiting || missed.contains(&self.told)
    }

    fn show(&self) {
        let address = self.address.as_ref().map(|address| format!(" <{address}>")).unwrap_or_default();
        let mobile = self.mobile.as_ref().map(|mobile| format!(" {mobile}")).unwrap_or_default();
        let reason = self.reason.as_ref().map(|reason| format!(": {reason}")).unwrap_or_default();
        say(&format!("{:<12} {}{address}{mobile}{reason}", self.told.replace('_', " "), self.name));
        for ToldShift { name, zone, start, end, .. } in &self.shifts {
            say(&format!("{:<12}   {} to {} {zone}  {name}", "", clock(*start, zone), clock(*end, zone)));
        }
        if self.shifts.is_empty() {
            say(&format!("{:<12}   no shift any more", ""));
        }
    }
}

/// What the wall clocks of a zone show: `2026-12-24 18:00`.
fn clock(at: Instant, zone: &Zone) -> String {
    let clock = zone.wall_clock(at);
    format!("{} {:02}:{:02}", clock.date(), clock.second / 3600, clock.second / 60 % 60)
}
