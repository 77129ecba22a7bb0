use std::collections::{BTreeMap, BTreeSet};

use serde::{Deserialize, Serialize};

use super::{Destination, DialPlan, NotANumber, Number};

const EMERGENCY: &str = "emergency_numbers";
const SERVICE: &str = "service_numbers";

/// A dial plan as a document.
#[derive(Debug, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Document {
    #[serde(default = "britain")]
    country: String,
    international_prefixes: Option<Vec<String>>,
    trunk_prefix: Option<String>,
    national_lengths: Option<BTreeSet<usize>>,
    #[serde(default = "four_digits")]
    extension_length: usize,
    #[serde(default)]
    reserved_numbers: Vec<String>,
    #[serde(default = "emergency_4911_and_9911")]
    emergency_numbers: Vec<Emergency>,
    #[serde(default)]
    service_numbers: Vec<Service>,
}

/// A service number: as it is, or with where calls to it go.
#[derive(Debug, Serialize, Deserialize)]
#[serde(untagged, expecting = "a number, or an object with a number and its target")]
enum Service {
    Plain(String),
    Led(Led),
}

#[derive(Debug, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct Led {
    number: String,
    target: String,
}

impl Service {
    fn parts(&self) -> (&str, Option<&str>) {
        match self {
            Service::Plain(number) => (number, None),
            Service::Led(Led { number, target }) => (number, Some(target)),
        }
    }
}

#[derive(Debug, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct Emergency {
    number: String,
    target: Option<String>,
}

fn britain() -> String {
    "44".to_owned()
}

fn four_digits() -> usize {
    4
}

fn emergency_4911_and_9911() -> Vec<Emergency> {
    ["4911", "9911"].map(|number| Emergency { number: number.to_owned(), target: None }).into()
}

/// Why a dial plan is refused.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum DialPlanError {
    /// The country is not a calling code.
    #[error("country: \"{0}\" is not a calling code: write 1 to 3 digits, the first not 0, such as \"44\"")]
    Country(String),
    /// How people dial in this country is not known here.
    #[error("{field}: state it for country {country}: only how people dial in countries 1 and 44 is built in")]
    NotBuiltIn {
        /// The field that is missing.
        field: &'static str,
        /// The country.
        country: String,
    },
    /// A prefix is not a few digits.
    #[error("{field}: \"{prefix}\" is not a prefix: write 1 to 5 digits")]
    Prefix {
        /// The field.
        field: &'static str,
        /// The text.
        prefix: String,
    },
    /// A national number can't have so many digits.
    #[error(
        "national_lengths: {0} digits and the country code are not an E.164 number, which has 7 to 15 digits in all"
    )]
    NationalLength(usize),
    /// There is no national length.
    #[error("national_lengths: say how many digits a national number has without the trunk prefix, such as [10]")]
    NoNationalLength,
    /// Extensions can't have so many digits.
    #[error("extension_length: {0} is not 2 to 6")]
    ExtensionLength(usize),
    /// A listed number can't be read.
    #[error("{field}: \"{number}\": {fault}")]
    Number {
        /// The field.
        field: &'static str,
        /// The text.
        number: String,
        /// What is wrong with it.
        fault: NotANumber,
    },
    /// A number is listed as an emergency number and as something else, or twice.
    #[error("{field}: the number {number} is listed twice")]
    Twice {
        /// The field of the second mention.
        field: &'static str,
        /// The number.
        number: Number,
    },
    /// Calls to an emergency or service number would go round in circles.
    #[error(
        "{field}: the target of {number} is an emergency or service number too: name where such calls go in the end"
    )]
    Circle {
        /// The field.
        field: &'static str,
        /// The number that leads to another one.
        number: Number,
    },
}

/// How people dial in a country: what holds where a document leaves its fields out.
struct Dialling {
    international_prefixes: Vec<String>,
    trunk_prefix: String,
    national_lengths: BTreeSet<usize>,
}

impl Dialling {
    fn built_in(country: &str) -> Option<Dialling> {
        match country {
            "1" => Some(Dialling::of(&["011"], "1", &[10])),
            "44" => Some(Dialling::british()),
            _ => None,
        }
    }

    /// Exchanges hand on 011 in Britain too.
    fn british() -> Dialling {
        Dialling::of(&["011", "00"], "0", &[7, 9, 10])
    }

    fn of(international_prefixes: &[&str], trunk_prefix: &str, national_lengths: &[usize]) -> Dialling {
        Dialling {
            international_prefixes: international_prefixes.iter().map(|&prefix| prefix.to_owned()).collect(),
            trunk_prefix: trunk_prefix.to_owned(),
            national_lengths: national_lengths.iter().copied().collect(),
        }
    }

    fn stated(document: &Document) -> Result<Dialling, DialPlanError> {
        let missing = |field| DialPlanError::NotBuiltIn { field, country: shortened(&document.country) };
        let (prefixes, trunk_prefix) = (document.international_prefixes.clone(), document.trunk_prefix.clone());
        Ok(Dialling {
            international_prefixes: prefixes.ok_or_else(|| missing("international_prefixes"))?,
            trunk_prefix: trunk_prefix.ok_or_else(|| missing("trunk_prefix"))?,
            national_lengths: document.national_lengths.clone().ok_or_else(|| missing("national_lengths"))?,
        })
    }
}

impl DialPlan {
    /// Refuses calls that would go round in circles.
    fn leads_somewhere(&self) -> Result<(), DialPlanError> {
        let free = |number: &Number| self.destination(number) != Destination::Ordinary;
        for (field, numbers) in [(EMERGENCY, &self.emergency_numbers), (SERVICE, &self.service_numbers)] {
            if let Some((number, _)) = numbers.iter().find(|(_, target)| target.as_ref().is_some_and(free)) {
                return Err(DialPlanError::Circle { field, number: number.clone() });
            }
        }
        Ok(())
    }

    /// The same plan with this target for each emergency number that has none.
    ///
    /// # Errors
    /// The target is no number, or an emergency number itself.
    pub fn with_emergency_target(mut self, target: &str) -> Result<DialPlan, DialPlanError> {
        let target = canonical(&self, EMERGENCY, target)?;
        if self.destination(&target) != Destination::Ordinary {
            return Err(DialPlanError::Circle { field: EMERGENCY, number: target });
        }
        for untargeted in self.emergency_numbers.values_mut().filter(|of| of.is_none()) {
            *untargeted = Some(target.clone());
        }
        Ok(self)
    }
}

impl TryFrom<Document> for DialPlan {
    type Error = DialPlanError;

    fn try_from(document: Document) -> Result<Self, DialPlanError> {
        let mut plan = prefixes_alone(&document)?;
        plan.emergency_numbers = emergency_numbers(&plan, document.emergency_numbers)?;
        plan.service_numbers = service_numbers(&plan, &document.service_numbers)?;
        plan.leads_somewhere()?;
        plan.reserved_numbers = listed(&plan, "reserved_numbers", document.reserved_numbers)?;
        Ok(plan)
    }
}

/// The plan of the document `{}`.
impl Default for DialPlan {
    fn default() -> Self {
        let dialling = Dialling::british();
        DialPlan {
            country: britain(),
            international_prefixes: dialling.international_prefixes,
            trunk_prefix: dialling.trunk_prefix,
            national_lengths: dialling.national_lengths,
            extension_length: four_digits(),
            reserved_numbers: BTreeSet::new(),
            emergency_numbers: ["4911", "9911"].map(|number| (Number::Extension(number.to_owned()), None)).into(),
            service_numbers: BTreeMap::new(),
        }
    }
}

#[cfg(test)]
#[test]
fn the_default_plan_is_that_of_the_empty_document() {
    let read: DialPlan = serde_json::from_str("{}").unwrap();
    assert_eq!(read, DialPlan::default());
}

/// The plan of a document without its lists of numbers, which are read by it.
fn prefixes_alone(document: &Document) -> Result<DialPlan, DialPlanError> {
    if !is_digits(&document.country, 1..=3) || document.country.starts_with('0') {
        return Err(DialPlanError::Country(shortened(&document.country)));
    }
    if !(2..=6).contains(&document.extension_length) {
        return Err(DialPlanError::ExtensionLength(document.extension_length));
    }
    let dialling = match Dialling::built_in(&document.country) {
        None => Dialling::stated(document)?,
        Some(built_in) => Dialling {
            international_prefixes: document.international_prefixes.clone().unwrap_or(built_in.international_prefixes),
            trunk_prefix: document.trunk_prefix.clone().unwrap_or(built_in.trunk_prefix),
            national_lengths: document.national_lengths.clone().unwrap_or(built_in.national_lengths),
        },
    };
    let mut plan = DialPlan {
        country: document.country.clone(),
        international_prefixes: dialling.international_prefixes,
        trunk_prefix: dialling.trunk_prefix,
        national_lengths: dialling.national_lengths,
        extension_length: document.extension_length,
        reserved_numbers: BTreeSet::new(),
        emergency_numbers: BTreeMap::new(),
        service_numbers: BTreeMap::new(),
    };
    check_prefixes(&plan)?;
    plan.international_prefixes.sort_by_key(|prefix| std::cmp::Reverse(prefix.len()));
    Ok(plan)
}

fn check_prefixes(plan: &DialPlan) -> Result<(), DialPlanError> {
    let refused = |field, prefix: &str| DialPlanError::Prefix { field, prefix: shortened(prefix) };
    if let Some(prefix) = plan.international_prefixes.iter().find(|prefix| !is_digits(prefix, 1..=5)) {
        return Err(refused("international_prefixes", prefix));
    }
    if !is_digits(&plan.trunk_prefix, 0..=5) {
        return Err(refused("trunk_prefix", &plan.trunk_prefix));
    }
    if plan.national_lengths.is_empty() {
        return Err(DialPlanError::NoNationalLength);
    }
    let possible = 7 - plan.country.len()..=15 - plan.country.len();
    match plan.national_lengths.iter().find(|length| !possible.contains(length)) {
        Some(length) => Err(DialPlanError::NationalLength(*length)),
        None => Ok(()),
    }
}

fn emergency_numbers(
    plan: &DialPlan,
    listed: Vec<Emergency>,
) -> Result<BTreeMap<Number, Option<Number>>, DialPlanError> {
    let mut numbers = BTreeMap::new();
    for emergency in listed {
        let number = canonical(plan, EMERGENCY, &emergency.number)?;
        let target = emergency.target.map(|target| canonical(plan, EMERGENCY, &target)).transpose()?;
        if numbers.insert(number.clone(), target).is_some() {
            return Err(DialPlanError::Twice { field: EMERGENCY, number });
        }
    }
    Ok(numbers)
}

fn service_numbers(plan: &DialPlan, listed: &[Service]) -> Result<BTreeMap<Number, Option<Number>>, DialPlanError> {
    let mut numbers = BTreeMap::new();
    for (number, target) in listed.iter().map(Service::parts) {
        let number = canonical(plan, SERVICE, number)?;
        let target = target.map(|target| canonical(plan, SERVICE, target)).transpose()?;
        if plan.is_reserved(&number) || numbers.insert(number.clone(), target).is_some() {
            return Err(DialPlanError::Twice { field: SERVICE, number });
        }
    }
    Ok(numbers)
}

/// The numbers of a list, which share none with the lists that the plan has already.
fn listed(plan: &DialPlan, field: &'static str, texts: Vec<String>) -> Result<BTreeSet<Number>, DialPlanError> {
    let mut numbers = BTreeSet::new();
    for text in texts {
        let number = canonical(plan, field, &text)?;
        if plan.is_reserved(&number) || !numbers.insert(number.clone()) {
            return Err(DialPlanError::Twice { field, number });
        }
    }
    Ok(numbers)
}

fn canonical(plan: &DialPlan, field: &'static str, text: &str) -> Result<Number, DialPlanError> {
    plan.canonical(text).map_err(|fault| DialPlanError::Number { field, number: shortened(text), fault })
}

fn is_digits(text: &str, length: std::ops::RangeInclusive<usize>) -> bool {
    length.contains(&text.len()) && text.bytes().all(|byte| byte.is_ascii_digit())
}

fn shortened(text: &str) -> String {
    text.chars().take(40).collect()
}

impl From<DialPlan> for Document {
    fn from(plan: DialPlan) -> Document {
        let texts = |numbers: BTreeSet<Number>| numbers.iter().map(Number::to_string).collect();
        let emergency = |(number, target): (&Number, &Option<Number>)| Emergency {
            number: number.to_string(),
            target: target.as_ref().map(Number::to_string),
        };
        let service = |(number, target): (&Number, &Option<Number>)| match target {
            None => Service::Plain(number.to_string()),
            Some(target) => Service::Led(Led { number: number.to_string(), target: target.to_string() }),
        };
        Document {
            country: plan.country,
            international_prefixes: Some(plan.international_prefixes),
            trunk_prefix: Some(plan.trunk_prefix),
            national_lengths: Some(plan.national_lengths),
            extension_length: plan.extension_length,
            emergency_numbers: plan.emergency_numbers.iter().map(emergency).collect(),
            reserved_numbers: texts(plan.reserved_numbers),
            service_numbers: plan.service_numbers.iter().map(service).collect(),
        }
    }
}
