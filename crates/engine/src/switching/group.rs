//! A group, as a call finds it.

use std::collections::HashMap;

use domain::call_flow::{Choice, Destination, Fallback, Group, Member, Party, Phone, Strategy, Waits};
use domain::dial_plan::Number;
use domain::roster::{OnDuty, Skipped};

use super::group_words::{own, says};
use super::port::Capability;
use super::route::{RouteError, ways_to};
use crate::agents::{self, Agent};
use crate::groups::{self, Answering};
use crate::lines::phones;
use crate::secrets::random_bytes;
use crate::tenants::{self, Settings};
use crate::{Scope, phone_checks};

/// How long before now calls count against the limit of calls of one caller, in milliseconds.
const HOUR_MILLIS: i64 = 3_600_000;

/// How a group's phones are reached.
struct Reaching<'a> {
    settings: &'a Settings,
    /// What the switch can do.
    can: &'a [Capability],
    /// Whether who takes an ordinary phone up is asked.
    screening: bool,
    /// Whether phones outside ring only once they are known to be the agent's.
    only_confirmed: bool,
}

/// Where a call to a group's number leads.
pub(super) async fn destination(
    scope: &mut impl Scope,
    (id, number): (&str, &Number),
    from: &Party,
    can: &[Capability],
) -> Result<Destination, RouteError> {
    let group = found(scope, id, from, can).await?;
    let rings = Party { line: None, number: number.to_string() };
    Ok(Destination { group: Some(Box::new(group)), ..Destination::new(number.to_string(), rings) })
}

/// A group with those of its people who are on duty now and can be rung by a switch.
pub(super) async fn found(
    scope: &mut impl Scope,
    id: &str,
    from: &Party,
    can: &[Capability],
) -> Result<Group, RouteError> {
    let group = groups::get(scope, id).await?;
    let settings = tenants::get(scope).await?.settings;
    let now = scope.now();
    let on_duty = groups::on_duty(scope, id, now).await?;
    let answering = &group.details.answering;
    let caller = group.name_of(&from.number);
    let (screening, only_confirmed) = (answering.screening, answering.only_confirmed_phones);
    let reaching = Reaching { settings: &settings, can, screening, only_confirmed };
    let mut members = members(scope, &on_duty, &reaching).await?;
    put_in_order(scope, answering.strategy, &mut members).await?;
    let choice = |choice: &groups::LanguageChoice| Choice {
        key: choice.key,
        language: choice.language.clone(),
        greeting: choice.greeting.as_ref().map(own),
    };
    Ok(Group {
        shown: group.details.numbers.first().cloned().unwrap_or_default(),
        strategy: answering.strategy,
        ring_seconds: answering.ring_seconds,
        some_are_busy: on_duty.agents.iter().any(|duty| duty.skipped == Some(Skipped::Busy)),
        says: says(&group.details, &settings.locale, on_duty.closed.is_some()),
        languages: answering.languages.iter().map(choice).collect(),
        queue: answering.queue_seconds.map(|seconds| Waits { seconds, music: answering.queue_music.clone() }),
        nobody: fallbacks(scope, &answering.nobody_on_duty, &reaching).await?,
        no_answer: fallbacks(scope, &answering.no_answer, &reaching).await?,
        transcribes: answering.voicemail.transcribe,
        refuses: refuses(scope, (id, answering), from, &caller).await?,
        members,
        caller,
        id: group.id,
    })
}

/// Those on duty who are not skipped, with their phones.
async fn members(scope: &mut impl Scope, on_duty: &OnDuty, reaching: &Reaching<'_>) -> Result<Vec<Member>, RouteError> {
    let mut members = Vec::new();
    for duty in on_duty.agents.iter().filter(|duty| duty.skipped.is_none()) {
        let Some(agent) = agents::known(scope, &duty.agent).await? else { continue };
        members.push(member(scope, agent, reaching).await?);
    }
    Ok(members)
}

async fn member(scope: &mut impl Scope, agent: Agent, reaching: &Reaching<'_>) -> Result<Member, RouteError> {
    let mut phones = Vec::new();
    for number in &agent.details.phones {
        phones.extend(phones_of(scope, number, reaching).await?);
    }
    if reaching.only_confirmed {
        let confirmed = phone_checks::confirmed(scope, &agent.id).await?;
        phones.retain(|phone: &Phone| phone.party.line.is_some() || confirmed.contains(&phone.party.number));
    }
    Ok(Member { agent: agent.id, languages: agent.details.languages, phones })
}

/// An agent with the phones that a switch reaches, for a call of a group.
pub(super) async fn reached(
    scope: &mut impl Scope,
    group: &str,
    agent: Agent,
    can: &[Capability],
) -> Result<Member, RouteError> {
    let answering = groups::get(scope, group).await?.details.answering;
    let (screening, only_confirmed) = (answering.screening, answering.only_confirmed_phones);
    let settings = tenants::get(scope).await?.settings;
    member(scope, agent, &Reaching { settings: &settings, can, screening, only_confirmed }).await
}

/// The ways to a number: a line's phone, one outside by each of the tenant's trunks, or the world by a switch that reaches it.
async fn phones_of(
    scope: &mut impl Scope,
    number: &str,
    Reaching { settings, can, screening, .. }: &Reaching<'_>,
) -> Result<Vec<Phone>, RouteError> {
    let Ok(number) = settings.dial_plan.canonical(number) else { return Ok(Vec::new()) };
    // A phone of ours shows whom a call is for, and is no mailbox.
    let asks = *screening && !can.contains(&Capability::Text);
    let phone = |line, via| Phone { party: Party { line, number: number.to_string() }, via, asks };
    let is_outside = matches!(number, Number::E164(_));
    if can.contains(&Capability::World) {
        return Ok(if is_outside { vec![phone(None, None)] } else { Vec::new() });
    }
    if let Some(line) = phones::of_number(scope, &number).await? {
        return Ok(vec![phone(Some(line.line), None)]);
    }
    if !is_outside {
        return Ok(Vec::new());
    }
    let ways = ways_to(scope, &number).await?;
    Ok(ways.into_iter().map(|via| phone(None, Some(via))).collect())
}

/// Puts those on duty in the order in which they are rung.
async fn put_in_order(scope: &mut impl Scope, strategy: Strategy, members: &mut Vec<Member>) -> Result<(), RouteError> {
    match strategy {
        Strategy::Sequential | Strategy::Simultaneous => {}
        Strategy::Random => {
            // Without random numbers the roster's order is as good.
            if let Ok(lots) = random_bytes::<256>() {
                let mut drawn: Vec<(u8, Member)> = lots.into_iter().zip(members.drain(..)).collect();
                drawn.sort_by_key(|(lot, _)| *lot);
                members.extend(drawn.into_iter().map(|(_, member)| member));
            }
        }
        Strategy::LongestIdle => {
            let agents: Vec<&str> = members.iter().map(|member| member.agent.as_str()).collect();
            let tenant = scope.tenant();
            let last = storage::group_calls::last_answered(scope.tx(), tenant, &agents).await?;
            let last: HashMap<String, i64> = last.into_iter().collect();
            // Who has never answered has been idle for the longest time. Stable: else the roster's order is kept.
            members.sort_by_key(|member| last.get(&member.agent).copied().unwrap_or(i64::MIN));
        }
    }
    Ok(())
}

async fn fallbacks(
    scope: &mut impl Scope,
    some: &[groups::Fallback],
    reaching: &Reaching<'_>,
) -> Result<Vec<Fallback>, RouteError> {
    // Nobody in particular answers there: there is nobody who would be asked.
    let unasked = Reaching { screening: false, ..*reaching };
    let mut fallbacks = Vec::new();
    for fallback in some {
        fallbacks.push(match fallback {
            groups::Fallback::Group { group } => Fallback::Group { group: group.clone() },
            groups::Fallback::Number { number } => {
                Fallback::Number { phones: phones_of(scope, number, &unasked).await? }
            }
            groups::Fallback::Voicemail if !reaching.can.contains(&Capability::Recording) => continue,
            groups::Fallback::Voicemail => Fallback::Voicemail,
            groups::Fallback::Message { saying } => Fallback::Message { words: own(saying) },
        });
    }
    Ok(fallbacks)
}

/// Whether a group takes no calls of a caller: it is blocked, hides its number where that is not wanted, or has called too often.
async fn refuses(
    scope: &mut impl Scope,
    (id, answering): (&str, &Answering),
    from: &Party,
    caller: &str,
) -> Result<bool, RouteError> {
    if from.number.is_empty() {
        return Ok(!answering.anonymous);
    }
    // The whole number alone: a part of it is another.
    if answering.blocked.iter().any(|blocked| *blocked == from.number || blocked == caller) {
        return Ok(true);
    }
    let Some(most) = answering.calls_per_hour else { return Ok(false) };
    let (tenant, since) = (scope.tenant(), scope.now().millis() - HOUR_MILLIS);
    let calls = storage::group_calls::count_of_caller(scope.tx(), (tenant, id), caller, since).await?;
    Ok(calls >= i64::from(most))
}
