//! Backups: on both engines, from one to the other and back, and what is refused.

use std::io::{Read, Write};
use std::path::PathBuf;

use flate2::Compression;
use flate2::read::GzDecoder;
use flate2::write::GzEncoder;
use serde_json::{Value, json};

use crate::company::found;
use crate::databases::{drop_postgres, execute, fresh_postgres};
use crate::run::{Folder, Said};
use crate::server::Server;
use crate::upgrade::make_first_release;

/// The text of an archive.
fn unpacked(folder: &Folder, archive: &str) -> String {
    let mut text = String::new();
    let packed = std::fs::File::open(folder.path().join(archive)).unwrap();
    GzDecoder::new(packed).read_to_string(&mut text).unwrap();
    text
}

/// Its text without the line that says what it is of.
fn rows(folder: &Folder, archive: &str) -> String {
    let text = unpacked(folder, archive);
    // The hash at the end is of the first line, too.
    text.lines().skip(1).filter(|line| !line.starts_with("{\"end\"")).collect::<Vec<_>>().join("\n")
}

fn pack(folder: &Folder, archive: &str, text: &str) {
    let mut packed = GzEncoder::new(Vec::new(), Compression::fast());
    packed.write_all(text.as_bytes()).unwrap();
    folder.write(archive, packed.finish().unwrap());
}

fn back_up(folder: &Folder, database: &str, archive: &str) -> Value {
    folder.json(&["backup", archive, "--json", "--database-url", database])
}

fn restore(folder: &Folder, archive: &str, database: &str) -> Said {
    folder.run(&["restore", archive, "--database-url", database])
}

fn other_file(folder: &Folder) -> (PathBuf, String) {
    let file = folder.path().join("other.db");
    let address = format!("sqlite://{}", file.display());
    (file, address)
}

#[tokio::test]
async fn the_demo_moves_to_postgresql_and_back_with_all_that_it_holds() {
    let folder = Folder::new();
    let (sqlite, postgres) = (folder.sqlite(), fresh_postgres().await);
    Server::demo(&folder, &sqlite, &[]).terminate();
    let made = back_up(&folder, &sqlite, "1.gz");
    assert_eq!((&made["head"]["engine"], &made["head"]["tenants"][0]["tenant"]), (&json!("SQLite"), &json!(1)));
    assert!(made["rows"]["calls"].as_u64().unwrap() > 1000, "{made}");
    assert!(made["rows"].get("sessions").is_none(), "who is signed in is not in it");
    let read_back = folder.json(&["backup", "--verify", "1.gz", "--json"]);
    assert_eq!(read_back, made);

    let moved = folder.json(&["restore", "1.gz", "--json", "--database-url", &postgres]);
    assert_eq!(moved["archive"], made);
    assert_eq!(moved["books"]["1"]["faults"], json!([]));
    assert_eq!(moved["books"]["1"]["calls"], made["rows"]["calls"]);
    back_up(&folder, &postgres, "2.gz");
    let (file, back) = other_file(&folder);
    assert_eq!(restore(&folder, "2.gz", &back).code, Some(0));
    back_up(&folder, &back, "3.gz");
    let rows_of_first = rows(&folder, "1.gz");
    assert!(rows_of_first == rows(&folder, "2.gz"), "PostgreSQL holds the same");
    assert!(rows_of_first == rows(&folder, "3.gz"), "so does SQLite again");

    let (before, said) = (std::fs::read(&file).unwrap(), restore(&folder, "1.gz", &back));
    assert_eq!(said.code, Some(1));
    assert!(said.err.contains("not empty"), "{}", said.err);
    assert!(before == std::fs::read(&file).unwrap(), "what is not empty stays as it is");
    let said = restore(&folder, "1.gz", &postgres);
    assert!(said.code == Some(1) && said.err.contains("not empty"), "{}", said.err);
    // Who had a key has it still.
    let served = Server::demo(&folder, &postgres, &[]);
    assert_eq!(served.get("/api/v1/customers?limit=1").await.0, 200);
    drop(served);
    drop_postgres(&postgres).await;
}

#[tokio::test]
async fn an_archive_that_is_not_whole_fills_nothing() {
    let folder = Folder::new();
    let postgres = fresh_postgres().await;
    found(&folder.sqlite(), 3, 2).await;
    back_up(&folder, &folder.sqlite(), "whole.gz");
    let (text, bytes) = (unpacked(&folder, "whole.gz"), std::fs::read(folder.path().join("whole.gz")).unwrap());
    let (head, rest) = text.split_once('\n').unwrap();
    let (tables, end) = rest.trim_end().rsplit_once('\n').unwrap();
    let without_a_row =
        rest.replacen(rest.lines().find(|line| line.starts_with('[')).unwrap(), "", 1).replace("\n\n", "\n");
    let later = |field: &str, number: &str| {
        let at = head.find(&format!("\"{field}\":")).unwrap() + field.len() + 3;
        let digits = head[at..].find(',').unwrap();
        format!("{}{number}{}\n{rest}", &head[..at], &head[at + digits..])
    };
    for (name, text, reason) in [
        ("price", text.replacen("9.99", "0.99", 1), "SHA-256"),
        ("row", format!("{head}\n{without_a_row}"), "SHA-256"),
        ("no end", format!("{head}\n{tables}\n"), "not whole"),
        ("half", text[..text.len() / 2].to_owned(), "not whole"),
        ("nothing", String::new(), "not whole"),
        ("more", format!("{text}[]\n"), "something follows"),
        ("garbled", format!("{head}\n{tables}\n]]\n{end}\n"), "cannot be read"),
        ("letter", "Dear Sir or Madam,\n".to_owned(), "no archive"),
        ("format", later("tollgate_archive", "2"), "later version"),
        ("schema", later("schema", "9999"), "later version"),
    ] {
        pack(&folder, "altered.gz", &text);
        refused(&folder, &postgres, name, reason);
    }
    for (name, bytes, reason) in [
        ("cut off", &bytes[..bytes.len() - 1], "not whole"),
        ("cut in half", &bytes[..bytes.len() / 2], "not whole"),
        ("not packed", &b"Dear Sir or Madam"[..], "gzip"),
        ("empty", &b""[..], "not whole"),
    ] {
        folder.write("altered.gz", bytes);
        refused(&folder, &postgres, name, reason);
    }
    // Nothing of all that is left in the way of the right one.
    let said = restore(&folder, "whole.gz", &postgres);
    assert_eq!(said.code, Some(0), "{}", said.err);
    drop_postgres(&postgres).await;
}

fn refused(folder: &Folder, postgres: &str, name: &str, reason: &str) {
    let (file, sqlite) = other_file(folder);
    let mut tries = vec![folder.run(&["backup", "--verify", "altered.gz"]), restore(folder, "altered.gz", &sqlite)];
    // Everything is read alike; these two come to their end only after the last row.
    if ["price", "cut off"].contains(&name) {
        tries.push(restore(folder, "altered.gz", postgres));
    }
    for said in tries {
        assert!(said.code == Some(1) && said.err.contains(reason), "{name}: {:?} {}", said.code, said.err);
    }
    assert!(!file.exists(), "{name}: a database that was not there is not there now");
}

#[tokio::test]
async fn a_backup_of_the_first_release_is_restored_and_brought_up() {
    let folder = Folder::new();
    let postgres = fresh_postgres().await;
    found(&format!("sqlite://{}/today.db", folder.path().display()), 2, 5).await;
    make_first_release(&folder).await;
    let made = back_up(&folder, &folder.sqlite(), "first.gz");
    assert_eq!(made["head"]["schema"], 1);
    assert!(made["rows"].get("billing").is_none(), "the backup has not brought the database up");
    let restored = folder.json(&["restore", "first.gz", "--json", "--database-url", &postgres]);
    assert_eq!(restored["books"]["1"]["faults"], json!([]));
    assert!(restored["schema"].as_i64().unwrap() > 40);
    folder.json(&["bill", "run", "--json", "--database-url", &postgres]);
    let billed = folder.json(&["bill", "preview", "C-0", "--json", "--database-url", &postgres]);
    assert_eq!(billed[0]["bill"]["total"], "9.99");
    drop_postgres(&postgres).await;
}

#[tokio::test]
async fn a_backup_comes_whole_or_not_at_all_and_can_be_piped() {
    let folder = Folder::new();
    let (file, other) = other_file(&folder);
    let missing = folder.run(&["backup", "a.gz", "--database-url", &other]);
    assert!(missing.code == Some(1) && missing.err.contains("no database"), "{}", missing.err);
    execute(&format!("{other}?mode=rwc"), "CREATE TABLE letters (id INTEGER PRIMARY KEY)").await;
    let foreign = folder.run(&["backup", "a.gz", "--database-url", &other]);
    assert!(foreign.code == Some(1) && foreign.err.contains("nothing to back up"), "{}", foreign.err);
    for left in ["a.gz", "a.gz.part"] {
        assert!(!folder.path().join(left).exists(), "{left}");
    }
    std::fs::remove_file(file).unwrap();

    found(&folder.sqlite(), 2, 2).await;
    let archive = folder.command(&["backup", "-", "--database-url", &folder.sqlite()]).output().unwrap();
    assert!(archive.status.success());
    assert!(String::from_utf8(archive.stderr).unwrap().contains(" rows in "), "what was done is told beside it");
    folder.write("piped.gz", &archive.stdout);
    let mut restoring = folder.spawn(&["restore", "-", "--database-url", &other]);
    restoring.stdin.take().unwrap().write_all(&archive.stdout).unwrap();
    let said = Said::of(restoring.wait_with_output().unwrap());
    assert_eq!(said.code, Some(0), "{}", said.err);
    back_up(&folder, &other, "again.gz");
    assert_eq!(rows(&folder, "again.gz"), rows(&folder, "piped.gz"));
    #[cfg(unix)]
    {
        use std::os::unix::fs::PermissionsExt;
        let mode = std::fs::metadata(folder.path().join("again.gz")).unwrap().permissions().mode();
        assert_eq!(mode & 0o777, 0o600);
    }
}
