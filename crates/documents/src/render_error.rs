use std::fmt;

use domain::money::Overflow;

/// Why a document could not be drawn.
#[derive(Debug, thiserror::Error)]
pub enum RenderError {
    /// A sum of its calls or payments is beyond the range of an amount.
    #[error("a sum on the document could not be computed: {0}")]
    Overflow(#[from] Overflow),
    /// A reminder is asked for, but nothing is to be paid.
    #[error("there is nothing to remind of: nothing of \"{number}\" is to be paid")]
    NothingToPay {
        /// The number of the document; empty where it has none.
        number: String,
    },
    /// The Typst template is wrong, or does not fit this document.
    #[error("the template of the document is wrong: {0}")]
    Template(Fault),
    /// The document could not be written as JSON for its template.
    #[error("the document could not be handed to its template: {0}")]
    Data(#[from] serde_json::Error),
    /// The electronic invoice could not be put into the PDF.
    #[error("the electronic invoice does not go into the PDF: {0}")]
    Embedding(String),
    /// The page or mail could not be written.
    #[error("the page could not be written: {0}")]
    Page(#[from] askama::Error),
}

/// What is wrong with a template, and where.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Fault {
    /// The file, by its name in the folder of templates.
    pub file: String,
    /// Line and column, from 1, where the fault has a place.
    pub place: Option<(usize, usize)>,
    /// What is wrong.
    pub message: String,
}

impl fmt::Display for Fault {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.place {
            Some((line, column)) => write!(f, "{}, line {line}, column {column}: {}", self.file, self.message),
            None => write!(f, "{}: {}", self.file, self.message),
        }
    }
}
