//! Flags, environment, file: in this order.

use crate::run::Folder;

#[test]
fn flags_go_before_environment_before_file() {
    let folder = Folder::new();
    for name in ["flag", "environment", "file", "secret"] {
        let url = format!("sqlite://{name}.db");
        let made =
            folder.run(&["tenant", "create", name, "--currency", "EUR", "--time-zone", "UTC", "--database-url", &url]);
        assert_eq!(made.code, Some(0), "{}", made.err);
    }
    folder.write("tollgate.toml", "database_url = \"sqlite://file.db\"\n");
    folder.write("url.txt", "sqlite://secret.db\n");
    let environment = ("TOLLGATE_DATABASE_URL", "sqlite://environment.db");
    let secret = ("TOLLGATE_DATABASE_URL_FILE", "url.txt");
    for (args, variables, tenant) in [
        (vec!["--database-url", "sqlite://flag.db"], vec![environment], "flag"),
        (vec![], vec![environment], "environment"),
        (vec![], vec![secret], "secret"),
        (vec![], vec![], "file"),
    ] {
        let mut command = folder.command(&["tenant", "list"]);
        let output = command.args(&args).envs(variables.clone()).output().unwrap();
        let out = String::from_utf8(output.stdout).unwrap();
        assert!(out.contains(tenant), "{args:?} {variables:?}: {out}");
    }
    let both = folder.command(&["tenant", "list"]).envs([environment, secret]).output().unwrap();
    assert_eq!(both.status.code(), Some(1));
}

#[test]
fn what_is_wrong_is_said_with_what_to_do() {
    let folder = Folder::new();
    folder.write("wrong.toml", "databse_url = \"sqlite://x.db\"\n");
    folder.write("half.json", r#"{"country": "49"}"#);
    let germany = ["tenant", "create", "A", "--currency", "EUR", "--time-zone", "Europe/Berlin"];
    for (args, said) in [
        (vec!["check"], "there is no database at tollgate.db"),
        (vec!["check", "--config", "wrong.toml"], "wrong.toml is not a configuration"),
        (vec!["check", "--config", "missing.toml"], "cannot read missing.toml"),
        (vec!["check", "--database-url", "mysql://user:hunter2@host/x"], "is not a database address"),
        (vec!["tenant", "create", "A", "--currency", "usd", "--time-zone", "UTC"], "is not a currency"),
        (vec!["tenant", "create", "A", "--currency", "USD", "--time-zone", "Mars/Olympus"], "is not a time zone"),
        (vec!["check", "--log", "a=b=c"], "is not a filter"),
        (vec!["tenant", "list"], "there is no database at tollgate.db"),
        (vec!["serve", "--smtp-url", "smtp://localhost"], "name who mails are from: --mail-from"),
        (
            vec!["serve", "--smtp-url", "http://a:hunter2@localhost", "--mail-from", "a@example.com"],
            "the mail server's address is none",
        ),
        (vec!["serve", "--smtp-url", "smtp://localhost", "--mail-from", "nobody"], "\"nobody\" is not the sender"),
        (
            vec!["serve", "--smtp-url", "smtp://a:hunter2@b", "--smtp-url-file", "x"],
            "give --smtp-url or --smtp-url-file",
        ),
        ([&germany[..], &["--dial-plan", "missing.json"]].concat(), "cannot read missing.json"),
        ([&germany[..], &["--dial-plan", "half.json"]].concat(), "international_prefixes: state it for country 49"),
    ] {
        let run = folder.run(&args);
        assert_eq!(run.code, Some(1), "{args:?}: {}", run.err);
        assert!(run.err.contains(said), "{args:?}: {}", run.err);
        assert!(!run.err.contains("hunter2"), "a password is shown");
    }
    let doctor = folder.run(&["doctor"]);
    assert_eq!(doctor.code, Some(1));
    assert!(doctor.out.contains("there is no database at tollgate.db"), "{}", doctor.out);
    assert!(!folder.path().join("tollgate.db").exists(), "what was refused leaves no empty database");
    for (args, said) in [
        (vec!["nonsense"], "unrecognized subcommand"),
        (vec!["serve", "--listen", "3001"], "such as 127.0.0.1:3001"),
        (vec![], "Examples:"),
    ] {
        let run = folder.run(&args);
        assert_eq!(run.code, Some(2), "{args:?}");
        assert!(run.err.contains(said), "{args:?}: {}", run.err);
    }
}

#[test]
fn a_tenant_is_founded_once_and_dials_as_its_file_says() {
    let folder = Folder::new();
    let create = ["tenant", "create", "Example Ltd", "--currency", "EUR", "--time-zone", "Europe/Berlin", "--json"];
    folder.write(
        "germany.json",
        r#"{"country": "49", "international_prefixes": ["00"], "trunk_prefix": "0", "national_lengths": [9, 10, 11]}"#,
    );
    let made = folder.json(&[&create[..], &["--dial-plan", "germany.json"]].concat());
    assert_eq!(made, serde_json::json!({"tenant": 1, "name": "Example Ltd"}));
    let again = folder.run(&create);
    assert_eq!(again.code, Some(1));
    assert!(again.err.contains("there is a tenant \"Example Ltd\" already: it has the number 1"), "{}", again.err);
    assert_eq!(folder.json(&["tenant", "list", "--json"]).as_array().unwrap().len(), 1);
}

#[test]
fn a_cause_is_said_once() {
    let folder = Folder::new();
    let said = folder.run(&["check", "--database-url", "postgres://nobody@127.0.0.1:1/none"]);
    assert_eq!(said.err.matches("Connection refused").count(), 1, "{}", said.err);
}

#[test]
fn the_example_shows_a_configuration_that_is_read() {
    let folder = Folder::new();
    folder.write("tollgate.toml", include_str!("../../../../tollgate.example.toml"));
    let made = folder.run(&["tenant", "create", "A", "--currency", "EUR", "--time-zone", "UTC"]);
    assert_eq!(made.code, Some(0), "{}", made.err);
    assert!(folder.path().join("tollgate.db").exists());
}
