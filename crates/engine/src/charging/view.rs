use domain::charging;
use domain::money::Currency;
use domain::time::Instant;
use storage::charging::SessionRecord;

use super::stored::{Done, Stored};
use super::{ChargingError, Refused};
use crate::calls::ends;
use crate::{Reach, Scope};

/// A call that is, or was, charged while it runs.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Session {
    /// The id of its call.
    pub id: String,
    /// The switch and what the call is to it.
    pub origin: String,
    /// Whose switch carries it.
    pub owner: String,
    /// The caller's number.
    pub from: String,
    /// The number called.
    pub to: String,
    /// Who pays.
    pub customer: Option<String>,
    /// The payer's line.
    pub line: Option<String>,
    /// The agent who is called.
    pub agent: Option<String>,
    /// Of what it is charged.
    pub currency: Currency,
    /// How it stands.
    pub session: charging::Session,
    /// The last sign of life.
    pub seen_at: Instant,
    /// Until when the next one is expected; none, once it is over.
    pub alive_until: Option<Instant>,
    /// What has happened to it, the first first.
    pub history: Vec<Done>,
}

/// Which live calls to list.
#[derive(Debug, Clone, Default)]
pub struct LiveFilter<'a> {
    /// Those that this customer pays.
    pub customer: Option<&'a str>,
    /// Those to this agent.
    pub agent: Option<&'a str>,
    /// Those after this one in the list, which has the oldest first.
    pub after: Option<&'a str>,
}

/// A session that is there for who reads: its payer's, its agent's, or anybody's of the tenant.
///
/// # Errors
/// There is none, or the database does not answer.
pub async fn get(scope: &mut impl Scope, id: &str) -> Result<Session, ChargingError> {
    let tenant = scope.tenant();
    let record = storage::charging::get(scope.tx(), tenant, id).await?;
    let own = |record: &SessionRecord| {
        let customer = record.customer.as_deref();
        let agent = record.agent.as_deref();
        scope.finds("session", id, |reach| {
            reach.is_whole()
                || customer.is_some_and(|customer| reach.customer(customer))
                || agent.is_some_and(|agent| reach.agent(agent))
        })
    };
    let record = record.filter(|record| !record.standing.session.is_empty() && own(record));
    let session = Session::of(record.ok_or_else(|| Refused::NotFound(id.to_owned()))?)?;
    Ok(session.seen(scope.reach()))
}

/// A page of the calls that run, the oldest first: those of whose records who reads reaches. Who is an agent and nothing else has
/// those to it.
///
/// # Errors
/// The database does not answer.
pub async fn live(scope: &mut impl Scope, filter: &LiveFilter<'_>, limit: i64) -> Result<Vec<Session>, ChargingError> {
    let tenant = scope.tenant();
    let reach = scope.reach().clone();
    let agent = filter.agent.or(reach.only_agent());
    let own_agent = agent.filter(|agent| reach.agent(agent));
    let limited = reach.limited(filter.customer);
    let filter = storage::charging::LiveFilter {
        customer: limited.customer.as_deref().filter(|_| own_agent.is_none() || filter.customer.is_some()),
        // An agent sees the calls to himself, whoever pays them.
        among: limited.among.as_deref().filter(|_| own_agent.is_none()),
        agent,
        after: filter.after.unwrap_or_default(),
    };
    let records = storage::charging::live(scope.tx(), tenant, &filter, limit).await?;
    records.into_iter().map(|record| Ok(Session::of(record)?.seen(&reach))).collect()
}

impl Session {
    /// The session as it is there for whoever has this reach: an agent does not learn who calls and who pays, nor what the payer has.
    fn seen(self, reach: &Reach) -> Session {
        if reach.is_whole() || self.customer.as_deref().is_some_and(|customer| reach.customer(customer)) {
            return self;
        }
        let session = self.session.without_money();
        Session { from: ends(&self.from), customer: None, line: None, session, history: Vec::new(), ..self }
    }

    pub(crate) fn of(record: SessionRecord) -> Result<Session, ChargingError> {
        let Stored { session, frozen, history, .. } = Stored::read(&record.id, &record.standing.session)?;
        Ok(Session {
            id: record.id,
            origin: record.origin,
            owner: record.owner.unwrap_or_default(),
            from: record.from_number,
            to: record.to_number,
            customer: record.customer,
            line: record.line,
            agent: record.agent,
            currency: frozen.currency,
            session,
            seen_at: Instant::clamped(record.standing.seen_at),
            alive_until: record.standing.wakes_at.map(Instant::clamped),
            history,
        })
    }
}
