//! A desk where letters to people are written, and a mailbox where they arrive.

use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex};

use engine::billing::LetterText;
use engine::jobs::{Retention, Runner};
use engine::mailer::{Mail, MailFailure, Mailbox, Mailer};
use engine::people::letters::{LETTERS, Letter, Letters, Occasion, Post};
use engine::people::{PublicUrl, Secret};
use futures::future::BoxFuture;

use crate::world::World;

pub(crate) struct Desk {
    runner: Runner,
    mailbox: Arc<Arrived>,
}

struct Arrived {
    sender: Mailbox,
    mails: Mutex<Vec<Mail>>,
    fails: AtomicBool,
}

pub(crate) struct Words;

impl Letters for Words {
    fn write(&self, letter: &Letter) -> Result<LetterText, String> {
        let subject = match &letter.occasion {
            Occasion::Invitation { tenant } => format!("join {tenant}"),
            Occasion::Reset { sign_in } => format!("reset {sign_in}"),
            Occasion::Swap { .. } => panic!("nobody offers a shift here"),
        };
        let text = format!("{} for {} hours: {}", subject, letter.valid_hours, letter.link);
        Ok(LetterText { subject, html: text.clone(), text })
    }
}

impl Mailer for Arrived {
    fn sender(&self) -> &Mailbox {
        &self.sender
    }

    fn send<'a>(&'a self, mail: &'a Mail) -> BoxFuture<'a, Result<(), MailFailure>> {
        Box::pin(async move {
            self.mails.lock().unwrap().push(mail.clone());
            let fails = self.fails.swap(false, Ordering::Relaxed);
            if fails { Err(MailFailure::Later("the line broke".to_owned())) } else { Ok(()) }
        })
    }
}

impl Desk {
    pub(crate) fn of(world: &World) -> Desk {
        let sender = Mailbox { name: Some("Tollgate".to_owned()), address: "post@tollgate.example.org".to_owned() };
        let mailbox = Arc::new(Arrived { sender, mails: Mutex::default(), fails: AtomicBool::new(false) });
        let url = PublicUrl::parse("https://tollgate.example.org/").unwrap();
        let post = Post::new(Arc::new(Words), Some(mailbox.clone()), url);
        let runner = Runner::new(world.engine.clone(), "test").daily(Retention::KIND, Arc::new(Retention), 1).handle(
            LETTERS,
            Arc::new(post),
            4,
        );
        Desk { runner, mailbox }
    }

    /// The next mail arrives, but nobody is told.
    pub(crate) fn fail_next(&self) {
        self.mailbox.fails.store(true, Ordering::Relaxed);
    }

    /// What arrives by all that is due now.
    pub(crate) async fn delivered(&self) -> Vec<Mail> {
        self.runner.run_due().await.unwrap();
        std::mem::take(&mut self.mailbox.mails.lock().unwrap())
    }

    /// Does what each day is done.
    pub(crate) async fn daily(&self) {
        self.runner.run_due().await.unwrap();
    }

    /// The secret in a mail's link.
    pub(crate) fn secret(&self, mail: &Mail) -> Secret {
        let (_, secret) = mail.text.rsplit_once('/').unwrap();
        Secret::new(secret)
    }
}
