//! Tables of case files: which documents were issued, and what stands on them.
//!
//! The first column names the kind of document: `invoice`, `credit note`, `receipt` or `statement`. Such a table lists all documents
//! of the kind that were issued since the last one; a table whose first column is `again` looks at documents by their number as they
//! stand now. A row without anything in the first cell goes on with the row above. A column named `how` is for the reader.

use std::collections::{BTreeMap, HashSet};

use domain::paper::{Paper, PaperKind, PaperLine, PaperLineKind};
use engine::billing::{self, Document, DocumentFilter};

use super::script::Table;
use super::stage::Stage;

/// The kinds of documents that a table may list, as tables and as storage call them.
pub(super) const KINDS: [(&str, &str); 4] =
    [("invoice", "invoice"), ("credit note", "credit_note"), ("receipt", "receipt"), ("statement", "statement")];

/// Which documents tables have listed.
#[derive(Debug, Default)]
pub(super) struct Listed(HashSet<String>);

/// All documents of a kind, the oldest first.
pub(super) async fn documents(stage: &Stage, kind: &str) -> Vec<Document> {
    let filter = DocumentFilter { kind, ..DocumentFilter::default() };
    let mut documents = billing::page(&mut stage.world.view().await, &filter, 1000).await.unwrap();
    documents.reverse();
    documents.sort_by_key(|document| document.paper.number.clone());
    documents
}

impl Listed {
    /// Compares a table with what was issued.
    pub(super) async fn assert(&mut self, stage: &Stage, table: &Table) {
        let first = table.columns[0].as_str();
        let found = match KINDS.iter().find(|(name, _)| *name == first) {
            Some((_, kind)) => self.unlisted(stage, kind).await,
            None => {
                assert_eq!(first, "again", "line {}: a table is about documents", table.line);
                let mut found = Vec::new();
                for row in table.rows.iter().filter(|row| !row[0].is_empty()) {
                    found.push(billing::find(&mut stage.world.view().await, &row[0]).await.unwrap());
                }
                found
            }
        };
        let shown: Vec<Vec<String>> = found.iter().flat_map(|document| rows(document, &table.columns)).collect();
        let compared = |rows: &[Vec<String>]| -> Vec<String> {
            let seen = |row: &Vec<String>| {
                let cells = row
                    .iter()
                    .zip(&table.columns)
                    .filter(|(_, column)| *column != "how")
                    .map(|(cell, _)| cell.as_str());
                cells.collect::<Vec<_>>().join(" | ")
            };
            rows.iter().map(seen).collect()
        };
        let (expected, found) = (compared(&table.rows), compared(&shown));
        if expected != found {
            panic!(
                "the table at line {}:\n  {}\nis not what is:\n  {}",
                table.line,
                expected.join("\n  "),
                found.join("\n  ")
            );
        }
    }

    async fn unlisted(&mut self, stage: &Stage, kind: &str) -> Vec<Document> {
        let mut documents = documents(stage, kind).await;
        documents.retain(|document| self.0.insert(document.id.clone()));
        documents
    }

    /// Every document must have been listed.
    pub(super) async fn assert_all(&mut self, stage: &Stage) {
        for (name, kind) in KINDS {
            let left = self.unlisted(stage, kind).await;
            let left: Vec<String> = left
                .iter()
                .flat_map(|one| {
                    rows(one, &["invoice", "customer", "period", "line", "amount", "total"].map(str::to_owned))
                })
                .map(|row| row.join(" | "))
                .collect();
            assert!(left.is_empty(), "no table lists the {name}\n  {}", left.join("\n  "));
        }
    }
}

/// The rows of a document, a cell a column.
fn rows(document: &Document, columns: &[String]) -> Vec<Vec<String>> {
    let cells: BTreeMap<&str, Vec<String>> = cells(document).into_iter().collect();
    let of = |column: &String| cells.get(column.as_str()).unwrap_or_else(|| panic!("there is no column {column}"));
    let long = columns.iter().map(|column| of(column).len()).max().unwrap_or(1).max(1);
    (0..long)
        .map(|row| columns.iter().map(|column| of(column).get(row).cloned().unwrap_or_default()).collect())
        .collect()
}

fn cells(document: &Document) -> Vec<(&'static str, Vec<String>)> {
    let paper = &document.paper;
    let money = |amount: domain::money::Amount| amount.to_text(paper.currency);
    let number = vec![paper.number.clone().unwrap_or_else(|| "-".to_owned())];
    let (mut lines, mut amounts): (Vec<String>, Vec<String>) =
        paper.lines.iter().map(|line| (line_text(paper, line), money(line.amount))).unzip();
    // The tax has a column of its own; of several rates each is told.
    for row in paper.taxes.iter().filter(|_| paper.taxes.len() > 1) {
        lines.push(format!("{} on {}", row.name, money(row.net)));
        amounts.push(money(row.tax));
    }
    for settled in &paper.settled {
        lines.push(format!("paid by {}", settled.kind.replace('_', " ")));
        amounts.push(money(settled.amount));
    }
    let mut cells: Vec<(&'static str, Vec<String>)> = vec![
        ("how", Vec::new()),
        ("again", number.clone()),
        ("customer", vec![paper.buyer.name.clone()]),
        ("period", vec![paper.period.map_or(String::new(), |period| period.to_string())]),
        ("line", lines),
        ("amount", amounts),
        ("net", vec![money(paper.net)]),
        ("tax", vec![money(paper.tax)]),
        ("total", vec![money(paper.total)]),
        ("open", vec![money(document.open())]),
        ("state", vec![document.state.name().replace('_', " ")]),
        ("issued", vec![paper.issued_on.to_string()]),
        ("due", vec![paper.due_on.map_or(String::new(), |due_on| due_on.to_string())]),
        ("for", vec![document.line.clone().unwrap_or_default()]),
        ("of", vec![paper.corrects.clone().unwrap_or_default()]),
        ("notes", paper.notes.iter().map(|note| note.split('.').next().unwrap_or_default().to_owned()).collect()),
    ];
    cells.extend(KINDS.map(|(name, _)| (name, number.clone())));
    if let Some(sums) = paper.statement {
        let sums = [
            ("opening", sums.opening),
            ("credited", sums.credited),
            ("charged", sums.charged),
            ("closing", sums.closing),
        ];
        cells.extend(sums.map(|(name, amount)| (name, vec![money(amount)])));
    }
    cells
}

fn line_text(paper: &Paper, line: &PaperLine) -> String {
    let kind = match line.kind {
        PaperLineKind::Fee => "fee",
        PaperLineKind::Item => "item",
        PaperLineKind::Usage => "calls",
        PaperLineKind::EarlierUsage => "earlier",
        PaperLineKind::Credit => "debit",
        PaperLineKind::Payment => "payment",
    };
    let mut words = vec![kind.to_owned()];
    words.extend(line.number.clone());
    words.extend(line.period.filter(|_| paper.kind == PaperKind::Statement).map(|day| day.from().to_string()));
    words.push(line.name.clone());
    words.extend(line.share.map(|share| format!("{}/{}", share.part, share.of)));
    if let Some(usage) = line.usage {
        let calls = if usage.calls == 1 { "call" } else { "calls" };
        words.push(format!("({} {calls}, {} s)", usage.calls, usage.seconds));
    }
    words.extend(line.included.map(|included| format!("[{} of {} s]", included.used, included.of)));
    // Where several rates are told, a line tells its own.
    words.extend(line.tax_rate.clone().filter(|_| paper.taxes.len() > 1).map(|rate| format!("at {rate}")));
    if line.tax_included {
        words.push("incl.".to_owned());
    }
    words.join(" ")
}
