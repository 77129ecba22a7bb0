use crate::money::{Amount, Currency, Exact, Overflow, Rounding, RoundingMode};
use crate::paper::{IncludedMinutes, PaperLine, PaperLineKind, Share, TaxRow, Usage};
use crate::period::Period;
use crate::tax::TaxRate;

/// A line of a bill, before it is rounded and taxed.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct DraftLine<'a> {
    /// What kind of line it is.
    pub kind: PaperLineKind,
    /// The customer's line that it is for, by its id.
    pub line: Option<String>,
    /// The number of that line.
    pub number: Option<String>,
    /// What is charged.
    pub name: String,
    /// The days that it is for, where they matter.
    pub period: Option<Period>,
    /// What part of a full period is charged, where it is not the whole.
    pub share: Option<Share>,
    /// How many calls, and how long: usage only.
    pub usage: Option<Usage>,
    /// The included minutes of the customer's line, on the first of the period's lines for it.
    pub included: Option<IncludedMinutes>,
    /// The amount, which need not be whole minor units.
    pub exact: Amount,
    /// How it is taxed.
    pub taxed: Taxed<'a>,
}

/// How a line is taxed.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Taxed<'a> {
    /// Not at all.
    Not,
    /// The amount is net, and taxed at this rate.
    Net(&'a TaxRate),
    /// The tax is in the amount already.
    Included {
        /// At which rate.
        rate: &'a TaxRate,
        /// How much, which need not be whole minor units.
        tax: Amount,
    },
}

/// What an invoice comes to.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Bill {
    /// The lines, each in whole minor units.
    pub lines: Vec<PaperLine>,
    /// The tax, a row a rate, in the order of their coming into force.
    pub taxes: Vec<TaxRow>,
    /// The sum of the lines without tax.
    pub net: Amount,
    /// The tax.
    pub tax: Amount,
    /// Net and tax: the sum of the lines and of the tax that is not in them.
    pub total: Amount,
    /// The tax that is not in the lines.
    pub tax_on_net: Amount,
    /// What rounding the lines added to their exact amounts.
    pub rounding: Amount,
    /// What rounding added to the tax that is in the lines.
    pub tax_rounding: Amount,
}

/// What is taxed at one rate: that of its first version here, and of any later one of the same name.
struct Base<'a> {
    rate: &'a TaxRate,
    net: Amount,
    gross: Amount,
    tax_in_gross: Amount,
}

/// Rounds each line half up to the currency's minor unit, and taxes the rounded net once per rate.
///
/// # Errors
/// A sum is beyond the range of an amount.
pub fn bill(currency: Currency, drafts: Vec<DraftLine<'_>>) -> Result<Bill, Overflow> {
    let mut bases: Vec<Base<'_>> = Vec::new();
    let (mut untaxed, mut rounding, mut tax_in_lines) = (Amount::ZERO, Amount::ZERO, Amount::ZERO);
    let mut lines = Vec::with_capacity(drafts.len());
    for draft in drafts {
        let amount = to_minor(draft.exact, currency)?;
        rounding = rounding.plus(amount.minus(draft.exact)?)?;
        match draft.taxed {
            Taxed::Not => untaxed = untaxed.plus(amount)?,
            Taxed::Net(rate) => {
                let base = base_of(&mut bases, rate);
                base.net = base.net.plus(amount)?;
            }
            Taxed::Included { rate, tax } => {
                let base = base_of(&mut bases, rate);
                base.gross = base.gross.plus(amount)?;
                base.tax_in_gross = base.tax_in_gross.plus(tax)?;
                tax_in_lines = tax_in_lines.plus(tax)?;
            }
        }
        lines.push(draft.rounded(amount));
    }
    let (mut net, mut tax_on_net, mut tax_included) = (untaxed, Amount::ZERO, Amount::ZERO);
    let mut taxes = Vec::with_capacity(bases.len());
    bases.sort_by_key(|base| base.rate.valid_from);
    for base in bases {
        let on_net = base.rate.rate.on_net(base.net, currency)?;
        let included = to_minor(base.tax_in_gross, currency)?;
        let row_net = base.net.plus(base.gross)?.minus(included)?;
        net = net.plus(row_net)?;
        tax_on_net = tax_on_net.plus(on_net)?;
        tax_included = tax_included.plus(included)?;
        let TaxRate { name, rate, .. } = base.rate;
        taxes.push(TaxRow { name: name.clone(), rate: rate.to_string(), net: row_net, tax: on_net.plus(included)? });
    }
    let tax = tax_on_net.plus(tax_included)?;
    let tax_rounding = tax_included.minus(tax_in_lines)?;
    Ok(Bill { lines, taxes, net, tax, total: net.plus(tax)?, tax_on_net, rounding, tax_rounding })
}

/// What is taxed at this rate, so far nothing where it is new.
fn base_of<'b, 'a>(bases: &'b mut Vec<Base<'a>>, rate: &'a TaxRate) -> &'b mut Base<'a> {
    let known = bases.iter().position(|base| base.rate.name == rate.name && base.rate.rate == rate.rate);
    let place = known.unwrap_or(bases.len());
    if known.is_none() {
        bases.push(Base { rate, net: Amount::ZERO, gross: Amount::ZERO, tax_in_gross: Amount::ZERO });
    }
    let base = &mut bases[place];
    if rate.valid_from < base.rate.valid_from {
        base.rate = rate;
    }
    base
}

fn to_minor(exact: Amount, currency: Currency) -> Result<Amount, Overflow> {
    let mut sum = Exact::ZERO;
    sum.add_fraction(exact, 1, 1)?;
    sum.rounded(Rounding { decimals: currency.minor_digits(), mode: RoundingMode::HalfUp })
}

impl DraftLine<'_> {
    fn rounded(self, amount: Amount) -> PaperLine {
        let (tax_included, tax_rate) = match self.taxed {
            Taxed::Not => (false, None),
            Taxed::Net(rate) => (false, Some(rate.name.clone())),
            Taxed::Included { rate, .. } => (true, Some(rate.name.clone())),
        };
        PaperLine {
            kind: self.kind,
            line: self.line,
            number: self.number,
            name: self.name,
            period: self.period,
            share: self.share,
            usage: self.usage,
            included: self.included,
            amount,
            tax_included,
            tax_rate,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::tax::TaxShare;

    fn amount(text: &str) -> Amount {
        Amount::parse(text).unwrap()
    }

    fn rate(name: &str, share: &str, from: &str) -> TaxRate {
        let valid_from = crate::time::Instant::parse(from).unwrap();
        TaxRate { name: name.to_owned(), rate: TaxShare::parse(share).unwrap(), valid_from }
    }

    fn line<'a>(exact: &str, taxed: Taxed<'a>) -> DraftLine<'a> {
        DraftLine {
            kind: PaperLineKind::Usage,
            line: None,
            number: None,
            name: "x".to_owned(),
            period: None,
            share: None,
            usage: None,
            included: None,
            exact: amount(exact),
            taxed,
        }
    }

    #[test]
    fn bills_by_table() {
        let (old, new) = (rate("19", "0.19", "2020-01-01T00:00:00Z"), rate("21", "0.21", "2026-01-01T00:00:00Z"));
        let again = rate("21", "0.21", "2027-01-01T00:00:00Z");
        let included = |tax: &str| Taxed::Included { rate: &new, tax: amount(tax) };
        for (currency, lines, shown) in [
            ("EUR", vec![], "net 0.00 tax 0.00 total 0.00 rounding 0.00 0.00; "),
            // tax is on the sum of the rounded lines, once: 3 x 0.105 is 0.33, and 21 % of that 0.0693
            (
                "EUR",
                vec![line("0.105", Taxed::Net(&new)), line("0.105", Taxed::Net(&new)), line("0.105", Taxed::Net(&new))],
                "net 0.33 tax 0.07 total 0.40 rounding 0.015 0.00; 21: 0.33 0.07",
            ),
            // two rates, the older first, whatever the order of the lines
            (
                "EUR",
                vec![line("10", Taxed::Net(&new)), line("10", Taxed::Net(&old)), line("1", Taxed::Not)],
                "net 21.00 tax 4.00 total 25.00 rounding 0.00 0.00; 19: 10.00 1.90, 21: 10.00 2.10",
            ),
            // a gross line is taxed already: its tax is not added again, and rounded for itself
            (
                "EUR",
                vec![line("12.1039", included("2.1006")), line("10", Taxed::Net(&new))],
                "net 20.00 tax 4.20 total 24.20 rounding -0.0039 -0.0006; 21: 20.00 4.20",
            ),
            // a rate that comes back under its name is one rate, and taxed once
            (
                "EUR",
                vec![line("0.03", Taxed::Net(&new)), line("1", Taxed::Net(&old)), line("0.03", Taxed::Net(&again))],
                "net 1.06 tax 0.20 total 1.26 rounding 0.00 0.00; 19: 1.00 0.19, 21: 0.06 0.01",
            ),
            // what is given back takes its tax with it
            (
                "EUR",
                vec![line("10", Taxed::Net(&new)), line("-4", Taxed::Net(&new))],
                "net 6.00 tax 1.26 total 7.26 rounding 0.00 0.00; 21: 6.00 1.26",
            ),
            (
                "JPY",
                vec![line("10.5", Taxed::Net(&new))],
                "net 11.00 tax 2.00 total 13.00 rounding 0.50 0.00; 21: 11.00 2.00",
            ),
        ] {
            let bill = bill(Currency::parse(currency).unwrap(), lines).unwrap();
            let rows: Vec<String> =
                bill.taxes.iter().map(|row| format!("{}: {} {}", row.name, row.net, row.tax)).collect();
            let Bill { net, tax, total, rounding, tax_rounding, .. } = &bill;
            let all =
                format!("net {net} tax {tax} total {total} rounding {rounding} {tax_rounding}; {}", rows.join(", "));
            assert_eq!(all, shown);
            let lines: Amount = bill.lines.iter().map(|line| line.amount).sum::<Option<Amount>>().unwrap();
            assert_eq!(lines.plus(bill.tax_on_net).unwrap(), bill.total, "the total is the sum of the lines");
        }
    }
}
