//! The demo's help line: a group that is staffed day and night, but for Sundays.

use domain::roster::Days;
use engine::groups::{self, Answering, Details, Group, NewShift, Saying};
use engine::{Work, agents};

/// Who answers, on which phone, on which days and when.
const VOLUNTEERS: [(&str, &str, &str, &[u8], &str); 2] = [
    ("Noor Haddad", "0011", "noor@example.org", &[0, 1, 2, 3, 4, 5, 6], "20:00-08:00"),
    ("Tomas Berg", "0021", "tomas@example.org", &[0, 1, 2, 3, 4, 5], "08:00-20:00"),
];

/// Opens the group, its people and their roster.
pub(super) async fn open(work: &mut Work) -> anyhow::Result<()> {
    let greeting = Saying {
        text: "Welcome to the open line. Whatever it is, we listen.".to_owned(),
        language: None,
        voice: None,
        audio: None,
    };
    let details = Details {
        name: "Open line".to_owned(),
        numbers: vec!["0800".to_owned()],
        answering: Answering { greeting: Some(greeting), ..Answering::default() },
        ..Details::default()
    };
    let group = groups::create(work, details).await?;
    for volunteer in VOLUNTEERS {
        begin(work, &group, volunteer).await?;
    }
    Ok(())
}

async fn begin(
    work: &mut Work,
    group: &Group,
    (name, phone, email, days, hours): (&str, &str, &str, &[u8], &str),
) -> anyhow::Result<()> {
    let details = agents::Details {
        phones: vec![phone.to_owned()],
        email: Some(email.to_owned()),
        languages: vec!["en".to_owned()],
        ..agents::Details::default()
    };
    let agent = agents::create(work, name.to_owned(), details).await?.id;
    let shift = NewShift {
        agent,
        days: Days::new(days)?,
        hours: hours.parse()?,
        zone: None,
        every_weeks: 1,
        from: None,
        until: None,
        priority: 1,
    };
    groups::add_shift(work, &group.id, shift).await?;
    Ok(())
}
