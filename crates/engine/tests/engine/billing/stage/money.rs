//! Items, payments, credits and corrections.

use domain::money::Amount;
use engine::billing::items::{self, ItemKind, NewItem};
use engine::billing::{self, NewCreditNote};
use engine::payments::reversals::{self, NewReversal, ReversalKind};
use engine::payments::{self, CreditKind, Method, NewCredit, NewPayment};
use engine::{accounts, lines};

use super::{Done, Stage, after};
use crate::world::amount;

impl Stage {
    pub(super) async fn of_money(&mut self, words: &[&str]) -> Done {
        match words {
            ["item", of, kind, name, text, rest @ ..] => self.item((of, kind, name), amount(text), rest).await,
            ["end", name] => self.end(name).await,
            ["pay", name, text] => self.pay(name, amount(text), None).await,
            ["pay", name, text, "for", invoice] => self.pay(name, amount(text), Some(invoice)).await,
            [kind @ ("credit" | "adjust" | "opening"), name, text, reason] => {
                self.credit(kind, name, amount(text), reason).await
            }
            ["bounce", name, text, reason] => self.reverse(ReversalKind::Bounce, name, (text, reason)).await,
            ["repay", name, text, reason] => self.reverse(ReversalKind::Repayment, name, (text, reason)).await,
            ["dispute", name, text, reason] => self.reverse(ReversalKind::Dispute, name, (text, reason)).await,
            ["decide", name, state] => self.decide(name, state).await,
            ["note", number, rest @ ..] => self.note(number, rest).await,
            ["write-off", number] => self.write_off(number).await,
            ["balance", name, expected] => {
                let customer = &self.customers[*name];
                let mut view = self.world.view().await;
                let account = accounts::get(&mut view, &customer.id, customer.currency).await?;
                assert_eq!(account.balance.to_text(customer.currency), *expected, "the balance of {name}");
                Ok(())
            }
            _ => panic!("no such step: {words:?}"),
        }
    }

    async fn item(&mut self, (of, kind, name): (&str, &str, &str), amount: Amount, rest: &[&str]) -> Done {
        let line = self.lines.get(of).cloned();
        let customer = match &line {
            Some(line) => lines::get(&mut self.world.view().await, line).await?.customer,
            None => self.customers[of].id.clone(),
        };
        let kind = if kind == "once" { ItemKind::OneOff } else { ItemKind::Recurring };
        let from = after("from", rest).map(|from| self.time(from));
        let new = NewItem { customer, line, kind, name: name.to_owned(), amount, from };
        let item = self.world.run(async |work| items::create(work, new).await).await?;
        self.items.insert(name.to_owned(), item.id);
        Ok(())
    }

    async fn end(&self, name: &str) -> Done {
        let item = items::get(&mut self.world.view().await, &self.items[name]).await?;
        self.world.run(async |work| items::end(work, &item.id, item.version).await).await?;
        Ok(())
    }

    async fn pay(&self, name: &str, amount: Amount, invoice: Option<&str>) -> Done {
        let new = NewPayment {
            customer: self.customers[name].id.clone(),
            amount,
            currency: None,
            method: Method::Transfer,
            reference: None,
            received_at: None,
            invoice: invoice.map(str::to_owned),
        };
        self.world.run(async |work| payments::record(work, new).await).await?;
        Ok(())
    }

    /// The last payment of a customer goes back, so much of it or all that is left.
    async fn reverse(&self, kind: ReversalKind, name: &str, (text, reason): (&str, &str)) -> Done {
        let customer = &self.customers[name].id;
        let last = payments::page(&mut self.world.view().await, Some(customer), None, 1).await?;
        let amount = (text != "all").then(|| amount(text));
        let new = NewReversal { payment: last[0].id.clone(), kind, amount, reason: reason.to_owned() };
        self.world.run(async |work| reversals::reverse(work, new).await).await?;
        Ok(())
    }

    /// What becomes of the last of a customer's payments that went back.
    async fn decide(&self, name: &str, state: &str) -> Done {
        let customer = &self.customers[name].id;
        let last = reversals::page(&mut self.world.view().await, (Some(customer), None), None, 1).await?.remove(0);
        let state = serde_json::from_value(serde_json::json!(state))?;
        self.world.run(async |work| reversals::decide(work, &last.id, state, last.version).await).await?;
        Ok(())
    }

    async fn credit(&self, kind: &str, name: &str, amount: Amount, reason: &str) -> Done {
        let kind = match kind {
            "credit" => CreditKind::Credit,
            "adjust" => CreditKind::Adjustment,
            _ => CreditKind::OpeningBalance,
        };
        let customer = self.customers[name].id.clone();
        let new = NewCredit { customer, kind, amount, currency: None, reason: reason.to_owned() };
        self.world.run(async |work| payments::credit(work, new).await).await?;
        Ok(())
    }

    /// `rest` are lines of the invoice by their place, each with an amount or without.
    async fn note(&self, number: &str, rest: &[&str]) -> Done {
        let invoice = billing::find(&mut self.world.view().await, number).await?.id;
        let mut lines: Vec<(usize, Option<Amount>)> = Vec::new();
        for word in rest {
            match (word.parse(), lines.last_mut()) {
                (Ok(place), _) => lines.push((place, None)),
                (Err(_), Some(line)) => line.1 = Some(amount(word)),
                (Err(error), None) => return Err(error.into()),
            }
        }
        let new = NewCreditNote { invoice, lines, reason: "A mistake".to_owned() };
        self.world.run(async |work| billing::credit_note(work, new).await).await?;
        Ok(())
    }

    async fn write_off(&self, number: &str) -> Done {
        let invoice = billing::find(&mut self.world.view().await, number).await?.id;
        self.world.run(async |work| billing::write_off(work, &invoice, "Gone".to_owned()).await).await?;
        Ok(())
    }
}
