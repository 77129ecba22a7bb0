//! A document of each kind, made up: templates are tried on them.

use domain::paper::{Paper, PaperCall};
use serde::Deserialize;

use crate::RenderError;

/// A document and the calls beneath it.
#[derive(Deserialize)]
pub(crate) struct Sample {
    pub(crate) paper: Paper,
    pub(crate) calls: Vec<PaperCall>,
}

/// An invoice with everything that can stand on one, a preview, a credit note, a receipt and a statement.
pub(crate) fn samples() -> Result<Vec<Sample>, RenderError> {
    Ok(serde_json::from_str(include_str!("samples.json"))?)
}
