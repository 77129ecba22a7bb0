//! Short mails about something that has happened.

use askama::Template;
use engine::billing::LetterText;
use engine::notices::{Notice, NoticeWords};
use engine::people::PublicUrl;
use engine::tenants::Tenant;

use crate::templates::Templates;
use crate::texts::notices::{Words, words};

#[derive(Template)]
#[template(path = "notice.txt")]
struct Plain<'a> {
    words: &'a Words,
    tenant: &'a str,
}

#[derive(Template)]
#[template(path = "notice.html")]
struct Rich<'a> {
    words: &'a Words,
    tenant: &'a str,
}

impl NoticeWords for Templates {
    fn notice(&self, notice: &Notice, tenant: &Tenant, url: &PublicUrl) -> Result<LetterText, String> {
        let (words, tenant) = (words(notice, tenant, url), tenant.name.as_str());
        let text = Plain { words: &words, tenant }.render().map_err(|error| error.to_string())?;
        let html = Rich { words: &words, tenant }.render().map_err(|error| error.to_string())?;
        Ok(LetterText { subject: words.subject, text, html })
    }
}
