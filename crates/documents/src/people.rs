//! Mails with one-time links.

use askama::Template;
use engine::billing::LetterText;
use engine::people::letters::{Letter, Letters};

use crate::templates::Templates;
use crate::texts::people::{Words, words};

#[derive(Template)]
#[template(path = "link.txt")]
struct Plain<'a> {
    words: &'a Words,
    link: &'a str,
}

#[derive(Template)]
#[template(path = "link.html")]
struct Rich<'a> {
    words: &'a Words,
    link: &'a str,
}

impl Letters for Templates {
    fn write(&self, letter: &Letter) -> Result<LetterText, String> {
        let (words, link) = (words(letter), letter.link.as_str());
        let text = Plain { words: &words, link }.render().map_err(|error| error.to_string())?;
        let html = Rich { words: &words, link }.render().map_err(|error| error.to_string())?;
        Ok(LetterText { subject: words.subject, text, html })
    }
}
