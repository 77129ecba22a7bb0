//! The inputs that fuzzing begins with, and those that it once found.

use std::path::Path;

/// Those of a target.
pub(crate) fn of(target: &str) -> Vec<Vec<u8>> {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../fuzz/seeds").join(target);
    let files = std::fs::read_dir(&folder).unwrap().map(|file| file.unwrap().path());
    let seeds: Vec<Vec<u8>> = files.map(|file| std::fs::read(file).unwrap()).collect();
    assert!(!seeds.is_empty(), "there are none in {}", folder.display());
    seeds
}
