//! Two phones that talk.

use std::time::{Duration, Instant, SystemTime, UNIX_EPOCH};

use anyhow::{bail, ensure};
use domain::money::Amount;
use phone::client::{Connection, Event, Options};
use serde_json::{Value, json};

use crate::figures::Result;

/// How often each of the two says something.
const SAYS_EVERY: Duration = Duration::from_secs(5);
/// How long is waited for what has to come.
const PATIENCE: Duration = Duration::from_secs(20);

/// What a phone registers with.
pub(super) struct Registration {
    pub(super) line: String,
    pub(super) number: String,
    pub(super) secret: String,
}

/// One that calls, and one that is called.
pub(super) struct Pair {
    pub(super) caller: Registration,
    pub(super) called: Registration,
}

/// The same, registered.
pub(super) struct Registered {
    pair: Pair,
    caller: Connection,
    called: Connection,
}

/// What the phones were told.
pub(super) struct Heard {
    /// The line that called.
    pub(super) line: String,
    /// From dialling until the caller heard it ring.
    pub(super) set_up: Duration,
    /// The seconds shown, with the machine's time in milliseconds.
    pub(super) meter: Vec<(i64, i64)>,
    /// The seconds and millionths that were charged.
    pub(super) charged: Option<(i64, i64)>,
    /// From when the called phone was connected until the caller hung up.
    pub(super) talked_millis: i64,
    /// How often one of the two was heard.
    pub(super) words: usize,
}

impl Pair {
    pub(super) async fn register(self, url: &str) -> Result<Registered> {
        let (caller, called) = (open(url, &self.caller).await?, open(url, &self.called).await?);
        Ok(Registered { pair: self, caller, called })
    }
}

async fn open(url: &str, Registration { number, secret, .. }: &Registration) -> Result<Connection> {
    let auth = json!({"phoneNumber": number, "token": secret});
    let mut connection = Connection::open_with(url, auth, Options::default()).await?;
    until(&mut connection, "registered").await?;
    Ok(connection)
}

impl Registered {
    /// Calls, is answered, talks for so long, and hangs up.
    pub(super) async fn talk(mut self, lasting: Duration) -> Result<Heard> {
        let dialled = Instant::now();
        self.caller.send("make_call", vec![json!(self.pair.called.number)])?;
        until(&mut self.called, "call_request").await?;
        self.called.send("call_acknowledged", vec![json!(self.pair.caller.number)])?;
        until(&mut self.caller, "callee_ringing").await?;
        let set_up = dialled.elapsed();
        self.called.send("call_accepted", Vec::new())?;
        until(&mut self.caller, "call_connected").await?;
        self.caller.send("call_accepted", Vec::new())?;
        until(&mut self.called, "call_connected").await?;
        let mut heard = Heard {
            line: self.pair.caller.line.clone(),
            set_up,
            meter: Vec::new(),
            charged: None,
            talked_millis: 0,
            words: 0,
        };
        let begun = Instant::now();
        self.listen(lasting, &mut heard).await?;
        self.caller.send("hang_up", Vec::new())?;
        heard.talked_millis = i64::try_from(begun.elapsed().as_millis())?;
        let charged = until(&mut self.caller, "call_charged").await?;
        let cost = charged["cost"].as_str().unwrap_or_default();
        heard.charged = Some((charged["seconds"].as_i64().unwrap_or(0), Amount::parse(cost)?.micros()));
        until(&mut self.called, "call_ended").await?;
        Ok(heard)
    }

    /// Says something now and then, and notes what comes.
    async fn listen(&mut self, lasting: Duration, heard: &mut Heard) -> Result<()> {
        let end = tokio::time::Instant::now() + lasting;
        let mut says = tokio::time::interval(SAYS_EVERY);
        loop {
            tokio::select! {
                () = tokio::time::sleep_until(end) => return Ok(()),
                _ = says.tick() => {
                    self.caller.send("talk", vec![json!("how do you do")])?;
                    self.called.send("talk", vec![json!("how do you do")])?;
                }
                event = self.caller.next() => note(event, heard)?,
                event = self.called.next() => note(event, heard)?,
            }
        }
    }
}

fn note(event: Event, heard: &mut Heard) -> Result<()> {
    let Event::Received { name, args } = event else { bail!("a connection was lost: {event:?}") };
    match (name.as_str(), args.first()) {
        ("meter", Some(meter)) => {
            let at = SystemTime::now().duration_since(UNIX_EPOCH)?.as_millis();
            heard.meter.push((meter["seconds"].as_i64().unwrap_or(-1), i64::try_from(at)?));
        }
        ("talk", _) => heard.words += 1,
        ("call_ended" | "error", _) => bail!("the call broke off: {name} {args:?}"),
        _ => {}
    }
    Ok(())
}

/// Waits for an event: its argument.
async fn until(connection: &mut Connection, wanted: &str) -> Result<Value> {
    let waiting = async {
        loop {
            match connection.next().await {
                Event::Received { name, args } if name == wanted => {
                    return Ok(args.into_iter().next().unwrap_or_default());
                }
                Event::Received { name, args } => {
                    ensure!(!["call_not_possible", "error"].contains(&name.as_str()), "{name} {args:?}");
                }
                other => bail!("{other:?} instead of {wanted}"),
            }
        }
    };
    match tokio::time::timeout(PATIENCE, waiting).await {
        Ok(outcome) => outcome,
        Err(_) => bail!("{wanted} did not come within {PATIENCE:.0?}"),
    }
}
