//! Typst: a template and a sheet become a PDF.

use std::collections::HashMap;

use domain::time::Date;
use serde::Serialize;
use typst::diag::{FileError, FileResult, SourceDiagnostic};
use typst::foundations::{Bytes, Datetime, Duration, Smart};
use typst::syntax::{FileId, RootedPath, Source, VirtualPath, VirtualRoot};
use typst::text::{Font, FontBook};
use typst::utils::LazyHash;
use typst::{Library, LibraryExt, World, WorldExt};
use typst_layout::PagedDocument;
use typst_pdf::{PdfOptions, PdfStandard, PdfStandards, Timestamp};

use crate::render_error::{Fault, RenderError};
use crate::sheet::Sheet;

/// The template that is drawn.
pub(crate) const MAIN: &str = "paper.typ";

/// The file from which a template reads its sheet.
pub(crate) const DATA: &str = "paper.json";

/// For how many documents Typst remembers what it laid out: what all documents share is used by each and stays, all else goes soon.
const REMEMBERED: usize = 2;

/// All that stays the same from document to document.
pub(crate) struct Press {
    library: LazyHash<Library>,
    book: LazyHash<FontBook>,
    fonts: Vec<Font>,
    main: FileId,
    data: FileId,
    sources: HashMap<FileId, Source>,
    images: HashMap<FileId, Bytes>,
}

/// What a template reads: the sheet, and which picture is the logo.
#[derive(Serialize)]
struct Data<'a> {
    #[serde(flatten)]
    sheet: &'a Sheet,
    logo: Option<&'a str>,
}

impl Press {
    /// A press with these Typst files and pictures, by their names, and fonts.
    pub(crate) fn new(sources: Vec<(String, String)>, images: Vec<(String, Bytes)>, fonts: Vec<Font>) -> Self {
        let source = |(name, text): (String, String)| (file(&name), Source::new(file(&name), text));
        Press {
            library: LazyHash::new(Library::default()),
            book: LazyHash::new(FontBook::from_fonts(&fonts)),
            main: file(MAIN),
            data: file(DATA),
            sources: sources.into_iter().map(source).collect(),
            images: images.into_iter().map(|(name, bytes)| (file(&name), bytes)).collect(),
            fonts,
        }
    }

    /// Draws a sheet. The same sheet gives the same bytes: the day of issue stands in place of the time.
    pub(crate) fn print(
        &self,
        sheet: &Sheet,
        logo: Option<&str>,
        issued_on: Date,
        standard: PdfStandard,
    ) -> Result<Vec<u8>, RenderError> {
        let data = serde_json::to_vec(&Data { sheet, logo })?;
        let standards =
            PdfStandards::new(&[standard]).map_err(|error| RenderError::Embedding(error.message().to_string()))?;
        let job = Job { press: self, data: Bytes::new(data), standards };
        let printed = job.print(issued_on);
        typst::comemo::evict(REMEMBERED);
        printed.map_err(RenderError::Template)
    }
}

/// The sheet as a template reads it: JSON for people to look at.
pub(crate) fn data_for_reading(sheet: &Sheet) -> Result<Vec<u8>, RenderError> {
    Ok(serde_json::to_vec_pretty(&Data { sheet, logo: None })?)
}

/// One document on the press: Typst sees nothing of the machine but the press's files and the sheet.
struct Job<'a> {
    press: &'a Press,
    data: Bytes,
    standards: PdfStandards,
}

impl Job<'_> {
    fn print(&self, issued_on: Date) -> Result<Vec<u8>, Fault> {
        let document: PagedDocument = typst::compile(self).output.map_err(|errors| self.fault(&errors))?;
        let options = PdfOptions {
            // Typst derives an identifier from the title; where two documents have the same, the data differ.
            ident: Smart::Custom(format!("{:x}", typst::utils::hash128(&self.data))),
            creator: Smart::Custom(Some("Tollgate".to_owned())),
            standards: self.standards.clone(),
            timestamp: midnight(issued_on).map(Timestamp::new_utc),
            ..PdfOptions::default()
        };
        typst_pdf::pdf(&document, &options).map_err(|errors| self.fault(&errors))
    }

    /// The first of the errors, in words.
    fn fault(&self, errors: &[SourceDiagnostic]) -> Fault {
        let Some(error) = errors.first() else {
            return Fault { file: MAIN.to_owned(), place: None, message: "Typst failed without a word".to_owned() };
        };
        let id = error.span.id().unwrap_or(self.press.main);
        let range = WorldExt::range(self, error.span);
        let lines = self.press.sources.get(&id).map(Source::lines);
        let place = lines.zip(range).and_then(|(lines, range)| lines.byte_to_line_column(range.start));
        let hints = error.hints.iter().map(|hint| format!(" ({})", hint.v));
        Fault {
            file: id.vpath().get_without_slash().to_owned(),
            place: place.map(|(line, column)| (line + 1, column + 1)),
            message: std::iter::once(error.message.to_string()).chain(hints).collect(),
        }
    }
}

impl World for Job<'_> {
    fn library(&self) -> &LazyHash<Library> {
        &self.press.library
    }

    fn book(&self) -> &LazyHash<FontBook> {
        &self.press.book
    }

    fn main(&self) -> FileId {
        self.press.main
    }

    fn source(&self, id: FileId) -> FileResult<Source> {
        self.press.sources.get(&id).cloned().ok_or_else(|| missing(id))
    }

    fn file(&self, id: FileId) -> FileResult<Bytes> {
        if id == self.press.data {
            return Ok(self.data.clone());
        }
        self.press.images.get(&id).cloned().ok_or_else(|| missing(id))
    }

    fn font(&self, index: usize) -> Option<Font> {
        self.press.fonts.get(index).cloned()
    }

    /// No clock: what is drawn depends on the sheet alone.
    fn today(&self, _offset: Option<Duration>) -> Option<Datetime> {
        None
    }
}

/// The file of a name. All names that Typst can't express are one file's.
fn file(name: &str) -> FileId {
    let path = VirtualPath::new(name).unwrap_or_else(|_| Source::detached("").id().vpath().clone());
    FileId::new(RootedPath::new(VirtualRoot::Project, path))
}

fn missing(id: FileId) -> FileError {
    FileError::NotFound(id.vpath().get_without_slash().into())
}

fn midnight(date: Date) -> Option<Datetime> {
    let (month, day) = (u8::try_from(date.month()).ok()?, u8::try_from(date.day()).ok()?);
    Datetime::from_ymd_hms(i32::from(date.year()), month, day, 0, 0, 0)
}
