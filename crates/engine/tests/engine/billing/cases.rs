//! The cases: sections of Markdown files, each played in a fresh world on each engine.

use std::collections::BTreeSet;

use storage::Store;

use super::proof::assert_bills_are_right;
use super::script::{Part, Section, sections};
use super::stage::Stage;
use super::tables::Listed;
use crate::databases;

/// Plays a section in one of the zones that its first step names.
async fn play(store: Store, section: &Section, zone: &str) {
    let Some(Part::Step(begin)) = section.parts.first() else { panic!("{} begins with a step", section.title) };
    let mut stage = Stage::begin(store, begin, zone).await;
    let mut listed = Listed::default();
    for part in &section.parts[1..] {
        match part {
            Part::Step(step) => stage.play(step).await,
            Part::Table(table) => {
                listed.assert(&stage, table).await;
                assert_bills_are_right(&stage).await;
            }
        }
    }
    listed.assert_all(&stage).await;
    assert_bills_are_right(&stage).await;
}

#[allow(clippy::print_stderr, reason = "a test that fails tells in which section")]
async fn play_file(file: &str, text: &str) {
    let sections = sections(file, text);
    assert!(!sections.is_empty());
    // One section alone, to look for what is wrong with it.
    let only = std::env::var("TOLLGATE_TEST_SECTION").ok();
    for section in
        sections.iter().filter(|section| only.as_ref().is_none_or(|only| section.title.contains(only.as_str())))
    {
        eprintln!("{}", section.title);
        let Some(Part::Step(begin)) = section.parts.first() else { panic!("{} begins with a step", section.title) };
        for zone in begin.words[2].split(',') {
            databases::on_both(async |store| play(store, section, zone).await).await;
        }
    }
}

/// A test a file.
macro_rules! cases {
    ($($name:ident)*) => {
        $(
            #[tokio::test]
            async fn $name() {
                let file = concat!(stringify!($name), ".md");
                play_file(file, include_str!(concat!("cases/", stringify!($name), ".md"))).await;
            }
        )*

        #[test]
        fn every_case_file_is_played() {
            let folder = concat!(env!("CARGO_MANIFEST_DIR"), "/tests/engine/billing/cases");
            let files = std::fs::read_dir(folder).unwrap().map(|file| file.unwrap().file_name().into_string().unwrap());
            let played: BTreeSet<String> = [$(concat!(stringify!($name), ".md").to_owned()),*].into();
            assert_eq!(files.collect::<BTreeSet<String>>(), played);
        }
    };
}

cases! { walk months dunning payments corrections late prepaid reversals bad_input }
