use crate::double::{Double, NotPlayed};
use crate::world::{Place, Status, World};

/// What a party is asked for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Asked {
    /// Nothing: it hears, waits, or talks.
    Nothing,
    /// Keys.
    Keys,
    /// A message.
    Message,
}

/// Somebody on the phone: who has called, or whose phone rings. What they do comes back when it has been followed as far as it goes.
#[derive(Debug, Clone)]
pub struct Party {
    double: Double,
    number: String,
    sid: String,
}

impl Party {
    pub(crate) fn new(double: &Double, number: &str, sid: String) -> Party {
        Party { double: double.clone(), number: number.to_owned(), sid }
    }

    /// The id of the party's call.
    #[must_use]
    pub fn call(&self) -> &str {
        &self.sid
    }

    /// How its call stands, in Twilio's word.
    #[must_use]
    pub fn status(&self) -> &'static str {
        self.double.inner.world(|world| world.leg(&self.sid).map_or("", |leg| leg.status.name()))
    }

    /// What was said and played to it so far.
    #[must_use]
    pub fn heard(&self) -> Vec<String> {
        self.double.inner.world(|world| world.leg(&self.sid).map(|leg| leg.heard.clone()).unwrap_or_default())
    }

    /// What it is asked for.
    #[must_use]
    pub fn asked(&self) -> Asked {
        self.double.inner.world(|world| match world.leg(&self.sid).map(|leg| &leg.place) {
            Some(Place::Gathering(_)) => Asked::Keys,
            Some(Place::Recording(_)) => Asked::Message,
            _ => Asked::Nothing,
        })
    }

    /// Whether its call is over.
    #[must_use]
    pub fn is_gone(&self) -> bool {
        self.double.inner.world(|world| world.living(&self.sid).is_none())
    }

    /// The party that it talks with, or those of its conference, by their numbers.
    #[must_use]
    pub fn talks_with(&self) -> Vec<String> {
        self.double.inner.world(|world| world.talks_with(&self.sid))
    }

    /// Picks up.
    ///
    /// # Errors
    /// Its phone does not ring.
    pub async fn answers(self) -> Result<Party, NotPlayed> {
        self.does(Status::Ringing, |world, sid| world.answers(sid)).await
    }

    /// A mailbox picks up, says something of its own, and records what it hears: it presses no key.
    ///
    /// # Errors
    /// Its phone does not ring.
    pub async fn mailbox_answers(self) -> Result<Party, NotPlayed> {
        self.answers().await?.waits().await
    }

    /// Presses keys.
    ///
    /// # Errors
    /// Its call is not answered, or over.
    pub async fn presses(self, keys: &str) -> Result<Party, NotPlayed> {
        self.does(Status::InProgress, |world, sid| world.presses(sid, keys)).await
    }

    /// Neither presses a key nor says anything for as long as that is waited for.
    ///
    /// # Errors
    /// Its call is not answered, or over.
    pub async fn waits(self) -> Result<Party, NotPlayed> {
        self.does(Status::InProgress, |world, sid| world.is_silent(sid)).await
    }

    /// Is busy.
    ///
    /// # Errors
    /// Its phone does not ring.
    pub async fn is_busy(self) -> Result<Party, NotPlayed> {
        self.does(Status::Ringing, |world, sid| world.end(sid, Status::Busy)).await
    }

    /// Lets it ring for as long as it does.
    ///
    /// # Errors
    /// Its phone does not ring.
    pub async fn does_not_answer(self) -> Result<Party, NotPlayed> {
        self.does(Status::Ringing, |world, sid| world.end(sid, Status::NoAnswer)).await
    }

    /// Cannot be reached.
    ///
    /// # Errors
    /// Its phone does not ring.
    pub async fn cannot_be_reached(self) -> Result<Party, NotPlayed> {
        self.does(Status::Ringing, |world, sid| world.end(sid, Status::Failed)).await
    }

    /// Leaves a message, a WAVE file, and presses a star.
    ///
    /// # Errors
    /// It is not asked for one.
    pub async fn leaves_message(self, audio: &[u8], seconds: u32) -> Result<Party, NotPlayed> {
        self.leaves(audio, seconds, "*").await
    }

    /// Leaves a message, a WAVE file, and hangs up.
    ///
    /// # Errors
    /// It is not asked for one.
    pub async fn leaves_message_and_hangs_up(self, audio: &[u8], seconds: u32) -> Result<Party, NotPlayed> {
        self.leaves(audio, seconds, "hangup").await
    }

    async fn leaves(self, audio: &[u8], seconds: u32, ending: &str) -> Result<Party, NotPlayed> {
        let left = self.double.inner.world(|world| {
            let left = world.leaves_message(&self.sid, audio, seconds.into(), ending);
            if ending == "hangup" {
                world.end(&self.sid, Status::Completed);
            }
            left
        });
        self.double.inner.run().await;
        if left.is_some() { Ok(self) } else { Err(self.cannot()) }
    }

    /// Hangs up.
    ///
    /// # Errors
    /// Its call is over.
    pub async fn hangs_up(self) -> Result<Party, NotPlayed> {
        if self.is_gone() {
            return Err(self.cannot());
        }
        self.double.inner.world(|world| {
            let is_answered = world.leg(&self.sid).is_some_and(|leg| leg.answered_at.is_some());
            world.end(&self.sid, if is_answered { Status::Completed } else { Status::Canceled });
        });
        self.double.inner.run().await;
        Ok(self)
    }

    /// Waits until it has heard something with these words in it.
    ///
    /// # Errors
    /// It has not in time.
    pub async fn hears(self, words: &str) -> Result<Party, NotPlayed> {
        let sid = self.sid.clone();
        let heard =
            move |world: &mut World| world.leg(&sid)?.heard.iter().any(|said| said.contains(words)).then_some(());
        self.double.inner.until(&format!("{} hears {words:?}", self.number), heard).await?;
        Ok(self)
    }

    /// Waits until its call stands so, in Twilio's word.
    ///
    /// # Errors
    /// It does not in time.
    pub async fn becomes(self, status: &str) -> Result<Party, NotPlayed> {
        let sid = self.sid.clone();
        let stands = move |world: &mut World| (world.leg(&sid)?.status.name() == status).then_some(());
        self.double.inner.until(&format!("the call of {} is {status}", self.number), stands).await?;
        Ok(self)
    }

    async fn does(self, when: Status, act: impl FnOnce(&mut World, &str)) -> Result<Party, NotPlayed> {
        let is_done = self.double.inner.world(|world| {
            let can = world.leg(&self.sid).is_some_and(|leg| leg.status == when);
            if can {
                act(world, &self.sid);
            }
            can
        });
        self.double.inner.run().await;
        if is_done { Ok(self) } else { Err(self.cannot()) }
    }

    fn cannot(&self) -> NotPlayed {
        NotPlayed::NotNow { who: self.number.clone(), status: self.status().to_owned() }
    }
}
