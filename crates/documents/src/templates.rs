use std::fs;
use std::io;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use domain::einvoice::Lack;
use domain::paper::{Paper, PaperCall, Standing};
use typst::foundations::Bytes;
use typst::text::Font;
use typst_pdf::PdfStandard;

use crate::einvoice::Checked;
use crate::html::{self, Logo};
use crate::pdf::{self, MAIN, Press};
use crate::render_error::{Fault, RenderError};
use crate::samples::samples;
use crate::sheet::Sheet;

/// The Typst template that is built in.
const PAPER_TYP: &str = include_str!("../templates/paper.typ");

/// The names that a logo may have, the better first.
const LOGOS: [(&str, &str); 2] = [("logo.svg", "image/svg+xml"), ("logo.png", "image/png")];

/// How documents look: templates, fonts and logo, loaded once and shared by all clones.
#[derive(Clone)]
pub struct Templates(Arc<Loaded>);

struct Loaded {
    press: Press,
    logo: Option<Logo>,
}

/// Why a folder of templates is refused.
#[derive(Debug, thiserror::Error)]
pub enum TemplateError {
    /// A file or folder could not be read or written.
    #[error("{}: {source}", path.display())]
    File {
        /// Which.
        path: PathBuf,
        /// What the system said.
        source: io::Error,
    },
    /// A file that should be a font is none.
    #[error("{}: this is not a font that can be used (TrueType or OpenType)", path.display())]
    NotAFont {
        /// The file.
        path: PathBuf,
    },
    /// A template fails on a sample document, or a picture in it can't be shown.
    #[error("{}/{fault}", folder.display())]
    Wrong {
        /// The folder.
        folder: PathBuf,
        /// What is wrong with which of its files, and where.
        fault: Fault,
    },
    /// The sample document itself could not be drawn.
    #[error("the sample document could not be drawn: {0}")]
    Sample(RenderError),
}

impl Templates {
    /// The templates and the font that are part of the program.
    #[must_use]
    pub fn built_in() -> Self {
        let sources = vec![(MAIN.to_owned(), PAPER_TYP.to_owned())];
        Templates(Arc::new(Loaded { press: Press::new(sources, Vec::new(), built_in_fonts()), logo: None }))
    }

    /// An owner's own templates: `paper.typ` in the folder replaces the built-in one, `logo.svg` or `logo.png` is shown on every
    /// document, fonts (`.ttf`, `.otf`, `.ttc`) can be used. `paper.typ` may use the folder's other `.typ` files and pictures,
    /// and reads the document from `paper.json`, which needs not be there. Folders within the folder are left alone.
    ///
    /// # Errors
    /// A file can't be read, a font is none, or a document of some kind can't be drawn with the template: the error names file,
    /// line and column.
    pub fn from_folder(folder: &Path) -> Result<Self, TemplateError> {
        let mut found = Found { sources: Vec::new(), images: Vec::new(), fonts: built_in_fonts() };
        for path in files(folder)? {
            found.take(&path)?;
        }
        let owned = found.sources.iter().any(|(name, _)| name == MAIN);
        if !owned {
            found.sources.push((MAIN.to_owned(), PAPER_TYP.to_owned()));
        }
        let logo = LOGOS.iter().find_map(|(name, mime)| {
            let (_, bytes) = found.images.iter().find(|(image, _)| image == name)?;
            Some(Logo::new(name, mime, bytes))
        });
        let press = Press::new(found.sources, found.images, found.fonts);
        let templates = Templates(Arc::new(Loaded { press, logo }));
        templates.tried(folder, owned)
    }

    /// The document as a tagged PDF. The same document gives the same bytes. This computes for some milliseconds, with thousands
    /// of calls for seconds: it does not belong on a thread that others wait for.
    ///
    /// # Errors
    /// A sum overflows, or the template does not fit this document.
    pub fn pdf(&self, paper: &Paper, calls: &[PaperCall]) -> Result<Vec<u8>, RenderError> {
        self.drawn(paper, calls, PdfStandard::V_1_7)
    }

    /// The document as [`pdf`](Self::pdf) draws it, a PDF/A-3 with the electronic invoice in it (Factur-X, profile EN 16931); without it where
    /// the document lacks what that needs.
    ///
    /// # Errors
    /// As of [`pdf`](Self::pdf), or something in the template can't be in a PDF/A-3.
    pub fn factur_x(&self, paper: &Paper, calls: &[PaperCall]) -> Result<Vec<u8>, RenderError> {
        match Checked::of(paper) {
            Ok(invoice) => invoice.embedded(&self.drawn(paper, calls, PdfStandard::A_3b)?, paper),
            Err(_) => self.pdf(paper, calls),
        }
    }

    /// The electronic invoice of a document, as UBL 2.1.
    ///
    /// # Errors
    /// What the document lacks for one.
    pub fn ubl(paper: &Paper) -> Result<Vec<u8>, Vec<Lack>> {
        Checked::of(paper).map(|invoice| invoice.ubl())
    }

    fn drawn(&self, paper: &Paper, calls: &[PaperCall], standard: PdfStandard) -> Result<Vec<u8>, RenderError> {
        let sheet = Sheet::new(paper, calls)?;
        self.0.press.print(&sheet, self.0.logo.as_ref().map(|logo| logo.name), paper.issued_on, standard)
    }

    /// The document as a page that needs nothing else, with how it stands now.
    ///
    /// # Errors
    /// A sum overflows.
    pub fn html(&self, paper: &Paper, calls: &[PaperCall], standing: &Standing) -> Result<String, RenderError> {
        html::page(paper, &Sheet::new(paper, calls)?, standing, self.0.logo.as_ref())
    }

    /// Writes the built-in `paper.typ`, and a sample of the `paper.json` that it reads, into a folder, so that an owner can begin
    /// from them. Nothing that is there is written over.
    ///
    /// # Errors
    /// A file is there already, or can't be written.
    pub fn write_built_in(folder: &Path) -> Result<(), TemplateError> {
        let data = samples().and_then(|samples| match samples.first() {
            Some(sample) => pdf::data_for_reading(&Sheet::new(&sample.paper, &sample.calls)?),
            None => Ok(Vec::new()),
        });
        let data = data.map_err(TemplateError::Sample)?;
        let failed = |path: &Path, source| TemplateError::File { path: path.to_owned(), source };
        fs::create_dir_all(folder).map_err(|error| failed(folder, error))?;
        for (name, bytes) in [(MAIN, PAPER_TYP.as_bytes()), (pdf::DATA, &data)] {
            let path = folder.join(name);
            let written = fs::File::create_new(&path).and_then(|mut file| io::Write::write_all(&mut file, bytes));
            written.map_err(|error| failed(&path, error))?;
        }
        Ok(())
    }

    /// Draws a sample of each kind of document, so that a wrong template is found when it is loaded and not when a bill is due.
    fn tried(self, folder: &Path, owned: bool) -> Result<Self, TemplateError> {
        for sample in samples().map_err(TemplateError::Sample)? {
            match self.pdf(&sample.paper, &sample.calls) {
                Ok(_) => {}
                Err(RenderError::Template(mut fault)) => {
                    // The built-in template is right: what it can't show is the folder's logo.
                    if let (false, Some(logo)) = (owned, &self.0.logo) {
                        fault = Fault { file: logo.name.to_owned(), place: None, ..fault };
                    }
                    return Err(TemplateError::Wrong { folder: folder.to_owned(), fault });
                }
                Err(error) => return Err(TemplateError::Sample(error)),
            }
        }
        Ok(self)
    }
}

/// What a folder holds.
struct Found {
    sources: Vec<(String, String)>,
    images: Vec<(String, Bytes)>,
    fonts: Vec<Font>,
}

impl Found {
    /// Reads a file, if it is of use.
    fn take(&mut self, path: &Path) -> Result<(), TemplateError> {
        let failed = |source| TemplateError::File { path: path.to_owned(), source };
        let Some(name) = path.file_name().and_then(|name| name.to_str()).map(str::to_owned) else {
            return Ok(());
        };
        let extension = path.extension().and_then(|extension| extension.to_str()).unwrap_or_default();
        match extension.to_ascii_lowercase().as_str() {
            "typ" => self.sources.push((name, fs::read_to_string(path).map_err(failed)?)),
            "svg" | "png" | "jpg" | "jpeg" | "gif" | "webp" | "pdf" => {
                self.images.push((name, Bytes::new(fs::read(path).map_err(failed)?)));
            }
            "ttf" | "otf" | "ttc" => {
                let before = self.fonts.len();
                self.fonts.extend(Font::iter(Bytes::new(fs::read(path).map_err(failed)?)));
                if self.fonts.len() == before {
                    return Err(TemplateError::NotAFont { path: path.to_owned() });
                }
            }
            _ => {}
        }
        Ok(())
    }
}

fn built_in_fonts() -> Vec<Font> {
    Font::iter(Bytes::new(ttf_inter::REGULAR)).collect()
}

/// The files of a folder, by name.
fn files(folder: &Path) -> Result<Vec<PathBuf>, TemplateError> {
    let failed = |source| TemplateError::File { path: folder.to_owned(), source };
    let mut files = Vec::new();
    for entry in fs::read_dir(folder).map_err(failed)? {
        let path = entry.map_err(failed)?.path();
        if path.is_file() {
            files.push(path);
        }
    }
    files.sort();
    Ok(files)
}
