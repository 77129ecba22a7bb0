//! Every case of the list of hostile inputs is some test's, and that test names it.

use std::collections::BTreeSet;
use std::path::Path;

use serde_json::Value;

const CASES: &str = include_str!("../data/hostile.json");
const TESTS: &str = include_str!("../data/hostile-tests.txt");

/// A line of the list: the ids, the file, the name of the test.
fn claims() -> Vec<(Vec<&'static str>, &'static str, &'static str)> {
    let lines = TESTS.lines().filter(|line| !line.starts_with('#') && !line.is_empty());
    let parts = lines.map(|line| line.split(" | ").collect::<Vec<_>>());
    parts.map(|parts| (parts[0].split(' ').collect(), parts[1], parts[2])).collect()
}

/// The text of a test with its comment and its attributes, unless there is none of this name that runs.
fn test<'a>(source: &'a str, name: &str) -> Option<&'a str> {
    let at = [format!("fn {name}()"), format!("fn {name}(")].iter().find_map(|head| source.find(head.as_str()))?;
    let start = source[..at].rfind("\n\n").map_or(0, |end| end + 2);
    let line = source[..at].rfind('\n').map_or(0, |end| end + 1);
    let indent = source[line..].len() - source[line..].trim_start_matches(' ').len();
    let end = source[at..].find(&format!("\n{}}}\n", " ".repeat(indent)))?;
    let attributes = &source[start..at];
    let runs =
        (attributes.contains("#[test]") || attributes.contains("#[tokio::test")) && !attributes.contains("ignore");
    runs.then(|| &source[start..at + end])
}

#[test]
fn every_hostile_input_is_tried_by_a_test_that_names_it() {
    let cases: Value = serde_json::from_str(CASES).unwrap();
    let ids: BTreeSet<&str> =
        cases["cases"].as_array().unwrap().iter().map(|case| case["id"].as_str().unwrap()).collect();
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("../..");
    let (mut claimed, mut faults) = (BTreeSet::new(), Vec::new());
    for (those, path, name) in claims() {
        let source = std::fs::read_to_string(root.join(path)).unwrap_or_default();
        let Some(text) = test(&source, name) else {
            faults.push(format!("there is no test {name} in {path}"));
            continue;
        };
        let text = text.to_uppercase();
        faults.extend(
            those.iter().filter(|id| !text.contains(**id)).map(|id| format!("{path}: {name} does not name {id}")),
        );
        claimed.extend(those);
    }
    faults.extend(ids.difference(&claimed).map(|id| format!("{id} is no test's")));
    faults.extend(claimed.difference(&ids).map(|id| format!("{id} is no hostile input")));
    assert_eq!(faults, Vec::<String>::new());
    assert!(ids.len() > 80, "{}", ids.len());
}

#[test]
fn a_test_is_found_by_its_name_if_it_runs() {
    let source = "/// H001.\n#[test]\nfn one() {\n    H002\n}\n\n#[test]\n#[ignore = \"why\"]\nfn two() {\n}\n\nfn three() {\n}\n";
    let one = test(source, "one").unwrap();
    assert!(one.contains("H001") && one.contains("H002") && !one.contains("two"));
    for name in ["two", "three", "four", "on"] {
        assert_eq!(test(source, name), None, "{name}");
    }
}
