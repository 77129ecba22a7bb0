//! What is found of an Asterisk as it is.
use asterisk::{Closed, Fact, Holder, Settings, Wanted, examine};
use domain::time::Instant;
use engine::SystemClock;
use engine::sip_accounts::{self, Provisioned};
use engine::trunks::{Details, Trunk};
use serde_json::json;

use crate::bench::{on_both, soon};
use crate::pbx::Pbx;
use crate::world::World;

fn settings(pbx: &Pbx) -> Settings {
    Settings {
        name: "pbx".to_owned(),
        url: pbx.ari_url().parse().unwrap(),
        user: pbx.user().to_owned(),
        password: pbx.password().to_owned(),
        application: "tollgate".to_owned(),
        accounts: Some(pbx.accounts_file()),
        context: "from-phone".to_owned(),
    }
}

fn trunk(endpoint: &str, asterisk: Option<&str>) -> Trunk {
    let details = Details {
        name: endpoint.to_owned(),
        endpoint: endpoint.to_owned(),
        asterisk: asterisk.map(str::to_owned),
        enabled: true,
        most_calls: None,
    };
    Trunk { id: format!("trk_{endpoint}"), details, created_at: Instant::FIRST, version: 1 }
}

/// Accounts of these names, of which only the database knows.
async fn accounts(world: &World, usernames: [&str; 2]) -> Vec<Provisioned> {
    let customer = world.customer("Caller").await;
    let plan = world.plan("Talk", json!({"rate": {"price_per_minute": "0.60"}})).await;
    let line = world.line(&customer, "0001", &plan).await;
    world.run(async |work| sip_accounts::make(work, &line.id, None).await).await.unwrap();
    let made = sip_accounts::all(&mut world.view().await).await.unwrap().remove(0);
    usernames.map(|username| Provisioned { username: username.to_owned(), ..made.clone() }).into()
}

/// What is found, in the order in which it is told.
async fn facts(settings: Settings, wanted: &Wanted) -> Vec<Fact> {
    let found = examine(&SystemClock, &[settings], wanted).await.unwrap();
    found.into_iter().map(|finding| finding.fact).collect()
}

#[tokio::test]
async fn of_one_that_is_right_all_is_found_right() {
    on_both(async |bench| {
        let phones = bench.phones(1).await;
        let mut view = bench.world.view().await;
        let accounts = sip_accounts::all(&mut view).await.unwrap();
        drop(view);
        let wanted = Wanted { accounts, trunks: vec![trunk("answer", None), trunk("101", Some("other"))] };
        let facts = facts(settings(&bench.pbx), &wanted).await;
        let [
            Fact::Answers { version, tested: true },
            Fact::Clock { ahead_millis: 0 },
            Fact::Modules { missing },
            Fact::Application(Holder::Tollgate),
            Fact::Sounds { missing: unheard },
            Fact::AccountsFile { fault: None, .. },
            Fact::Accounts { wanted: 3, unwritten, unknown },
            Fact::Trunks { wanted: 1, unknown: strange, offline },
            Fact::Transfers { allowed },
            Fact::Unconfigured,
        ] = facts.as_slice()
        else {
            panic!("{facts:#?}")
        };
        assert!(version.starts_with("22."), "{version}");
        assert!(missing.is_empty() && unheard.is_empty(), "{facts:#?}");
        assert!([unwritten, unknown, strange, offline].iter().all(|names| names.is_empty()), "{facts:#?}");
        // Our own accounts send no call on; the trunk of the kit has what Asterisk begins with.
        assert_eq!(allowed, &["answer"]);
        drop(phones);
    })
    .await;
}

#[tokio::test]
async fn what_is_wrong_is_told_apart() {
    crate::world::on_both(async |world| {
        if let Some(pbx) = Pbx::start().await {
            is_told_apart(&world, &pbx).await;
        }
    })
    .await;
}

async fn is_told_apart(world: &World, pbx: &Pbx) {
    let etc = pbx.run_folder().join("etc");
    let users = std::fs::read_to_string(etc.join("ari.conf")).unwrap();
    std::fs::write(etc.join("ari.conf"), format!("{users}\n[guest]\ntype = user\nread_only = yes\npassword = looks\n"))
        .unwrap();
    for command in ["module reload res_ari.so", "module unload func_timeout.so", "module unload res_ari_playbacks.so"] {
        pbx.command(command).await;
    }
    std::fs::write(pbx.accounts_file(), "[t1-0001-written]\n").unwrap();
    let accounts = accounts(world, ["t1-0001-written", "t1-0002-not"]).await;
    // Nobody has registered as 101, and no endpoint is called carrier.
    let wanted = Wanted { accounts, trunks: vec![trunk("carrier", Some("pbx")), trunk("101", None)] };
    let found = facts(settings(pbx), &wanted).await;
    let [
        Fact::Answers { .. },
        Fact::Clock { .. },
        Fact::Modules { missing },
        Fact::Application(Holder::Nobody),
        Fact::Sounds { .. },
        Fact::AccountsFile { fault: None, .. },
        Fact::Accounts { wanted: 2, unwritten, unknown },
        Fact::Trunks { wanted: 2, unknown: strange, offline },
        Fact::Transfers { .. },
    ] = found.as_slice()
    else {
        panic!("{found:#?}")
    };
    assert_eq!(missing, &["func_timeout.so", "res_ari_playbacks.so"]);
    assert_eq!(
        (unwritten.as_slice(), unknown.as_slice()),
        (&["t1-0002-not".to_owned()][..], &["t1-0001-written".to_owned()][..])
    );
    assert_eq!((strange.as_slice(), offline.as_slice()), (&["carrier".to_owned()][..], &["101".to_owned()][..]));

    let right = settings(pbx);
    let (url, accounts) = (pbx.ari_url(), Some(pbx.run_folder().join("nowhere/accounts.conf")));
    let wrong = Settings { password: "another".to_owned(), ..right.clone() };
    let guest = Settings { user: "guest".to_owned(), password: "looks".to_owned(), ..right.clone() };
    let elsewhere = Settings { url: url.replace("/ari", "/ira").parse().unwrap(), ..right.clone() };
    let gone = Settings { accounts, ..right };
    let nothing = Wanted::default();
    assert!(matches!(
        facts(wrong, &nothing).await[..],
        [Fact::Closed(Closed::SignIn), Fact::AccountsFile { fault: None, .. }]
    ));
    assert!(matches!(facts(guest, &nothing).await[..], [Fact::Closed(Closed::ReadOnly), Fact::AccountsFile { .. }]));
    assert!(matches!(
        facts(elsewhere, &nothing).await[..],
        [Fact::Closed(Closed::NoInterface), Fact::AccountsFile { .. }]
    ));
    let found = facts(gone.clone(), &nothing).await;
    assert!(found.iter().any(|fact| matches!(fact, Fact::AccountsFile { fault: Some(_), .. })), "{found:#?}");
    pbx.kill().await;
    assert!(matches!(facts(gone, &nothing).await[..], [Fact::Closed(Closed::Silent(_)), Fact::AccountsFile { .. }]));
}

#[tokio::test]
async fn another_programs_application_is_told_from_ours() {
    let Some(pbx) = Pbx::start().await else { return };
    let url = format!("{}/events?app=tollgate&api_key={}:{}", pbx.ari_url(), pbx.user(), pbx.password());
    let (mut socket, _) = tokio_tungstenite::connect_async(url.replace("http", "ws")).await.unwrap();
    let found = facts(settings(&pbx), &Wanted::default()).await;
    assert!(found.iter().any(|fact| matches!(fact, Fact::Application(Holder::Another))), "{found:#?}");
    socket.close(None).await.unwrap();
    let is_free = async || {
        let found = facts(settings(&pbx), &Wanted::default()).await;
        found.iter().any(|fact| matches!(fact, Fact::Application(Holder::Nobody))).then_some(())
    };
    soon(is_free).await.expect("an application that nobody is connected to is free");
}
