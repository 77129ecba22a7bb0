//! The Asterisk of the tests runs, and all that a test asks of it works.

use std::time::{Duration, Instant};

use serde_json::Value;

use crate::pbx::{Answering, Pbx};

async fn info(pbx: &Pbx) -> Result<Value, reqwest::Error> {
    let url = format!("{}/asterisk/info", pbx.ari_url());
    let request = reqwest::Client::new().get(url).basic_auth(pbx.user(), Some(pbx.password()));
    request.send().await?.error_for_status()?.json().await
}

/// Waits for what the command line answers, at most ten seconds.
async fn until(pbx: &Pbx, command: &str, wanted: &str) {
    let end = Instant::now() + Duration::from_secs(10);
    let mut said = pbx.command(command).await;
    while !said.contains(wanted) {
        assert!(Instant::now() < end, "{command} never says {wanted}: {said}");
        tokio::time::sleep(Duration::from_millis(50)).await;
        said = pbx.command(command).await;
    }
}

#[tokio::test]
async fn two_at_once_answer_until_they_are_dropped() {
    let Some(one) = Pbx::start().await else { return };
    let Some(other) = Pbx::start().await else { return };
    assert_ne!(one.sip_port(), other.sip_port());
    for pbx in [&one, &other] {
        assert!(info(pbx).await.unwrap()["system"]["version"].as_str().unwrap().starts_with("22."));
    }
    let folder = one.run_folder().to_owned();
    let pid = std::fs::read_to_string(folder.join("pid")).unwrap();
    let runs = || std::fs::read(format!("/proc/{}/cmdline", pid.trim())).is_ok_and(|line| !line.is_empty());
    assert!(runs());
    drop(one);
    assert!(!runs() && !folder.exists());
    assert!(info(&other).await.is_ok());
}

#[tokio::test]
async fn phones_register_call_and_take_calls() {
    let Some(pbx) = Pbx::start().await else { return };
    let [mut one, mut two] = pbx.phones(Answering::ByHand).await;
    let contacts = pbx.command("pjsip show contacts").await;
    for phone in [&one, &two] {
        assert!(contacts.contains(&format!("{}/sip:", phone.number())), "{contacts}");
    }

    one.dial("600").await;
    one.until("CALL_ESTABLISHED").await;
    one.send_digits("11").await;
    let log = pbx.run_folder().join("log/verbose");
    let digits = || std::fs::read_to_string(&log).unwrap().matches("DTMF end '1' received").count();
    let end = Instant::now() + Duration::from_secs(5);
    while digits() < 2 {
        assert!(Instant::now() < end, "{} digits came", digits());
        tokio::time::sleep(Duration::from_millis(20)).await;
    }
    one.hang_up().await;
    one.until("CALL_CLOSED").await;

    pbx.command("channel originate PJSIP/102 extension 600@from-phone").await;
    two.until("CALL_INCOMING").await;
    until(&pbx, "core show channels", "Ringing").await;
    two.accept().await;
    two.until("CALL_ESTABLISHED").await;
    two.hang_up().await;
    until(&pbx, "core show channels", "0 active channels").await;

    drop((one, two));
    let [mut one, mut two] = pbx.phones(Answering::ByItself).await;
    pbx.command("channel originate PJSIP/101 application Dial PJSIP/102").await;
    two.until("CALL_ESTABLISHED").await;
    one.until("CALL_ESTABLISHED").await;
    tokio::time::sleep(Duration::from_secs(1)).await;
    one.hang_up().await;
    one.until("CALL_CLOSED").await;
    two.until("CALL_CLOSED").await;
    for (phone, other) in [(&one, &two), (&two, &one)] {
        let heard = phone.heard(pbx.run_folder());
        assert!(heard.abs_diff(other.tone()) < 20, "phone {} hears {heard} Hz", phone.number());
    }
}

#[tokio::test]
async fn far_ends_do_as_they_are_called_and_calls_come_in() {
    let Some(pbx) = Pbx::start().await else { return };
    pbx.far_ends().await;
    pbx.command("channel originate PJSIP/answer extension 600@from-phone").await;
    until(&pbx, "core show channels", "Echo").await;
    pbx.command("channel request hangup all").await;
    until(&pbx, "core show channels", "0 active channels").await;
    // No application is there yet to take it, so that the dialplan hangs up.
    assert!(pbx.call_in("uac_fail", "4930123456").went_as_planned().await);
    let log = std::fs::read_to_string(pbx.run_folder().join("log/verbose")).unwrap();
    assert!(log.contains("Stasis(\"PJSIP/trunk-00000001\", \"tollgate,in,4930123456,allowed"), "{log}");
}

#[tokio::test]
async fn a_killed_one_comes_back_with_the_accounts_it_was_given() {
    let Some(pbx) = Pbx::start().await else { return };
    let account = "[7001]\ntype = wizard\naccepts_registrations = yes\naccepts_auth = yes\ntransport = udp\n\
                   inbound_auth/username = 7001\ninbound_auth/password = a-phone-of-the-test\nendpoint/context = from-phone\n";
    std::fs::write(pbx.accounts_file(), account).unwrap();
    pbx.command("module reload res_pjsip.so").await;
    until(&pbx, "pjsip show endpoints", " 7001 ").await;
    pbx.kill().await;
    assert!(info(&pbx).await.is_err());
    pbx.restart().await;
    assert!(info(&pbx).await.is_ok());
    until(&pbx, "pjsip show endpoints", " 7001 ").await;
}
