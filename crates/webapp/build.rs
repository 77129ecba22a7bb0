//! Puts the built web app, `web/dist`, into the program, where it is there.

use std::fmt::Write as _;
use std::path::{Path, PathBuf};
use std::{env, fs, io};

fn main() -> io::Result<()> {
    let folder = |name: &str| env::var_os(name).map(PathBuf::from).ok_or(io::ErrorKind::NotFound);
    let web = folder("CARGO_MANIFEST_DIR")?.join("../../web");
    let built = web.join("dist");
    // A folder that is not there would be taken for changed each time.
    let watched = if built.is_dir() { &built } else { &web };
    println!("cargo::rerun-if-changed={}", watched.display());
    let mut files = Vec::new();
    if built.is_dir() {
        gather(&built, &mut files)?;
    }
    files.sort();
    let mut table = String::from("[\n");
    for file in files.iter().filter(|file| file.extension().is_none_or(|kind| kind != "br")) {
        let path = file.strip_prefix(&built).map_err(io::Error::other)?;
        let compressed = PathBuf::from(format!("{}.br", file.display()));
        let compressed =
            if compressed.is_file() { format!("Some(include_bytes!({compressed:?}))") } else { "None".to_owned() };
        let path = format!("/{}", path.display());
        writeln!(table, "File {{ path: {path:?}, content: include_bytes!({file:?}), compressed: {compressed} }},")
            .map_err(io::Error::other)?;
    }
    table.push(']');
    fs::write(folder("OUT_DIR")?.join("files.rs"), table)
}

fn gather(folder: &Path, files: &mut Vec<PathBuf>) -> io::Result<()> {
    for entry in fs::read_dir(folder)? {
        let path = entry?.path();
        // What the build tells about itself is not for browsers.
        if path.file_name().is_some_and(|name| name.to_string_lossy().starts_with('.')) {
            continue;
        }
        if path.is_dir() {
            gather(&path, files)?;
        } else {
            files.push(path);
        }
    }
    Ok(())
}
