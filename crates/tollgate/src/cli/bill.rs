//! `tollgate bill` on the command line.

use std::path::PathBuf;

use clap::{Args, Subcommand, ValueEnum};
use engine::billing::DocumentState;

#[derive(Debug, Subcommand)]
pub(crate) enum BillCommand {
    /// Close every period that has ended, and issue its invoices. `serve` does that each day by itself; again, it changes nothing.
    #[command(after_help = "Examples:
  tollgate bill run
  tollgate bill run --customer crm-17
  tollgate bill run --json

Exit codes: 0 whatever was due is billed, 1 somebody could not be billed (who and why is shown), or the run could not go on.")]
    Run {
        /// This customer alone: its id, its external reference, or its name.
        #[arg(long)]
        customer: Option<String>,
        /// As JSON.
        #[arg(long)]
        json: bool,
    },
    /// Show what a customer's next invoice would be: fees to the end of the period, calls up to now.
    #[command(after_help = "Example:
  tollgate bill preview crm-17")]
    Preview {
        /// The customer: its id, its external reference, or its name.
        customer: String,
        /// As JSON.
        #[arg(long)]
        json: bool,
    },
    /// List invoices and other documents, the newest first.
    #[command(after_help = "Examples:
  tollgate bill list --overdue
  tollgate bill list --customer crm-17 --state part_paid
  tollgate bill list --kind credit_note")]
    List(BillListArgs),
    /// Write an invoice or another document into a file, as PDF.
    #[command(after_help = "Examples:
  tollgate bill pdf 1
  tollgate bill pdf C000001 --output note.pdf")]
    Pdf {
        /// Its number (an invoice's without the zeros, too), or its id.
        document: String,
        /// The file; - for standard output [default: named after kind and number].
        #[arg(long, short, value_name = "FILE")]
        output: Option<PathBuf>,
    },
}

#[derive(Debug, Args)]
pub(crate) struct BillListArgs {
    /// This customer's alone: its id, its external reference, or its name.
    #[arg(long)]
    pub(crate) customer: Option<String>,
    /// Which documents.
    #[arg(long, value_enum, default_value_t = DocumentKindName::Invoice)]
    pub(crate) kind: DocumentKindName,
    /// Only those in this state.
    #[arg(long, value_enum)]
    pub(crate) state: Option<InvoiceStateName>,
    /// Only those that should have been paid before today.
    #[arg(long)]
    pub(crate) overdue: bool,
    /// How many at most.
    #[arg(long, default_value_t = 50, value_parser = clap::value_parser!(i64).range(1..=10_000))]
    pub(crate) limit: i64,
    /// As JSON.
    #[arg(long)]
    pub(crate) json: bool,
}

/// The kinds of documents.
#[derive(Debug, Clone, Copy, ValueEnum)]
#[value(rename_all = "snake_case")]
pub(crate) enum DocumentKindName {
    Invoice,
    CreditNote,
    Receipt,
    Statement,
}

/// How an invoice stands.
#[derive(Debug, Clone, Copy, ValueEnum)]
#[value(rename_all = "snake_case")]
pub(crate) enum InvoiceStateName {
    Issued,
    PartPaid,
    Paid,
    Credited,
    WrittenOff,
}

impl DocumentKindName {
    /// The kind's name.
    pub(crate) fn name(self) -> &'static str {
        match self {
            DocumentKindName::Invoice => "invoice",
            DocumentKindName::CreditNote => "credit_note",
            DocumentKindName::Receipt => "receipt",
            DocumentKindName::Statement => "statement",
        }
    }
}

impl From<InvoiceStateName> for DocumentState {
    fn from(name: InvoiceStateName) -> DocumentState {
        match name {
            InvoiceStateName::Issued => DocumentState::Issued,
            InvoiceStateName::PartPaid => DocumentState::PartPaid,
            InvoiceStateName::Paid => DocumentState::Paid,
            InvoiceStateName::Credited => DocumentState::Credited,
            InvoiceStateName::WrittenOff => DocumentState::WrittenOff,
        }
    }
}
