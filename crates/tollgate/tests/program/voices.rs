//! How voices travel, as it is configured and as the doctor sees it.

use crate::coturn::{ADMIN_PASSWORD, Coturn, SECRET};
use crate::run::Folder;

const RELAY: &str = "policy = \"relay\"\nturn_urls = [\"turn:127.0.0.1:3478\"]\nturn_secret_file = \"secret\"\n";

fn folder() -> Folder {
    let folder = Folder::new();
    folder.write("secret", SECRET);
    folder.write("password", ADMIN_PASSWORD);
    folder.write("wrong", "another");
    let tenant = ["--currency", "EUR", "--time-zone", "UTC", "--emergency-target", "020 7946 0999"];
    let made =
        folder.run(&[&["tenant", "create", "A", "--database-url", "sqlite://tollgate.db"], &tenant[..]].concat());
    assert_eq!(made.code, Some(0), "{}", made.err);
    folder
}

#[test]
fn the_doctor_tells_whether_calls_have_audio_and_whether_it_ends() {
    let (folder, coturn) = (folder(), Coturn::start());
    let door = format!("{RELAY}turn_admin = \"{}\"\nturn_admin_password_file = ", coturn.admin);
    for (media, said) in [
        (String::new(), "ok    voices: they go from browser to browser"),
        ("policy = \"text\"".into(), "ok    voices: calls are text only"),
        ("policy = \"relay\"".into(), "note  voices: calls are text only, for voices may go through a relay alone"),
        (RELAY.into(), "note  voices: what a relay carries goes on after the end of a call"),
        (RELAY.replace("relay\"", "direct\""), "ok    voices: they go from browser to browser"),
        (format!("{door}\"password\""), "ok    voices: there is a relay, whose sessions can be ended"),
        (format!("{door}\"wrong\""), "FAULT voices: the relay's command line at 127.0.0.1:"),
    ] {
        folder.write("tollgate.toml", format!("[media]\n{media}\n"));
        let doctor = folder.run(&["doctor"]);
        assert!(doctor.out.contains(said), "{media}: {}{}", doctor.out, doctor.err);
        assert!(!doctor.out.contains(ADMIN_PASSWORD) && !doctor.out.contains(SECRET));
    }
}

#[test]
fn flags_and_environment_go_before_the_file_and_half_a_relay_is_refused() {
    let folder = folder();
    folder.write("tollgate.toml", format!("[media]\n{RELAY}"));
    let doctor = folder.run(&["doctor", "--media-policy", "text"]);
    assert!(doctor.out.contains("voices: calls are text only, as configured"), "{}", doctor.out);
    let doctor = folder.command(&["doctor"]).env("TOLLGATE_MEDIA_POLICY", "direct").output().unwrap();
    assert!(String::from_utf8(doctor.stdout).unwrap().contains("voices: they go from browser to browser"));
    folder.write("tollgate.toml", "");
    for (args, said) in [
        (vec!["--turn-url", "turn:a"], "name the file with the relay's secret: --turn-secret-file"),
        (vec!["--turn-url", "http://a", "--turn-secret-file", "secret"], "\"http://a\" is no relay"),
        (vec!["--turn-url", "turn:a", "--turn-secret-file", "missing"], "cannot read missing"),
        (vec!["--turn-admin", "127.0.0.1:5766"], "takes two settings: --turn-admin and --turn-admin-password-file"),
        (
            vec!["--turn-admin", "127.0.0.1:5766", "--turn-admin-password-file", "password"],
            "name where browsers reach the relay: --turn-url",
        ),
    ] {
        let run = folder.run(&[&["doctor"], &args[..]].concat());
        assert_eq!(run.code, Some(1), "{args:?}: {}", run.out);
        assert!(run.err.contains(said), "{args:?}: {}", run.err);
    }
}
