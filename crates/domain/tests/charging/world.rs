//! A payer with calls, and a language of one word a step to make things happen to them.

use domain::allowance::{AllowanceOrder, Grant};
use domain::charging::{
    self, CutOff, Effect, EndCause, Ending, Facts, FreeSeconds, FreeSource, Mode, Opening, Pots, Session, Settings,
    Stage,
};
use domain::deck::Deck;
use domain::ledger::Account;
use domain::money::{Amount, Currency};
use domain::plan::Plan;
use domain::rate::Rate;
use domain::rating::{self, PriceSource, Sources, Terms};
use domain::tariff::Tariff;
use domain::time::{Date, Instant, Zone};
use serde_json::{Value, json};

pub(crate) fn amount(text: &str) -> Amount {
    Amount::parse(text).unwrap()
}

/// What prices a call, as a request for a quote tells it.
pub(crate) struct Prices {
    free: bool,
    agent: Option<Rate>,
    deck: Deck,
    tariff: Tariff,
    to: String,
}

impl Prices {
    /// None: the plan is none.
    pub(crate) fn of_request(request: &Value) -> Option<Prices> {
        let mut document = request["plan"].clone();
        document["name"] = "P".into();
        let plan = Plan::read(document.to_string().as_bytes()).ok()?;
        let zone = Zone::named(request["time_zone"].as_str().unwrap()).unwrap();
        let dates = request["holidays"].as_array().into_iter().flatten();
        let holidays: Vec<Date> = dates.map(|date| date.as_str().unwrap().parse().unwrap()).collect();
        let deck = if request["deck"].is_array() { request["deck"].to_string() } else { "[]".to_owned() };
        let agent = &request["agent"]["rate"];
        Some(Prices {
            free: request["free"] == true,
            agent: agent.is_object().then(|| Rate::read(agent.to_string().as_bytes()).unwrap()),
            deck: Deck::read(deck.as_bytes()).unwrap(),
            tariff: Tariff::new(&plan, &zone, &holidays),
            to: request["call"]["to"].as_str().unwrap().to_owned(),
        })
    }

    /// None: nothing prices the call.
    pub(crate) fn terms(&self) -> Option<Terms<'_>> {
        let sources =
            Sources { free: self.free, agent: self.agent.as_ref(), deck: Some(&self.deck), tariff: Some(&self.tariff) };
        rating::price_source(&sources, &self.to).ok()
    }
}

pub(crate) fn grants_of_request(request: &Value) -> Vec<Grant> {
    let instant = |text: &Value| text.as_str().map(|text| Instant::parse(text).unwrap());
    let grant = |grant: &Value| Grant {
        id: grant["id"].as_str().unwrap().to_owned(),
        agent: grant["agent"].as_str().map(str::to_owned),
        granted_at: instant(&grant["granted_at"]).unwrap(),
        expires_at: instant(&grant["expires_at"]),
        revoked: false,
        seconds: grant["seconds"].as_i64().unwrap(),
    };
    request["allowances"].as_array().into_iter().flatten().map(grant).collect()
}

/// What the payer has. Steps of any of their calls are decided by it, and change it.
pub(crate) struct Payer {
    pub(crate) account: Account,
    pub(crate) pots: Pots,
    pub(crate) grants: Vec<Grant>,
    pub(crate) included_seconds: i64,
    pub(crate) agent: String,
    pub(crate) order: AllowanceOrder,
    pub(crate) ceiling: Option<Amount>,
}

impl Payer {
    pub(crate) fn new(balance: Amount, credit_limit: Option<Amount>) -> Payer {
        let account = Account { balance, credit_limit, ..Account::empty(Currency::parse("USD").unwrap()) };
        Payer {
            account,
            pots: Pots::of(balance, Amount::ZERO).unwrap(),
            grants: Vec::new(),
            included_seconds: 0,
            agent: "a1".to_owned(),
            order: AllowanceOrder::default(),
            ceiling: None,
        }
    }

    pub(crate) fn facts<'a>(&'a self, terms: &Terms<'a>) -> Facts<'a> {
        let free = FreeSeconds {
            grants: &self.grants,
            agent: &self.agent,
            order: self.order,
            included_seconds: self.included_seconds,
        };
        let (account, promotional) = (self.account, self.pots.promotional);
        Facts { terms: *terms, account, promotional, free, ceiling: self.ceiling }
    }

    /// What a step changes; nothing may be taken that is not there.
    pub(crate) fn take(&mut self, effect: &Effect) {
        self.account = effect.on(self.account).expect("no hold is decided that is not there");
        self.pots = effect.on_pots(self.pots).unwrap();
        assert!(!self.pots.promotional.is_negative() && !self.account.held.is_negative());
        assert_eq!(self.pots.promotional.plus(self.pots.paid), Ok(self.account.balance));
        for change in &effect.free {
            let left = match &change.source {
                FreeSource::Included => &mut self.included_seconds,
                FreeSource::Grant(id) => &mut self.grants.iter_mut().find(|grant| grant.id == *id).unwrap().seconds,
            };
            *left -= change.held + change.used;
            assert!(*left >= 0, "a free second is used once");
        }
    }

    pub(crate) fn top_up(&mut self, micros: i64) {
        self.account.balance = self.account.balance.plus(Amount::from_micros(micros)).unwrap();
        self.pots.paid = self.pots.paid.plus(Amount::from_micros(micros)).unwrap();
    }
}

/// One call of one payer, told by words.
pub(crate) struct World {
    prices: Prices,
    pub(crate) payer: Payer,
    opening: Opening,
    settings: Settings,
    session: Option<Session>,
    began: Instant,
}

impl World {
    /// `set_up` is a list of words: `prepaid=2.00`, `postpaid=5` or `postpaid=none` (the limit), `promo=1`, `fixed`, `agent` (who
    /// is called), `grant=90`, `included=30`, `free`, `talk=60`, `longest=300`, `at=18:59:00`, `evening=0.60`, `tariff=fixed`,
    /// `ceiling=2` (the most that the session may hold).
    pub(crate) fn new(rate: &str, set_up: &str) -> World {
        let mut rate: Value = serde_json::from_str(&format!("{{{rate}}}")).unwrap();
        if rate["price_per_minute"].is_null() && rate["steps"].is_null() {
            rate["price_per_minute"] = "1.00".into();
        }
        let mut request = json!({"time_zone": "UTC", "call": {"to": "0002"},
                                 "plan": {"currency": "USD", "rate": rate, "discount_periods": []}});
        let mut payer = Payer::new(Amount::ZERO, Some(Amount::ZERO));
        let mut opening = Opening { mode: Mode::Prepaid, cut_off: CutOff::Movable };
        let mut settings = Settings::default();
        let mut at = "10:00:00";
        for word in set_up.split_whitespace() {
            let (word, value) = word.split_once('=').unwrap_or((word, ""));
            let number = || value.parse::<i64>().unwrap();
            match word {
                "prepaid" => payer.top_up(amount(value).micros()),
                "postpaid" => {
                    (opening.mode, payer.account.credit_limit) = (Mode::Postpaid, Amount::parse(value).ok());
                }
                "promo" => {
                    payer.top_up(amount(value).micros());
                    payer.pots = Pots::of(payer.account.balance, amount(value)).unwrap();
                }
                "fixed" => opening.cut_off = CutOff::Fixed,
                "agent" => request["agent"] = json!({"rate": request["plan"]["rate"]}),
                "free" => request["free"] = true.into(),
                "grant" => payer.grants.push(Grant {
                    id: format!("g{}", payer.grants.len() + 1),
                    agent: None,
                    granted_at: Instant::FIRST,
                    expires_at: None,
                    revoked: false,
                    seconds: number(),
                }),
                "included" => payer.included_seconds = number(),
                "talk" => settings.minimum_talk_seconds = number(),
                "longest" => settings.longest_call_seconds = number(),
                "slice" => settings.slice_seconds = number(),
                "at" => at = value,
                "ceiling" => payer.ceiling = Some(amount(value)),
                "evening" => {
                    let evening = json!({"day": "every", "start": "19:00", "end": "24:00", "price_per_minute": value});
                    request["plan"]["discount_periods"] = json!([evening]);
                }
                "tariff" => request["plan"]["kind"] = value.into(),
                _ => panic!("{word} means nothing"),
            }
        }
        let prices = Prices::of_request(&request).unwrap();
        let began = Instant::parse(&format!("2026-02-03T{at}Z")).unwrap();
        World { prices, payer, opening, settings, session: None, began }
    }

    fn at(&self, second: &str) -> Instant {
        let (whole, millis) = second.split_once('.').unwrap_or((second, "0"));
        self.began.plus_millis(whole.parse::<i64>().unwrap() * 1000 + millis.parse::<i64>().unwrap()).unwrap()
    }

    /// `authorize`, `answer@2`, `extend@50`, `settle@85` (or `settle@2..85`, which tells the answer), `lose@40`, `expire@120`,
    /// `release@5`, `top@50=1.00`, `fact@50=-9`, `talk@0` (which asks only). A step happens when it says; answers and ends are told `late` a day later.
    pub(crate) fn step(&mut self, word: &str) -> String {
        let (name, rest) = word.split_once('@').unwrap_or((word, "0"));
        let (name, late) = name.strip_prefix("late_").map_or((name, 0), |name| (name, 86_400_000));
        let (second, value) = rest.split_once('=').unwrap_or((rest, ""));
        let (answered, second) = second.split_once("..").map_or((None, second), |(from, to)| (Some(from), to));
        let at = self.at(second);
        let now = at.plus_millis(late).unwrap();
        if name == "top" || name == "fact" {
            self.payer.top_up(amount(value).micros());
            return format!("balance {}", self.payer.account.balance);
        }
        let terms = self.prices.terms().unwrap();
        let facts = self.payer.facts(&terms);
        let settings = &self.settings;
        if name == "talk" {
            return told(&facts, settings, at);
        }
        let ending = Ending { answered_at: answered.map(|second| self.at(second)), ended_at: at };
        let decided = match (name, &self.session) {
            ("authorize", None) => {
                charging::authorize(self.opening, &facts, settings, at).map_err(|refused| refused.to_string())
            }
            ("answer", Some(session)) => {
                charging::answer(session, at, &facts, settings, now).map_err(|refused| refused.to_string())
            }
            ("extend", Some(session)) => {
                charging::extend(session, &facts, settings, at).map_err(|refused| refused.to_string())
            }
            ("release", Some(session)) => charging::release(session, at).map_err(|refused| refused.to_string()),
            ("expire", Some(session)) => charging::expire(session, at).map_err(|refused| refused.to_string()),
            ("settle" | "lose", Some(session)) => {
                let settled = match name {
                    "settle" => charging::settle(session, ending, &facts, now),
                    _ => charging::lose(session, at, &facts, now),
                };
                let settled = settled.map_err(|refused| refused.to_string());
                settled.map(|settled| charging::Step { session: settled.session, effect: settled.effect })
            }
            _ => panic!("{word} means nothing"),
        };
        match decided {
            Ok(step) => {
                self.payer.take(&step.effect);
                let shown = self.shown(&step.session);
                self.session = Some(step.session);
                shown
            }
            Err(refused) => refused,
        }
    }

    /// A session in few words.
    fn shown(&self, session: &Session) -> String {
        assert_eq!(session.held, self.payer.account.held, "the payer's only hold");
        let stored: Session = serde_json::from_str(&serde_json::to_string(session).unwrap()).unwrap();
        assert_eq!(stored, *session);
        if let Stage::Ended(end) = &session.stage {
            assert!(session.held.is_zero() && session.free_held.seconds() == 0);
            let mut shown = format!("charged {}", end.charged.total().unwrap());
            if end.cause != EndCause::Settled {
                shown = format!("{:?} {shown}", end.cause).to_lowercase();
            }
            for (what, seconds) in [("free", end.free_used.seconds()), ("overrun", end.overrun_seconds)] {
                if seconds > 0 {
                    shown += &format!(", {what} {seconds}");
                }
            }
            if !end.uncollected.is_zero() {
                shown += &format!(", uncollected {}", end.uncollected);
            }
            return shown;
        }
        let granted = &session.granted;
        let (Some(seconds), Some(reaches)) = (granted.seconds, granted.reaches_seconds) else {
            return format!("held {}, no limit", session.held);
        };
        let last = if granted.must_end_at_seconds().is_some() { "!" } else { "" };
        let free = match session.free_held.seconds() {
            0 => String::new(),
            free => format!(", free {free}"),
        };
        format!("held {} to {seconds}{last} of {reaches}{free}", session.held)
    }

    pub(crate) fn session(&self) -> &Session {
        self.session.as_ref().unwrap()
    }

    pub(crate) fn is_agents(&self) -> bool {
        self.prices.terms().unwrap().source() == PriceSource::Agent
    }
}

/// How long a call could last, and at which price.
fn told(facts: &Facts<'_>, settings: &Settings, at: Instant) -> String {
    let talk = match charging::talk_time(facts, settings, at) {
        Ok(Some(seconds)) => format!("{seconds} s"),
        Ok(None) => "no limit".to_owned(),
        Err(refused) => refused.to_string(),
    };
    let price = facts.terms.price_at(at).map(|price| {
        let step = price.steps[0];
        let (fee, per_seconds, increment) = (price.connect_fee, step.per_seconds, step.increment_seconds);
        format!("{fee} + {}/{per_seconds} by {increment}", step.price)
    });
    let free = charging::free_seconds(facts, at);
    format!("{talk}, {free} free, {}", price.unwrap_or_else(|| "no price".to_owned()))
}
