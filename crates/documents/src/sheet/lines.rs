//! The lines of a document, by the customer's line.

use domain::money::{Amount, Overflow};
use domain::paper::{Paper, PaperKind, PaperLine, PaperLineKind, Share, ShareUnit};
use serde::Serialize;

use crate::RenderError;
use crate::figures::{Figures, plain};

/// The lines for one of the customer's lines, or for none.
#[derive(Debug, Serialize)]
pub(crate) struct Group {
    /// Whose they are; `None` where the document has no other group.
    pub(crate) heading: Option<String>,
    pub(crate) lines: Vec<Row>,
    /// Their sum, where it says more than the lines do.
    pub(crate) subtotal: Option<String>,
}

/// One line.
#[derive(Debug, Serialize)]
pub(crate) struct Row {
    pub(crate) name: String,
    /// What is said about it in smaller letters: its days, what part of them.
    pub(crate) details: Vec<String>,
    pub(crate) calls: Option<String>,
    pub(crate) duration: Option<String>,
    pub(crate) tax: Option<String>,
    pub(crate) tax_included: bool,
    pub(crate) amount: String,
}

/// The lines of a document in groups, both in the order of their first line.
pub(super) fn groups(paper: &Paper) -> Result<Vec<Group>, RenderError> {
    let mut numbers: Vec<Option<&str>> = Vec::new();
    let mut members: Vec<Vec<&PaperLine>> = Vec::new();
    for line in &paper.lines {
        let number = line.number.as_deref();
        match numbers.iter().position(|known| *known == number) {
            Some(index) => members[index].push(line),
            None => {
                numbers.push(number);
                members.push(vec![line]);
            }
        }
    }
    let only_account = numbers == [None];
    let several = numbers.len() > 1;
    let figures = Figures::of(paper);
    let labels = figures.language.labels();
    let amount = |of| figures.amount(of);
    let group = |(number, lines): (Option<&str>, Vec<&PaperLine>)| {
        let heading = number.map_or_else(|| labels.account.to_owned(), |of| format!("{} {}", labels.line, plain(of)));
        // Net amounts and amounts with the tax in them have no sum that means anything.
        let alike = lines.windows(2).all(|pair| pair[0].tax_included == pair[1].tax_included);
        let subtotal = if several && alike && lines.len() > 1 {
            let sum: Option<Amount> = lines.iter().map(|line| line.amount).sum();
            Some(amount(sum.ok_or(Overflow)?))
        } else {
            None
        };
        Ok(Group {
            heading: (!only_account).then_some(heading),
            lines: lines.into_iter().map(|line| row(line, amount(line.amount), paper)).collect(),
            subtotal,
        })
    };
    let mut groups: Vec<Group> = numbers.into_iter().zip(members).map(group).collect::<Result<_, RenderError>>()?;
    if let (Some(first), Some(opening)) = (groups.first_mut(), opening(paper)) {
        first.lines.insert(0, opening);
    }
    Ok(groups)
}

/// What was there before a statement's first move.
fn opening(paper: &Paper) -> Option<Row> {
    let (sums, figures) = (paper.statement.as_ref()?, Figures::of(paper));
    Some(Row {
        name: figures.language.labels().opening.to_owned(),
        details: paper.period.map(|period| figures.date(period.from())).into_iter().collect(),
        calls: None,
        duration: None,
        tax: None,
        tax_included: false,
        amount: figures.amount(sums.opening),
    })
}

fn row(line: &PaperLine, amount: String, paper: &Paper) -> Row {
    let (usage, figures) = (line.usage.as_ref(), Figures::of(paper));
    let language = figures.language;
    let period = line.period.filter(|period| line.share.is_some() || Some(*period) != paper.period);
    let details = [
        (line.kind == PaperLineKind::EarlierUsage).then(|| language.labels().earlier.to_owned()),
        period.map(|period| figures.period(period)),
        line.share.map(|part| share(part, figures)),
        line.included.map(|of| language.included(&figures.minutes(of.used), &figures.minutes(of.of))),
    ];
    Row {
        name: name(line, paper),
        details: details.into_iter().flatten().collect(),
        calls: usage.map(|usage| figures.count(usage.calls)),
        duration: usage.map(|usage| figures.duration(usage.seconds)),
        tax: line.tax_rate.as_deref().map(|name| language.tax_rate(&plain(name))),
        tax_included: line.tax_included,
        amount,
    }
}

/// A plan's fee and the calls at its rate have one name: what they are tells them apart.
fn name(line: &PaperLine, paper: &Paper) -> String {
    let (name, language) = (plain(&line.name), Figures::of(paper).language);
    match line.kind {
        _ if paper.kind == PaperKind::Statement => name,
        PaperLineKind::Fee => language.fee(&name),
        PaperLineKind::Usage | PaperLineKind::EarlierUsage => language.calls(&name),
        _ => name,
    }
}

fn share(share: Share, figures: Figures) -> String {
    let (part, of) = (figures.count(share.part), figures.count(share.of));
    match share.unit {
        ShareUnit::Days => figures.language.part_of_days(&part, &of),
        ShareUnit::Seconds => figures.language.part_of_seconds(&part, &of),
    }
}
