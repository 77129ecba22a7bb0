//! Electronic invoices under EN 16931: UBL 2.1 as a file, and CII in a PDF/A-3 (Factur-X, ZUGFeRD). Writing and checking them is a library's:
//! nothing outside of here knows it.

mod model;

use std::time::{Duration, UNIX_EPOCH};

use domain::einvoice::{Einvoice, Lack};
use domain::paper::Paper;
use en16931::{En16931, Validated};
use en16931_formats::Syntax;
use en16931_formats::zugferd::{self, EmbedOptions, Metadata};

use crate::render_error::RenderError;
use crate::texts::Language;

/// An invoice that keeps all rules of the standard, and can be written.
pub(crate) struct Checked(Validated<En16931>);

impl Checked {
    /// The electronic invoice of a paper.
    ///
    /// # Errors
    /// What the paper lacks for one.
    pub(crate) fn of(paper: &Paper) -> Result<Checked, Vec<Lack>> {
        let invoice = model::invoice(paper, &Einvoice::of(paper)?)?;
        Validated::new(invoice).map(Checked).map_err(|rejected| {
            let report = rejected.report();
            report.fatal().map(|finding| Lack::Rule(finding.to_string())).collect()
        })
    }

    /// As UBL 2.1.
    pub(crate) fn ubl(&self) -> Vec<u8> {
        en16931_formats::write(&self.0, Syntax::Ubl).xml.into_bytes()
    }

    /// A PDF/A-3 of the same paper, with the invoice in it.
    ///
    /// # Errors
    /// The PDF is none that can take it.
    pub(crate) fn embedded(&self, pdf: &[u8], paper: &Paper) -> Result<Vec<u8>, RenderError> {
        let title = Language::of(paper.language.as_deref()).title(paper.kind, false);
        let title = format!("{title} {}", paper.number.as_deref().unwrap_or_default());
        // The day of issue stands in place of the time, as everywhere in the file.
        let midnight = paper.time_zone.start_of_day(paper.issued_on).millis();
        let options = EmbedOptions {
            metadata: Some(Metadata { subject: title.clone(), title, author: paper.seller.name.clone() }),
            modified: u64::try_from(midnight).ok().map(|millis| UNIX_EPOCH + Duration::from_millis(millis)),
            ..EmbedOptions::default()
        };
        zugferd::embed(pdf, &self.0, &options).map_err(|error| RenderError::Embedding(error.to_string()))
    }
}
