//! Templates as the engine's renderer.

use domain::einvoice::Lack;
use domain::paper::{Paper, PaperCall, Standing};
use engine::billing::{Letter, LetterText, Renderer};

use crate::mail::{MailBody, MailKind, mail};
use crate::templates::Templates;

impl Renderer for Templates {
    fn pdf(&self, paper: &Paper, calls: &[PaperCall]) -> Result<Vec<u8>, String> {
        Templates::pdf(self, paper, calls).map_err(|error| error.to_string())
    }

    fn factur_x(&self, paper: &Paper, calls: &[PaperCall]) -> Result<Vec<u8>, String> {
        Templates::factur_x(self, paper, calls).map_err(|error| error.to_string())
    }

    fn ubl(&self, paper: &Paper) -> Result<Vec<u8>, Vec<Lack>> {
        Templates::ubl(paper)
    }

    fn html(&self, paper: &Paper, calls: &[PaperCall], standing: &Standing) -> Result<String, String> {
        Templates::html(self, paper, calls, standing).map_err(|error| error.to_string())
    }

    fn letter(&self, letter: Letter, paper: &Paper, standing: &Standing) -> Result<LetterText, String> {
        let kind = match letter {
            Letter::Document => MailKind::Document,
            Letter::Reminder { days } => MailKind::Reminder { days },
        };
        let MailBody { subject, text, html } = mail(kind, paper, standing).map_err(|error| error.to_string())?;
        Ok(LetterText { subject, text, html })
    }
}
