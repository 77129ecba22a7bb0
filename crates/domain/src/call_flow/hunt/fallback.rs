use super::*;

impl Flow {
    /// Nobody has taken the call: the caller waits where all were busy, or what the group has for that follows.
    pub(super) fn nobody_took_it(&mut self, now: Instant) -> Vec<Command> {
        let Some(hunt) = &self.hunt else { return Vec::new() };
        if hunt.falls_back {
            return self.falls_back_further(now);
        }
        let (no_answer, was_busy) = (hunt.group.no_answer.clone(), hunt.was_busy);
        let waits = if was_busy { self.waits(now) } else { None };
        waits.unwrap_or_else(|| self.falls_back_to(no_answer, now))
    }

    /// Does these things one after another, until one helps; then what was left of the groups before.
    pub(super) fn falls_back_to(&mut self, mut fallbacks: Vec<Fallback>, now: Instant) -> Vec<Command> {
        let Some(hunt) = &mut self.hunt else { return Vec::new() };
        fallbacks.append(&mut hunt.rest);
        (hunt.rest, hunt.falls_back) = (fallbacks, true);
        self.falls_back_further(now)
    }

    /// Does the next thing; at the last, tells the caller that nobody is there.
    fn falls_back_further(&mut self, now: Instant) -> Vec<Command> {
        let Some(hunt) = &mut self.hunt else { return Vec::new() };
        // The call has been to these groups: that way goes round in a circle.
        let been = |fallback: &Fallback| matches!(fallback, Fallback::Group { group } if hunt.groups.contains(group));
        let circles = hunt.rest.iter().take_while(|fallback| been(fallback)).count();
        let mut rest = hunt.rest.split_off(circles).into_iter();
        let fallback = rest.next();
        hunt.rest = rest.collect();
        let says = &hunt.group.says;
        let (connecting, unavailable) = (says.connecting.clone(), says.unavailable.clone());
        match fallback {
            None => self.tells(unavailable, now),
            Some(Fallback::Group { group }) => {
                self.note(Happened::Forwarded, now);
                self.asks_who_is_on_duty(group, now)
            }
            Some(Fallback::Number { phones }) => {
                hunt.next = vec![Turn { agent: None, phones }];
                self.note(Happened::Forwarded, now);
                self.hunts(Hunting::Ringing, Instant::LAST);
                let mut commands = vec![Flow::says_to_caller(connecting)];
                commands.extend(self.ring_next(now));
                commands
            }
            Some(Fallback::Voicemail) => self.takes_group_message(now),
            Some(Fallback::Message { words }) => self.tells(words, now),
        }
    }

    fn tells(&mut self, words: Words, now: Instant) -> Vec<Command> {
        self.hunts(Hunting::Told, after(now, PROMPT_SECONDS));
        vec![Flow::says_to_caller(words)]
    }
}
