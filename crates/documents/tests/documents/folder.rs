use std::fs;
use std::path::Path;

use documents::{TemplateError, Templates};

use crate::papers;
use crate::pdf::text;

const LOGO: &str = r##"<svg xmlns="http://www.w3.org/2000/svg" width="80" height="20"><rect width="80" height="20" fill="#1d4f73"/></svg>"##;

/// A folder with these files.
fn folder(files: &[(&str, &[u8])]) -> tempfile::TempDir {
    let folder = tempfile::tempdir().unwrap();
    for (name, bytes) in files {
        fs::write(folder.path().join(name), bytes).unwrap();
    }
    folder
}

fn refusal(folder: &Path) -> TemplateError {
    match Templates::from_folder(folder) {
        Ok(_) => panic!("the folder is taken"),
        Err(error) => error,
    }
}

#[test]
fn what_is_written_out_draws_the_same() {
    let folder = tempfile::tempdir().unwrap();
    let templates = folder.path().join("templates");
    Templates::write_built_in(&templates).unwrap();
    let (paper, calls) = papers::ordinary();
    let drawn = Templates::from_folder(&templates).unwrap().pdf(&paper, &calls).unwrap();
    assert!(drawn == Templates::built_in().pdf(&paper, &calls).unwrap());

    let data: serde_json::Value = serde_json::from_slice(&fs::read(templates.join("paper.json")).unwrap()).unwrap();
    assert_eq!((&data["title"], &data["sums"]["total"]["label"]), (&"Invoice".into(), &"Total".into()));

    fs::write(templates.join("paper.typ"), "Mine").unwrap();
    assert!(matches!(Templates::write_built_in(&templates), Err(TemplateError::File { .. })));
    assert_eq!(fs::read_to_string(templates.join("paper.typ")).unwrap(), "Mine");
}

#[test]
fn an_owners_template_with_its_parts_is_drawn() {
    let paper_typ = br#"#import "parts.typ": thanks
#let paper = json("paper.json")
#image("seal.svg")
#thanks #paper.buyer.name for #paper.name"#;
    let folder = folder(&[
        ("paper.typ", paper_typ),
        ("parts.typ", b"#let thanks = [Many thanks to]"),
        ("seal.svg", LOGO.as_bytes()),
        ("README.md", b"ours"),
    ]);
    let (paper, calls) = papers::ordinary();
    let pdf = Templates::from_folder(folder.path()).unwrap().pdf(&paper, &calls).unwrap();
    assert!(text(&pdf).contains("Many thanks to Schneider & Töchter OG for Invoice 2026-004711"));
}

#[test]
fn a_logo_is_shown() {
    let (paper, calls) = papers::ordinary();
    let plain = Templates::built_in().pdf(&paper, &calls).unwrap();
    let templates = Templates::from_folder(folder(&[("logo.svg", LOGO.as_bytes())]).path()).unwrap();
    let pdf = templates.pdf(&paper, &calls).unwrap();
    papers::keep("logo.pdf", &pdf);
    // The name of the seller at the head gives way to it.
    let names = |pdf: &[u8]| text(pdf).matches("Alpenruf Telekommunikation GmbH").count();
    assert_eq!(names(&pdf) + 1, names(&plain));
    let page = templates.html(&paper, &calls, &papers::unpaid(&paper)).unwrap();
    assert!(page.contains(r#"<img class="logo" src="data:image/svg+xml;base64,PHN2"#));
}

#[test]
fn a_wrong_template_is_refused_with_its_line() {
    let head = "#let paper = json(\"paper.json\")\n";
    for (template, line, words) in [
        (format!("{head}\n#let x = (1,"), 3, "unclosed delimiter"),
        (format!("{head}#paper.titel"), 2, "titel"),
        (format!("{head}#if paper.kind == \"statement\" {{\n  panic(\"not yet\")\n}}"), 3, "not yet"),
        (format!("{head}#let x = 1\n#while x > 0 {{ x += 0 }}"), 3, "infinite"),
        ("#read(\"/etc/passwd\")".into(), 1, "not found"),
        ("#image(\"none.png\")".into(), 1, "not found"),
        ("#import \"@preview/cetz:0.3.0\"".into(), 1, "not found"),
        ("#datetime.today()".into(), 1, "current date"),
    ] {
        let folder = folder(&[("paper.typ", template.as_bytes())]);
        match refusal(folder.path()) {
            TemplateError::Wrong { fault, .. } => {
                assert_eq!(fault.place.map(|(line, _)| line), Some(line), "{template}: {fault}");
                assert!(fault.file == "paper.typ" && fault.message.contains(words), "{template}: {fault}");
            }
            error => panic!("{template}: {error}"),
        }
    }
    let folder = folder(&[("paper.typ", b"#import \"parts.typ\": x"), ("parts.typ", b"\n#let = 1")]);
    let text = refusal(folder.path()).to_string();
    assert!(text.contains("parts.typ, line 2, column"), "{text}");
}

#[test]
fn files_that_are_not_what_they_should_be_are_refused() {
    for (name, bytes, words) in [
        ("paper.typ", b"\xff\xfe".as_slice(), "paper.typ: stream did not contain valid UTF-8"),
        ("house.ttf", b"no font", "house.ttf: this is not a font"),
        ("logo.png", b"no picture", "logo.png: "),
        ("logo.svg", b"<svg", "logo.svg: "),
    ] {
        let text = refusal(folder(&[(name, bytes)]).path()).to_string();
        assert!(text.contains(words), "{name}: {text}");
    }
    assert!(matches!(refusal(Path::new("no/such/folder")), TemplateError::File { .. }));
}
