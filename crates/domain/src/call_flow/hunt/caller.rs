use super::*;

impl Flow {
    /// The caller is there: it is asked for its language, or greeted.
    pub(super) fn greet(&mut self, now: Instant) -> Vec<Command> {
        let Some(hunt) = &self.hunt else { return Vec::new() };
        match (&hunt.group.says.menu, hunt.group.languages.is_empty()) {
            (Some(menu), false) => {
                let menu = menu.clone();
                self.hunts(Hunting::Choosing, after(now, i64::from(CHOOSING_SECONDS) + PROMPT_SECONDS));
                let collect = Action::CollectDigits { leg: Leg::FIRST, most: 1, seconds: CHOOSING_SECONDS, end: None };
                vec![Flow::says_to_caller(menu), Command::Perform(collect)]
            }
            _ => {
                let greeting = hunt.group.says.greeting.clone();
                self.greets_with(greeting, now)
            }
        }
    }

    fn greets_with(&mut self, greeting: Option<Words>, now: Instant) -> Vec<Command> {
        let Some(greeting) = greeting else { return self.begin(now) };
        self.hunts(Hunting::Greeted, after(now, PROMPT_SECONDS));
        vec![Flow::says_to_caller(greeting)]
    }

    /// The caller has chosen a language, or none: then anybody may answer.
    pub(super) fn chosen(&mut self, keys: &str, now: Instant) -> Vec<Command> {
        let Some(hunt) = &mut self.hunt else { return Vec::new() };
        let choice = hunt.group.languages.iter().find(|choice| keys.starts_with(choice.key));
        hunt.language = choice.map(|choice| choice.language.clone());
        let own = choice.and_then(|choice| choice.greeting.clone());
        let greeting = own.or_else(|| hunt.group.says.greeting.clone());
        self.greets_with(greeting, now)
    }

    /// Rings those on duty, or goes on where nobody is.
    pub(super) fn begin(&mut self, now: Instant) -> Vec<Command> {
        let Some(hunt) = &mut self.hunt else { return Vec::new() };
        hunt.next = turns(hunt);
        (hunt.was_busy, hunt.falls_back) = (hunt.group.some_are_busy, false);
        if hunt.next.is_empty() && !hunt.was_busy {
            let nobody = hunt.group.nobody.clone();
            return self.falls_back_to(nobody, now);
        }
        self.hunts(Hunting::Ringing, Instant::LAST);
        self.ring_next(now)
    }

    /// All who are on duty are busy: the caller waits, where the group wants that and there is time left.
    pub(super) fn waits(&mut self, now: Instant) -> Option<Vec<Command>> {
        let hunt = self.hunt.as_mut()?;
        let queue = hunt.group.queue.clone()?;
        let is_first = hunt.waits_until.is_none();
        let until = *hunt.waits_until.get_or_insert(after(now, i64::from(queue.seconds)));
        if now >= until {
            return None;
        }
        let waiting = hunt.group.says.waiting.clone();
        self.hunts(Hunting::Waiting, after(now, LOOKING_AGAIN_SECONDS).min(until));
        Some(if is_first { vec![Flow::says_to_caller(waiting)] } else { self.hears_music() })
    }

    pub(super) fn hears_music(&self) -> Vec<Command> {
        let music = self.hunt.as_ref().and_then(|hunt| hunt.group.queue.as_ref()?.music.clone());
        vec![Command::Perform(Action::Queue { leg: Leg::FIRST, music })]
    }

    /// Looks once more who is free.
    pub(super) fn look_again(&mut self, now: Instant) -> Vec<Command> {
        let Some(hunt) = &self.hunt else { return Vec::new() };
        let group = hunt.group.id.clone();
        self.asks_who_is_on_duty(group, now)
    }

    pub(super) fn asks_who_is_on_duty(&mut self, group: String, now: Instant) -> Vec<Command> {
        self.hunts(Hunting::Asking, after(now, AT_ONCE_SECONDS));
        vec![Command::WhoIsOnDuty { group, from: self.caller.clone() }]
    }

    /// Who is on duty now, in this group or the one that follows it; none, where that could not be found out.
    pub(super) fn found(&mut self, group: Option<&Group>, now: Instant) -> Vec<Command> {
        let Some(hunt) = &mut self.hunt else { return Vec::new() };
        let Some(group) = group.filter(|group| !group.refuses) else { return self.nobody_took_it(now) };
        let is_another = group.id != hunt.group.id;
        // Callers see one number, whoever answers.
        let shown = std::mem::take(&mut hunt.group.shown);
        hunt.group = Group { shown, ..group.clone() };
        if is_another {
            hunt.groups.push(group.id.clone());
            hunt.waits_until = None;
            return self.greets_with(group.says.greeting.clone(), now);
        }
        self.begin(now)
    }
}
