use super::{Closed, Duty, Roster, Span};

/// Who is on duty within a span, and when.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Duties {
    /// In the order in which they begin; those that begin at once, in which they are rung.
    pub spells: Vec<Spell>,
    /// When the group is closed, the first first: what of it is in the span.
    pub closed: Vec<Closed>,
}

/// From when to when an agent is really on duty: of what puts the agent there, a part at least.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Spell {
    /// What of it is in the span, without what an override takes out.
    pub span: Span,
    /// The duty that it is of.
    pub duty: Duty,
}

impl Roster {
    /// Who is on duty within a span, and when. Each shift of each day, and each override, has spells of its own.
    #[must_use]
    pub fn duties(&self, span: Span) -> Duties {
        let mut duties = Duties::default();
        for (part, on_duty) in self.parts(span) {
            for duty in on_duty.agents {
                duties.add(part, duty);
            }
            if let Some(closed) = on_duty.closed {
                duties.close(part, closed);
            }
        }
        duties
    }
}

impl Duties {
    fn add(&mut self, part: Span, duty: Duty) {
        let before = self.spells.iter_mut().rev().find(|spell| spell.span.end == part.start && spell.duty == duty);
        match before {
            Some(spell) => spell.span.end = part.end,
            None => self.spells.push(Spell { span: part, duty }),
        }
    }

    fn close(&mut self, part: Span, closed: Closed) {
        match self.closed.last_mut().filter(|last| last.span.end == part.start && last.by == closed.by) {
            Some(last) => last.span.end = part.end,
            None => self.closed.push(Closed { span: part, ..closed }),
        }
    }
}
