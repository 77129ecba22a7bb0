//! A switch for tests that behaves like a provider: what it tells comes late, in another order, twice, or not before it is told again.
//! A seed says how.

use std::collections::HashSet;
use std::sync::{Arc, Mutex, MutexGuard, Weak};
use std::time::Duration;

use domain::call_flow::{Action, Cause, Event, Leg, Party, Words};
use domain::time::Instant;
use engine::switching::{CallRef, Capability, Exchange, Notice, Switch};
use futures::future::BoxFuture;
use tokio::sync::mpsc;

use super::Rig;
use crate::world::World;

const NAME: &str = "double";

/// The provider, its adapter, and its users.
pub(crate) struct Double<'w> {
    world: &'w World,
    provider: Arc<Provider>,
    hear: Vec<mpsc::UnboundedReceiver<Heard>>,
    lines: Vec<Party>,
}

/// What a user hears.
#[derive(Debug, PartialEq)]
enum Heard {
    Rings,
    Answered,
    TheOther,
    End,
    Text(String),
    Keys(String),
    Prompt(String),
    AskedForMessage,
}

struct Provider {
    me: Weak<Provider>,
    exchange: Exchange,
    state: Mutex<State>,
}

struct State {
    seed: u64,
    users: Vec<User>,
    /// What the adapter has taken, by the provider's numbers.
    taken: HashSet<u64>,
    told: u64,
}

struct User {
    number: String,
    tell: mpsc::UnboundedSender<Heard>,
    part: Option<(CallRef, Leg)>,
    /// Whether it has heard that the call is up.
    is_up: bool,
    /// The keys that it has pressed, where they are gathered: which question it was, how many, until which.
    keys: Option<(u64, String, usize, Option<char>)>,
}

impl<'w> Double<'w> {
    /// With the users of these lines.
    pub(crate) fn new(world: &'w World, exchange: &Exchange, lines: Vec<Party>, seed: u64) -> Double<'w> {
        let (mut users, mut hear) = (Vec::new(), Vec::new());
        for line in &lines {
            let (tell, hears) = mpsc::unbounded_channel();
            users.push(User { number: line.number.clone(), tell, part: None, is_up: false, keys: None });
            hear.push(hears);
        }
        let state = Mutex::new(State { seed, users, taken: HashSet::new(), told: 0 });
        let provider = Arc::new_cyclic(|me| Provider { me: me.clone(), exchange: exchange.clone(), state });
        exchange.attach(provider.clone());
        Double { world, provider, hear, lines }
    }

    async fn heard(&mut self, user: usize) -> Heard {
        let heard = tokio::time::timeout(Duration::from_secs(15), self.hear[user].recv()).await;
        heard.unwrap_or_else(|_| panic!("user {user} hears nothing")).unwrap()
    }

    fn tells(&self, user: usize, event: impl FnOnce(Leg) -> Event) {
        let part = self.provider.state().users[user].part.clone();
        let (call, leg) = part.expect("a user without a call says something of one");
        self.provider.tell(&call, event(leg));
    }

    fn ends(&self, user: usize, cause: Cause) {
        self.tells(user, |leg| Event::LegEnded { leg, cause, at: None });
        self.provider.state().users[user].free();
    }
}

impl Rig for Double<'_> {
    fn exchange(&self) -> &Exchange {
        &self.provider.exchange
    }

    fn switch(&self) -> Arc<dyn Switch> {
        self.provider.clone()
    }

    fn world(&self) -> &World {
        self.world
    }

    async fn dials(&mut self, user: usize, number: &str) {
        let call = self.provider.exchange.new_call(NAME, 1);
        self.provider.state().users[user].part = Some((call.clone(), Leg::FIRST));
        self.provider.exchange.incoming(&call, self.lines[user].clone(), number.to_owned());
    }

    async fn rings(&mut self, user: usize) {
        assert_eq!(self.heard(user).await, Heard::Rings);
        self.tells(user, Event::LegRinging);
    }

    async fn answers(&mut self, user: usize) {
        self.tells(user, Event::LegAnswered);
    }

    async fn is_ready(&mut self, user: usize) {
        assert_eq!(self.heard(user).await, Heard::Answered);
        self.tells(user, Event::LegAnswered);
    }

    async fn hears_the_other(&mut self, user: usize) {
        assert_eq!(self.heard(user).await, Heard::TheOther);
    }

    async fn refuses(&mut self, user: usize) {
        self.ends(user, Cause::Busy);
    }

    async fn hangs_up(&mut self, user: usize) {
        self.ends(user, Cause::HungUp);
    }

    async fn writes(&mut self, user: usize, text: &str) {
        self.tells(user, |leg| Event::Text { leg, text: text.to_owned() });
    }

    async fn reads(&mut self, user: usize) -> String {
        match self.heard(user).await {
            Heard::Text(text) => text,
            other => panic!("{other:?}"),
        }
    }

    async fn presses(&mut self, user: usize, keys: &str) {
        let told = self.provider.state().users[user].press(keys);
        if let Some(digits) = told {
            self.tells(user, |leg| Event::Digits { leg, digits });
        }
    }

    async fn hears_keys(&mut self, user: usize) -> String {
        match self.heard(user).await {
            Heard::Keys(keys) => keys,
            other => panic!("{other:?}"),
        }
    }

    async fn hears_prompt(&mut self, user: usize) -> String {
        match self.heard(user).await {
            Heard::Prompt(text) => text,
            other => panic!("{other:?}"),
        }
    }

    async fn leaves_message(&mut self, user: usize, text: &str) {
        assert_eq!(self.heard(user).await, Heard::AskedForMessage);
        self.tells(user, |leg| Event::Recorded { leg, seconds: 0, reference: text.to_owned() });
    }

    async fn hears_the_end(&mut self, user: usize) {
        assert_eq!(self.heard(user).await, Heard::End);
    }
}

impl User {
    fn free(&mut self) {
        (self.part, self.is_up, self.keys) = (None, false, None);
    }

    fn hears(&self, heard: Heard) {
        let _ = self.tell.send(heard);
    }

    /// The keys that are told at once.
    fn press(&mut self, keys: &str) -> Option<String> {
        let Some((_, so_far, most, end)) = &mut self.keys else { return Some(keys.to_owned()) };
        let (before, ended) = match keys.split_once(|key| Some(key) == *end) {
            Some((before, _)) => (before, true),
            None => (keys, false),
        };
        so_far.push_str(before);
        let digits: String = so_far.chars().take(*most).collect();
        (ended || digits.len() == *most).then(|| {
            self.keys = None;
            digits
        })
    }
}

impl Provider {
    fn state(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap()
    }

    /// Tells what happens: within milliseconds, perhaps twice, perhaps only when it is told again.
    fn tell(&self, call: &CallRef, event: Event) {
        let mut state = self.state();
        state.told += 1;
        let number = state.told;
        let mut after = vec![state.chance(15)];
        match state.chance(8) {
            // Nobody has answered for it: the provider tells it again.
            0 => after[0] += 30,
            1 | 2 => after.push(after[0] + state.chance(40)),
            _ => {}
        }
        drop(state);
        for millis in after {
            let (me, call, event) = (self.me.clone(), call.clone(), event.clone());
            tokio::spawn(async move {
                tokio::time::sleep(Duration::from_millis(millis)).await;
                if let Some(provider) = me.upgrade() {
                    provider.take(number, &call, event);
                }
            });
        }
    }

    /// The adapter's part: what is no different when it comes twice is handed on as it comes, the rest once.
    fn take(&self, number: u64, call: &CallRef, event: Event) {
        let is_new = self.state().taken.insert(number);
        if is_new || !matches!(event, Event::Text { .. } | Event::Digits { .. }) {
            self.exchange.post(call, event);
        }
    }

    fn act(&self, call: &CallRef, action: &Action) {
        let mut state = self.state();
        match action {
            Action::RingLeg { leg, party, seconds, .. } => {
                let rung = state.ring(call, *leg, party);
                drop(state);
                match rung {
                    Ok(()) => self.gives_up_after(call, *leg, *seconds),
                    Err(cause) => self.tell(call, Event::LegEnded { leg: *leg, cause, at: None }),
                }
            }
            Action::AnswerLeg(leg) => state.has(call, *leg, |user| {
                if !std::mem::replace(&mut user.is_up, true) {
                    user.hears(Heard::Answered);
                }
            }),
            Action::Bridge(one, other) => {
                for leg in [one, other] {
                    state.has(call, *leg, |user| {
                        if !std::mem::replace(&mut user.is_up, true) {
                            user.hears(Heard::TheOther);
                        }
                    });
                }
            }
            Action::EndLeg { leg, .. } => state.has(call, *leg, |user| {
                user.free();
                user.hears(Heard::End);
            }),
            Action::Prompt { leg, words: Words { text, .. } } | Action::Announce { leg, text } => {
                state.has(call, *leg, |user| user.hears(Heard::Prompt(text.clone())));
            }
            Action::Record { leg, .. } => state.has(call, *leg, |user| user.hears(Heard::AskedForMessage)),
            Action::Text { leg, text } => state.has(call, *leg, |user| user.hears(Heard::Text(text.clone()))),
            Action::Digits { leg, digits } => state.has(call, *leg, |user| user.hears(Heard::Keys(digits.clone()))),
            Action::CollectDigits { leg, most, seconds, end } => {
                state.told += 1;
                let question = state.told;
                state.has(call, *leg, |user| {
                    user.keys = Some((question, String::new(), usize::from(*most), *end));
                });
                drop(state);
                self.gathers_for(call, *leg, question, *seconds);
            }
            Action::RingBack(_)
            | Action::Part(..)
            | Action::LetHear(..)
            | Action::RecordTalk { .. }
            | Action::Queue { .. }
            | Action::Warn { .. }
            | Action::EndLegAt { .. } => {}
        }
    }

    fn gives_up_after(&self, call: &CallRef, leg: Leg, seconds: u32) {
        let call = call.clone();
        self.after(seconds, move |provider| {
            let mut rang = false;
            provider.state().has(&call, leg, |user| {
                if !user.is_up {
                    rang = true;
                    user.free();
                    user.hears(Heard::End);
                }
            });
            if rang {
                provider.tell(&call, Event::LegEnded { leg, cause: Cause::NoAnswer, at: None });
            }
        });
    }

    fn gathers_for(&self, call: &CallRef, leg: Leg, question: u64, seconds: u32) {
        let call = call.clone();
        self.after(seconds, move |provider| {
            let mut gathered = None;
            provider.state().has(&call, leg, |user| {
                if user.keys.as_ref().is_some_and(|keys| keys.0 == question) {
                    gathered = user.keys.take();
                }
            });
            if let Some((_, digits, ..)) = gathered {
                provider.tell(&call, Event::Digits { leg, digits });
            }
        });
    }

    fn after(&self, seconds: u32, what: impl FnOnce(&Provider) + Send + 'static) {
        let (me, clock) = (self.me.clone(), self.exchange.engine().clock().clone());
        let at = Instant::clamped(clock.now().millis() + i64::from(seconds) * 1000);
        tokio::spawn(async move {
            clock.sleep_until(at).await;
            if let Some(provider) = me.upgrade() {
                what(&provider);
            }
        });
    }
}

impl State {
    /// A number below `most`.
    fn chance(&mut self, most: u64) -> u64 {
        self.seed = self.seed.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        (self.seed >> 33) % most
    }

    fn ring(&mut self, call: &CallRef, leg: Leg, party: &Party) -> Result<(), Cause> {
        let user = self.users.iter_mut().find(|user| user.number == party.number).ok_or(Cause::NoRecipient)?;
        if user.part.is_some() {
            return Err(Cause::Busy);
        }
        user.part = Some((call.clone(), leg));
        user.hears(Heard::Rings);
        Ok(())
    }

    /// Does something with the user of a leg, if there is one.
    fn has(&mut self, call: &CallRef, leg: Leg, what: impl FnOnce(&mut User)) {
        let is_it = |user: &&mut User| user.part.as_ref().is_some_and(|part| part.0 == *call && part.1 == leg);
        if let Some(user) = self.users.iter_mut().find(is_it) {
            what(user);
        }
    }
}

impl Switch for Provider {
    fn name(&self) -> &'static str {
        NAME
    }

    fn capabilities(&self) -> &'static [Capability] {
        use Capability::{Announce, Audio, Bridging, Digits, Recording, RingsAtOnce, Text};
        &[Audio, Recording, Digits, Bridging, Announce, Text, RingsAtOnce]
    }

    fn perform<'a>(&'a self, call: &'a CallRef, actions: &'a [Action]) -> BoxFuture<'a, ()> {
        Box::pin(async move {
            let millis = self.state().chance(5);
            tokio::time::sleep(Duration::from_millis(millis)).await;
            for action in actions {
                self.act(call, action);
            }
        })
    }

    fn tell(&self, _: &CallRef, _: Leg, _: &Notice) {}
}
