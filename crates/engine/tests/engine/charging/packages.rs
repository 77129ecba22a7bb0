//! Ten thousand calls to paid agents, from balances and from packages of free minutes, against an oracle that knows nothing of the
//! rating: it walks along each call second by second.

use domain::invalid::parse;
use engine::agents::{self, DetailsDocument};
use engine::allowances::{self, NewAllowance};
use engine::calls;

use super::*;
use crate::world::{at, on_both};

/// Customers, each of which makes its calls one after the other.
const CUSTOMERS: usize = 100;
const CALLS: usize = 100;

/// An agent, in millionths: connect fee, price of a minute, seconds of an increment, share in thousandths.
const AGENTS: [(i64, i64, i64, i64); 4] =
    [(990_000, 3_990_000, 60, 800), (0, 600_000, 1, 333), (500_000, 1_230_000, 6, 1000), (250_000, 2_000_000, 30, 1)];

/// Numbers that are the same every time.
struct Dice(u64);

impl Dice {
    fn below(&mut self, limit: i64) -> i64 {
        self.0 ^= self.0 << 13;
        self.0 ^= self.0 >> 7;
        self.0 ^= self.0 << 17;
        i64::try_from(self.0 >> 33).unwrap() % limit
    }
}

impl Dice {
    /// Which agent is called, and for how many milliseconds: some calls end with a whole second, some at once.
    fn talk(&mut self) -> (usize, i64) {
        let agent = usize::try_from(self.below(4)).unwrap();
        let millis = match self.below(20) {
            0 => 0,
            1..4 => self.below(90) * 1000,
            _ => self.below(1_500_000),
        };
        (agent, millis)
    }
}

/// What the oracle knows of a customer: its grants (agent, seconds left), the oldest first.
struct Package(Vec<(Option<usize>, i64)>);

/// What a call must come to: its charge, the agent's part, the tax, its free seconds.
#[derive(Debug, PartialEq, Eq, Default, Clone, Copy)]
struct Due {
    total: i64,
    agent: i64,
    tax: i64,
    free: i64,
}

/// `numerator / denominator`, half up, to four decimals, in millionths.
fn rounded(numerator: i128, denominator: i128) -> i64 {
    let unit = 100 * denominator;
    i64::try_from((2 * numerator + unit).div_euclid(2 * unit) * 100).unwrap()
}

impl Package {
    /// Walks along a call: each second is free while a grant that is for the agent has one left, and the first that is not begins an
    /// increment, as the first after each does.
    fn walk(&mut self, agent: usize, millis: i64) -> Due {
        if millis == 0 {
            return Due::default();
        }
        let (connect_fee, minute, increment, share) = AGENTS[agent];
        let (mut second, mut free, mut sixtieths) = (0, 0, 0_i128);
        while second * 1000 < millis {
            let grant = self.0.iter_mut().find(|(of, left)| *left > 0 && of.is_none_or(|of| of == agent));
            if let (Some((_, left)), true) = (grant, sixtieths == 0) {
                (*left, free, second) = (*left - 1, free + 1, second + 1);
            } else {
                sixtieths += i128::from(minute * increment);
                second += increment;
            }
        }
        let total = rounded(i128::from(connect_fee) * 60 + sixtieths, 60);
        // A fifth of the net is tax: a sixth of the gross.
        let tax = rounded(total.into(), 6);
        Due { total, tax, free, agent: rounded(i128::from(total - tax) * i128::from(share), 1000) }
    }
}

async fn agent(world: &World, (connect_fee, minute, increment, share): (i64, i64, i64, i64)) -> String {
    let rate = json!({"connect_fee": Amount::from_micros(connect_fee), "price_per_minute": Amount::from_micros(minute),
        "increment_seconds": increment});
    let details = json!({"prices": {"USD": {"rate": rate}}, "share": share}).to_string();
    let details = parse::<DetailsDocument>(details.as_bytes()).unwrap().check().unwrap();
    world.run(async |work| agents::create(work, "Iris".into(), details).await).await.unwrap().id
}

/// Somebody who calls agents.
struct Caller {
    customer: Customer,
    line: Line,
    package: Package,
}

async fn callers(world: &World, agents: &[String], dice: &mut Dice) -> Vec<Caller> {
    let plan = world.plan("Prepaid", json!({"kind": "prepaid", "rate": {"price_per_minute": "1.00"}})).await;
    let mut callers = Vec::new();
    for number in 0..CUSTOMERS {
        let customer = world.prepaid_customer(&format!("Customer {number}")).await;
        top_up(world, &customer, "100000").await;
        let mut package = Package(Vec::new());
        for _ in 0..dice.below(6) {
            let of = (dice.below(3) > 0).then(|| usize::try_from(dice.below(4)).unwrap());
            let seconds = 1 + dice.below(3000);
            let new = NewAllowance {
                customer: customer.id.clone(),
                agent: of.map(|of| agents[of].clone()),
                seconds,
                expires_at: Some(at("2027-01-01T00:00:00Z")),
                reason: "a package".into(),
            };
            world.run(async |work| allowances::grant(work, new).await).await.unwrap();
            package.0.push((of, seconds));
        }
        let line = world.line(&customer, &format!("{:04}", number + 1), &plan).await;
        callers.push(Caller { customer, line, package });
    }
    callers
}

/// All call at the same time, so that many are charged in one transaction; the sessions, with what each must come to, and the agent.
async fn round(
    world: &World,
    round: usize,
    agents: &[String],
    (callers, dice): (&mut [Caller], &mut Dice),
) -> Vec<(String, Due, usize)> {
    let now = wait(world, 3600);
    let talks: Vec<(usize, i64)> = callers.iter().map(|_| dice.talk()).collect();
    let opened = callers.iter().zip(&talks).enumerate().map(|(number, (caller, (agent, _)))| {
        let agent = Some(agents[*agent].clone());
        let origin = format!("pbx:{round}:{number}");
        authorize(world, NewSession { agent, cut_off: CutOff::Fixed, ..call(&origin, &caller.line) })
    });
    let opened = futures::future::join_all(opened).await.into_iter().map(Result::unwrap).collect::<Vec<Grant>>();
    wait(world, 2000);
    let ended = opened.iter().zip(&talks).map(|(grant, (_, millis))| {
        let ended_at = EndsAt::At(Instant::clamped(now.millis() + millis));
        let ending = Ending { answered_at: Some(now), ended_at, disposition: None, cause: None };
        step(world, &grant.session, Step::Settle(ending))
    });
    let ended = futures::future::join_all(ended).await;
    let mut due = Vec::new();
    for ((ended, (agent, millis)), caller) in ended.into_iter().zip(talks).zip(callers) {
        let Reply::Ended(ended) = ended.unwrap() else { panic!("the call is over") };
        let must = caller.package.walk(agent, millis);
        assert_eq!(ended.end.charged.total().unwrap().micros(), must.total, "{millis} ms with {agent}");
        assert_eq!(ended.end.free_used.seconds(), must.free, "{millis} ms with {agent}");
        due.push((ended.session, must, agent));
    }
    due
}

#[tokio::test]
async fn ten_thousand_calls_cost_what_the_oracle_says() {
    on_both(async |world: World| {
        let rates = json!([{"name": "VAT", "rate": "0.2", "valid_from": "2020-01-01T00:00:00Z"}]);
        world.settings(|settings| settings.tax_rates = serde_json::from_value(rates).unwrap()).await;
        let mut agents = Vec::new();
        for figures in AGENTS {
            agents.push(agent(&world, figures).await);
        }
        let mut dice = Dice(88_172_645_463_325_252);
        let mut callers = callers(&world, &agents, &mut dice).await;
        let mut due = Vec::new();
        for number in 0..CALLS {
            due.extend(round(&world, number, &agents, (&mut callers, &mut dice)).await);
        }
        assert_eq!(due.len(), CUSTOMERS * CALLS);
        let with_free = due.iter().filter(|(_, must, _)| must.free > 0).count();
        assert!(with_free > 500, "only {with_free} calls had free seconds: this shows little");
        let mut earned = [0; AGENTS.len()];
        let mut view = world.view().await;
        for (id, must, agent) in &due {
            let price = calls::get(&mut view, id).await.unwrap().price.unwrap();
            let parts = Due {
                total: price.total.micros(),
                agent: price.agent_part.micros(),
                tax: price.tax.micros(),
                free: price.allowance_seconds,
            };
            assert_eq!(parts, *must);
            earned[*agent] += must.agent;
        }
        for (agent, earned) in agents.iter().zip(earned) {
            assert_eq!(world.balance(agent).await.micros(), earned);
        }
        let mut left = 0;
        for Caller { customer, package, .. } in &callers {
            left += world.balance(&customer.id).await.micros();
            let grants = allowances::of_customer(&mut view, &customer.id).await.unwrap();
            assert!(grants.iter().all(|grant| grant.held_seconds == 0));
            let unused = grants.iter().map(|grant| grant.granted_seconds - grant.used_seconds);
            assert!(unused.eq(package.0.iter().map(|(_, left)| *left)), "{grants:?}");
        }
        drop(view);
        let charged: i64 = due.iter().map(|(_, must, _)| must.total).sum();
        let paid_in = i64::try_from(CUSTOMERS).unwrap() * 100_000_000_000;
        assert_eq!(left, paid_in - charged, "what customers have less is what was charged");
        assert_eq!(world.faults().await, [""; 0]);
    })
    .await;
}
