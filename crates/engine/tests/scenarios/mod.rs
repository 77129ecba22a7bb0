//! The worked scenarios of groups, the same for every switch that carries their calls.
//!
//! A test of a switch includes this folder by its path, says what of the scenarios cannot happen there, and why, and plays the rest: on
//! phones by [`phones`], or in a way of its own.

pub(crate) mod help_line;
pub(crate) mod phones;
mod roster;
pub(crate) mod scene;

use std::collections::BTreeMap;

use serde_json::Value;

pub(crate) use scene::Scene;

const DOCUMENTS: [&str; 2] =
    [include_str!("../../../domain/tests/data/routing-scenarios.json"), include_str!("more.json")];

/// Something of the scenarios of which it is asked whether a switch leaves it out: a case, a step of it, or one thing that is to come of a step.
#[derive(Clone, Copy)]
pub(crate) struct Asked<'a> {
    /// The scenario's name, such as `R04`.
    pub(crate) scenario: &'a str,
    /// The case's instant.
    pub(crate) at: &'a str,
    /// What happens, unless it is asked of the whole case.
    pub(crate) step: Option<&'a Value>,
    /// What is to come of it, by its name, unless it is asked whether the step itself can happen.
    pub(crate) expected: Option<&'a str>,
}

/// Why something cannot happen on a switch, or is not played there; none, where it is.
pub(crate) type Why = Option<&'static str>;

/// What is played of the scenarios.
pub(crate) struct Plan {
    pub(crate) cases: Vec<Case>,
    /// How often something is left out, by the reason.
    pub(crate) left_out: BTreeMap<&'static str, usize>,
}

/// An instant of a scenario, and what happens then.
pub(crate) struct Case {
    pub(crate) scenario: Value,
    pub(crate) at: String,
    pub(crate) steps: Vec<Step>,
}

/// Something that happens, and what is to come of it on this switch.
pub(crate) struct Step {
    pub(crate) step: Value,
    /// Whether it can happen here. What is to come of one that cannot is looked at all the same.
    pub(crate) happens: bool,
}

impl Plan {
    /// All that is not left out.
    pub(crate) fn without(why: impl Fn(Asked) -> Why) -> Plan {
        let mut plan = Plan { cases: Vec::new(), left_out: BTreeMap::new() };
        for document in DOCUMENTS {
            let document: Value = serde_json::from_str(document).unwrap();
            for scenario in all(&document, "scenarios") {
                for case in all(scenario, "cases") {
                    let of = Asked {
                        scenario: scenario["id"].as_str().unwrap(),
                        at: case["at"].as_str().unwrap(),
                        step: None,
                        expected: None,
                    };
                    // Who is on duty, and who is reminded, is played by the tests of rosters and of reminders.
                    let mut steps = all(case, "steps").iter().filter(|step| step["event"] != "reminders").peekable();
                    if steps.peek().is_none() || plan.leaves_out(why(of)) {
                        continue;
                    }
                    let steps = steps.map(|step| plan.step(step, of, &why)).collect();
                    plan.cases.push(Case { scenario: scenario.clone(), at: of.at.to_owned(), steps });
                }
            }
        }
        plan
    }

    fn step(&mut self, step: &Value, of: Asked, why: impl Fn(Asked) -> Why) -> Step {
        let of = Asked { step: Some(step), ..of };
        let mut played = step.clone();
        let happens = !self.leaves_out(why(of));
        if let Some(expect) = played["expect"].as_object_mut() {
            expect.retain(|name, _| !self.leaves_out(why(Asked { expected: Some(name), ..of })));
        }
        Step { step: played, happens }
    }

    fn leaves_out(&mut self, why: Why) -> bool {
        if let Some(why) = why {
            *self.left_out.entry(why).or_default() += 1;
        }
        why.is_some()
    }

    /// How many cases and steps are played.
    pub(crate) fn size(&self) -> (usize, usize) {
        (self.cases.len(), self.cases.iter().flat_map(|case| &case.steps).filter(|step| step.happens).count())
    }
}

impl Case {
    /// What it is called where it fails.
    pub(crate) fn name(&self) -> String {
        format!("{} at {}", self.scenario["id"].as_str().unwrap(), self.at)
    }

    /// The numbers of all who have phones in it: who calls, the group's people, and where it falls back to.
    pub(crate) fn numbers(&self) -> Vec<&str> {
        let (group, volunteers) = (&self.scenario["group"], all(&self.scenario, "volunteers").iter());
        let callers = self.steps.iter().map(|step| &step.step["params"]["From"]);
        let fixed = [&group["no_one"]["number"], &group["no_answer"]["number"]];
        let numbers = callers.chain(volunteers.map(|person| &person["phone"])).chain(fixed);
        let mut numbers: Vec<&str> = numbers.filter_map(Value::as_str).filter(|number| !number.is_empty()).collect();
        numbers.sort_unstable();
        numbers.dedup();
        numbers
    }

    /// Whether this is expected of any step.
    fn expects(&self, name: &str) -> bool {
        self.steps.iter().any(|step| !step.step["expect"][name].is_null())
    }
}

/// A list of a document; what has none there has an empty one.
pub(crate) fn all<'a>(record: &'a Value, field: &str) -> &'a [Value] {
    record[field].as_array().map_or(&[], Vec::as_slice)
}
