//! Lines and their calls.

use domain::money::Amount;
use domain::paper::PaperLineKind;
use domain::time::Instant;
use engine::billing::{self, Reason, RunningFees};
use engine::calls::rerate::{self, Request};
use engine::calls::{self, Direction, Disposition, FinishedCall, Payer};
use engine::customers::{self, Mode};
use engine::lines::{self, Line, NewLine};
use engine::{accounts, plans};

use super::{Done, Stage, after};

impl Stage {
    pub(super) async fn of_line(&mut self, words: &[&str]) -> Done {
        let world = &self.world;
        if let ["open", number, customer, plan, rest @ ..] = words {
            let new = NewLine {
                customer: self.customers[*customer].id.clone(),
                number: (*number).to_owned(),
                plan: (*plan).to_owned(),
                opened_at: after("since", rest).map(|since| self.time(since)),
            };
            let line = world.run(async |work| lines::open(work, new).await).await?;
            self.lines.insert((*number).to_owned(), line.id);
            return Ok(());
        }
        let line = lines::get(&mut world.view().await, &self.lines[words[1]]).await?;
        let reason = |name: &str| Reason::named(name).ok_or(format!("no reason {name}"));
        match words {
            ["switch", _, plan, rest @ ..] => {
                let from = after("from", rest).map(|from| self.time(from));
                let view = &mut world.view().await;
                let foretold = lines::preview_plan_change(view, &line.id, plan, from).await?;
                let balance = accounts::get(view, &line.customer, foretold.currency).await?.balance;
                let changed = async |work: &mut _| lines::change_plan(work, &line.id, plan, from, line.version).await;
                let changed = world.run(changed).await?;
                self.assert_foretold(&line, &changed, (foretold, balance)).await?;
            }
            ["close", _] => drop(world.run(async |work| lines::close(work, &line.id, line.version).await).await?),
            ["suspend", _, name] => {
                let reason = reason(name)?;
                world.run(async |work| lines::suspend(work, &line.id, reason, None).await).await?;
            }
            ["lift", _, name] => {
                let reason = reason(name)?;
                world.run(async |work| lines::lift(work, &line.id, reason).await).await?;
            }
            ["line", number, rest @ ..] => {
                let open = line.suspensions.iter().filter(|suspended| suspended.to.is_none());
                let mut reasons: Vec<&str> = open.map(|suspended| suspended.reason.name()).collect();
                reasons.sort_unstable();
                let state = format!("{:?} {}", line.state, reasons.join(" ")).to_lowercase();
                assert_eq!(state.trim(), rest.join(" "), "{number}");
            }
            _ => panic!("no such step: {words:?}"),
        }
        Ok(())
    }

    /// A change of plan does to the fee of the running period what was said before, on the invoice or on the balance.
    async fn assert_foretold(&self, before: &Line, after: &Line, (told, balance): (RunningFees, Amount)) -> Done {
        let view = &mut self.world.view().await;
        if customers::get(view, &after.customer).await?.mode == Mode::Postpaid {
            let bills = billing::preview(view, &after.customer).await?;
            let fees = bills
                .iter()
                .flat_map(|bill| &bill.paper.lines)
                .filter(|line| line.kind == PaperLineKind::Fee && line.number.as_ref() == Some(&after.number));
            let billed = fees.map(|fee| fee.amount).try_fold(Amount::ZERO, Amount::plus)?;
            assert_eq!(billed, told.after.total, "{}", after.number);
        } else if !is_without_funds(before) && !is_without_funds(after) {
            let now = accounts::get(view, &after.customer, told.currency).await?.balance;
            assert_eq!(balance.minus(now)?, told.after.total.minus(told.before.total)?, "{}", after.number);
        }
        Ok(())
    }

    pub(super) async fn of_calls(&mut self, words: &[&str]) -> Done {
        match words {
            ["rerate", number, "as", plan, "from", from, "to", to] => {
                self.rerate(number, plan, (self.time(from), self.time(to))).await
            }
            _ => self.call(words).await,
        }
    }

    async fn call(&mut self, words: &[&str]) -> Done {
        let [kind, number, seconds, "s", rest @ ..] = words else { panic!("no call: {words:?}") };
        let seconds: i64 = seconds.parse()?;
        let now = self.world.engine.clock().now();
        let answered_at = after("answered", rest).map_or(now, |answered| self.time(answered));
        let ended_at = answered_at.plus_millis(seconds * 1000)?;
        if *kind == "call" {
            self.world.clock.move_to(ended_at);
        }
        self.calls += 1;
        let call = FinishedCall {
            origin: format!("test:{}", self.calls),
            direction: Direction::Outbound,
            payer: self.lines.get(*number).map_or(Payer::Number((*number).to_owned()), |id| Payer::Line(id.clone())),
            from: (*number).to_owned(),
            to: after("to", rest).unwrap_or("+442079460000").to_owned(),
            agent: after("agent", rest).map(|name| self.agents[name].clone()),
            account_code: None,
            link: None,
            started_at: Some(answered_at),
            answered_at: Some(answered_at),
            ended_at,
            disposition: Disposition::Answered,
            cause: None,
        };
        self.world.run(async |work| calls::record(work, call).await).await?;
        Ok(())
    }

    async fn rerate(&self, number: &str, plan: &str, (from, to): (Instant, Instant)) -> Done {
        let versions = plans::versions(&mut self.world.view().await, &self.plans[plan]).await?;
        let request = Request {
            from,
            to,
            customer: None,
            line: Some(self.lines[number].clone()),
            plan_version: versions.last().map(|version| version.id.clone()),
            deck_version: None,
        };
        let rerating = rerate::propose(&self.world.engine, &self.world.actor, &request).await?;
        rerate::confirm(&self.world.engine, &self.world.actor, &rerating.id, false).await?;
        Ok(())
    }
}

fn is_without_funds(line: &Line) -> bool {
    line.suspensions.iter().any(|suspended| suspended.reason == Reason::Funds && suspended.to.is_none())
}
