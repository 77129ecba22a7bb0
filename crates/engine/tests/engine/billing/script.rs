//! Cases as Markdown: what a section does, and what is expected of it.
//!
//! A section begins with a heading. In it, code blocks marked `steps` are done line by line (see [`super::stage`]), and tables say
//! what was issued (see [`super::tables`]); all other text is for the reader.

use serde_json::Value;

/// A section of a case file: it plays in a world of its own.
#[derive(Debug)]
pub(super) struct Section {
    /// File and heading.
    pub(super) title: String,
    pub(super) parts: Vec<Part>,
}

/// What a section consists of.
#[derive(Debug)]
pub(super) enum Part {
    Step(Step),
    Table(Table),
}

/// A line of a steps block.
#[derive(Debug)]
pub(super) struct Step {
    /// The line of the file.
    pub(super) line: usize,
    pub(super) text: String,
    /// When: local time such as `2026-01-31T10:00`, or an instant.
    pub(super) at: Option<String>,
    pub(super) words: Vec<String>,
    /// The JSON at its end.
    pub(super) json: Option<Value>,
    /// A part of the reason for which it must be refused.
    pub(super) refused: Option<String>,
}

/// A table: the names of its columns, and its rows.
#[derive(Debug)]
pub(super) struct Table {
    /// The line of the file.
    pub(super) line: usize,
    pub(super) columns: Vec<String>,
    pub(super) rows: Vec<Vec<String>>,
}

/// Reads a case file. What is neither a heading, a steps block nor a table is left to the reader.
pub(super) fn sections(file: &str, text: &str) -> Vec<Section> {
    let mut sections: Vec<Section> = Vec::new();
    let mut in_steps = false;
    for (place, line) in text.lines().enumerate() {
        let number = place + 1;
        if line.starts_with("```") {
            in_steps = line == "```steps";
            continue;
        }
        if let Some(title) = line.strip_prefix("## ") {
            sections.push(Section { title: format!("{file}: {title}"), parts: Vec::new() });
            continue;
        }
        let Some(section) = sections.last_mut() else { continue };
        if in_steps {
            if !line.trim().is_empty() {
                section.parts.push(Part::Step(step(number, line)));
            }
        } else if let Some(row) = line.strip_prefix('|') {
            add_row(section, number, row);
        }
    }
    sections
}

/// Adds a table's row to the table that the line before belongs to, or begins one.
fn add_row(section: &mut Section, number: usize, row: &str) {
    let row = row.strip_suffix('|').unwrap_or(row);
    let cells: Vec<String> = row.split('|').map(|cell| cell.trim().to_owned()).collect();
    match section.parts.last_mut() {
        Some(Part::Table(table)) if table.line + table.rows.len() + 2 == number => {
            assert_eq!(cells.len(), table.columns.len(), "line {number}: a row has as many cells as there are columns");
            table.rows.push(cells);
        }
        Some(Part::Table(table)) if table.line + 1 == number => {}
        _ => section.parts.push(Part::Table(Table { line: number, columns: cells, rows: Vec::new() })),
    }
}

fn step(line: usize, text: &str) -> Step {
    let (done, refused) = match text.split_once(" -> refused: ") {
        Some((done, reason)) => (done, Some(reason.trim().to_owned())),
        None => (text, None),
    };
    let (spoken, json) = match done.find('{') {
        Some(place) => {
            let json = serde_json::from_str(&done[place..]);
            (&done[..place], Some(json.unwrap_or_else(|error| panic!("line {line}: {error}"))))
        }
        None => (done, None),
    };
    let mut words = words(spoken);
    let is_date = |word: &String| word.len() >= 10 && word.as_bytes()[4] == b'-' && word.as_bytes()[7] == b'-';
    let at = words.first().is_some_and(is_date).then(|| {
        let date = words.remove(0);
        if date.contains('T') { date } else { format!("{date}T{}", words.remove(0)) }
    });
    Step { line, text: text.trim().to_owned(), at, words, json, refused }
}

/// The words of a step; what stands between double quotes is one.
fn words(text: &str) -> Vec<String> {
    let mut words = Vec::new();
    for (place, part) in text.split('"').enumerate() {
        if place % 2 == 1 {
            words.push(part.to_owned());
        } else {
            words.extend(part.split_whitespace().map(str::to_owned));
        }
    }
    words
}
