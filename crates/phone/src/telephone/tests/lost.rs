//! The telephone whose connection is lost, and comes back or does not.

use super::*;

#[test]
fn a_call_survives_a_lost_connection_for_10_seconds() {
    let telephone = Bench::talking().walk(&[
        ("lost", "", "connection|0002"),
        ("say hello", "", "connection|0002"),
        ("keys 1", "", "connection|0002"),
        ("ms 9999", "", "connection|0002"),
        (r#"< registered "0001""#, "", "connection|0002"),
        (r#"< call_resumed {"with": "0002", "seconds": 10}"#, "", "connection|0002"),
        ("ms 2000", "", "connection|0002"),
        ("say again", r#"talk ["again"]"#, "connection|0002"),
    ]);
    let said = lines(&telephone);
    assert!(said[2..].iter().any(|line| line.starts_with("Not sent: hello.")), "{said:?}");
    assert!(said.contains(&"The connection with the exchange is there again.".to_owned()), "{said:?}");

    // Too late: the exchange is told that the call is given up, and does not have it go on.
    Bench::talking().walk(&[
        ("lost", "", "connection|0002"),
        ("ms 4000", "", "connection|0002"),
        ("lost", "", "connection|0002"),
        ("ms 6000", "", "fast busy|"),
        (r#"< registered "0001""#, "hang_up []", "fast busy|"),
        (r#"< call_resumed {"with": "0002", "seconds": 10}"#, "", "fast busy|"),
    ]);
    Bench::talking().walk(&[
        ("lost", "", "connection|0002"),
        ("down", "", "nothing|"),
        (r#"< registered "0001""#, "hang_up []", "nothing|"),
        (r#"< call_resumed {"with": "0002", "seconds": 10}"#, "", "nothing|"),
        ("lift", "", "dial tone|"),
        ("dial 0003", r#"make_call ["0003"]"#, "connecting|0003"),
        ("lost", "", "connecting|0003"),
        (r#"< registered "0001""#, "", "fast busy|"),
    ]);
    // What was owed for one call is not for the next.
    Bench::talking().walk(&[
        ("lost", "", "connection|0002"),
        ("down", "", "nothing|"),
        ("lift", "", "nothing|"),
        ("dial 0003", "", "fast busy|"),
        ("down", "", "nothing|"),
        (r#"< registered "0001""#, "hang_up []", "nothing|"),
        ("lift", "", "dial tone|"),
        ("dial 0003", r#"make_call ["0003"]"#, "connecting|0003"),
        ("< call_connected", "call_accepted []", "connection|0003"),
        ("lost", "", "connection|0003"),
        (r#"< registered "0001""#, "", "connection|0003"),
        (r#"< call_resumed {"with": "0003", "seconds": 1}"#, "", "connection|0003"),
    ]);
    // The exchange does not know of the call any more.
    Bench::talking().walk(&[
        ("lost", "", "connection|0002"),
        (r#"< registered "0001""#, "", "connection|0002"),
        ("ms 1999", "", "connection|0002"),
        ("ms 1", "", "fast busy|"),
    ]);
}

#[test]
fn a_phone_that_starts_anew_takes_its_call_up() {
    let mut bench = Bench::new();
    bench.take(r#"< registered "0001""#);
    bench.now += Duration::from_secs(60);
    bench.take(r#"< call_resumed {"with": "0002", "seconds": 12}"#);
    assert_eq!((bench.shown().as_str(), bench.telephone.talking_seconds(bench.now)), ("connection|0002", Some(12)));
    assert_eq!(bench.take("down"), "hang_up []");
}

#[test]
fn a_call_that_is_not_up_is_lost_with_the_connection() {
    for (steps, after) in [
        (&["lift", "dial 0002"][..], "fast busy|"),
        (&["lift", "dial 0002", "< callee_ringing"], "fast busy|"),
        (&[r#"< call_request "0002""#], "nothing|"),
        (&[r#"< call_request "0002""#, "lift"], "fast busy|"),
    ] {
        let mut bench = Bench::during(steps);
        bench.take("lost");
        assert_eq!(bench.take(r#"< registered "0001""#), "", "{steps:?}");
        assert_eq!((bench.shown().as_str(), bench.telephone.has_ended()), (after, true), "{steps:?}");
    }
}

#[test]
fn without_a_connection_nothing_is_promised() {
    Bench::during(&["lost"]).walk(&[
        ("lift", "", "nothing|"),
        ("keys 0002#", "", "fast busy|"),
        ("block 0003", "", "fast busy|"),
        (r#"< registered "0001""#, "", "fast busy|"),
    ]);
    Bench::during(&[r#"< call_request "0002""#, "lost"])
        .walk(&[("lift", "", "the bell: a call|0002"), ("ms 15000", "", "nothing|")]);
}
