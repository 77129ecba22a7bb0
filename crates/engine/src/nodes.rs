//! Several programs on one database, called nodes: what one changes the others hear of at once, so that pages on any of them show it, and
//! calls on any of them go on when money comes in.
//!
//! What is told are hints. Nothing depends on them: what is missed is found by reading, and a node that may have missed something tells
//! those who listen to it to read everything again.

use std::collections::HashSet;
use std::time::Duration;

use serde::{Deserialize, Serialize};
use storage::signals::{LONGEST, Listener};
use tokio::sync::watch;
use tokio::time::{Instant, sleep, timeout};

use crate::Engine;
use crate::changes::{Change, Hints, Unheard};
use crate::ids::new_id;

/// How long hints are gathered: what changes twice meanwhile is told once.
const GATHER: Duration = Duration::from_millis(20);
/// How often a node says that it is there when it has nothing else to say.
const BEAT: Duration = Duration::from_secs(5);
/// After so long without a word, of the others or of itself, nobody is there, or nobody is heard.
const SILENCE: Duration = Duration::from_secs(15);
/// How long is waited before one that cannot listen tries it again.
const PAUSE: Duration = Duration::from_secs(1);

/// What one node tells the others.
#[derive(Debug, Serialize, Deserialize)]
struct Signal<'a> {
    /// Which node; each start of a program is another one.
    node: &'a str,
    /// Whether hints of it are lost.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    missed: bool,
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    changes: Vec<serde_json::Value>,
}

impl Engine {
    /// Tells the other programs on the database what this one changes, and those who listen here what the others change; for ever. On
    /// SQLite, whose file has one server, there is nobody.
    pub async fn keep_in_touch(&self) {
        let node = new_id("node", self.clock().now());
        let others_until = watch::Sender::new(Instant::now() + SILENCE);
        tokio::join!(hear(self, &node, &others_until), tell(self, &node, &others_until));
    }
}

/// Hears the others, and notes until when any of them is taken to be there.
async fn hear(engine: &Engine, node: &str, others_until: &watch::Sender<Instant>) {
    let mut is_deaf = false;
    loop {
        match engine.store().listen().await {
            Ok(None) => return,
            Ok(Some(mut listener)) => {
                engine.listeners().tell_missed();
                if std::mem::take(&mut is_deaf) {
                    tracing::info!("the other programs on the database are heard again");
                }
                while hear_one(engine, &mut listener, (node, others_until)).await {}
            }
            Err(error) if !is_deaf => {
                is_deaf = true;
                tracing::warn!(%error, "the other programs on the database are not heard; it is tried again");
            }
            Err(_) => {}
        }
        sleep(PAUSE).await;
    }
}

/// Hears one signal, of this node or of another: whether there may be more.
async fn hear_one(
    engine: &Engine,
    listener: &mut Listener,
    (node, others_until): (&str, &watch::Sender<Instant>),
) -> bool {
    // A connection may be cut off without a word: then not even the own beats come.
    let Ok(Ok(text)) = timeout(SILENCE, listener.next()).await else { return false };
    let signal: Signal<'_> = match serde_json::from_str(&text) {
        Ok(signal) => signal,
        Err(error) => {
            tracing::warn!(%error, "what another program on the database tells is not understood");
            return true;
        }
    };
    if signal.node == node {
        return true;
    }
    others_until.send_replace(Instant::now() + SILENCE);
    if signal.missed {
        engine.listeners().tell_missed();
    }
    // What a later version tells of, and this one does not know, nobody listens to here.
    let known = signal.changes.into_iter().filter_map(|change| serde_json::from_value(change).ok());
    known.for_each(|change| engine.listeners().tell_here(change));
    true
}

/// Tells the others, as long as there are some; and else that this node is there.
async fn tell(engine: &Engine, node: &str, others_until: &watch::Sender<Instant>) {
    if engine.store().engine() == storage::Engine::Sqlite {
        return;
    }
    let mut own = engine.own_changes();
    // One that has been alone tells nothing before it hears of this one.
    let (mut changes, mut missed, mut said_at) = (Vec::new(), false, None::<Instant>);
    loop {
        if !changes.is_empty() || missed || said_at.is_none_or(|at| at.elapsed() >= BEAT) {
            match engine.store().signal(&signals(node, missed, &changes)).await {
                Ok(()) => (missed, said_at) = (false, Some(Instant::now())),
                Err(error) => {
                    missed = true;
                    tracing::debug!(%error, "the other programs on the database were not told what has changed");
                }
            }
        }
        let lost;
        (changes, lost) = gather(&mut own).await;
        missed |= lost;
        if *others_until.borrow() < Instant::now() {
            changes.clear();
        }
    }
}

/// What changes within a moment, each once, and whether hints were lost; nothing, if nothing changes until the next beat.
async fn gather(own: &mut Hints) -> (Vec<Change>, bool) {
    let (mut changes, mut seen, mut lost) = (Vec::new(), HashSet::new(), false);
    let mut next = match timeout(BEAT, own.recv()).await {
        Ok(first) => first,
        Err(_) => return (changes, lost),
    };
    sleep(GATHER).await;
    loop {
        match next {
            Ok(change) => {
                if seen.insert(change.clone()) {
                    changes.push(change);
                }
            }
            Err(Unheard::Missed) => lost = true,
            Err(Unheard::Nothing | Unheard::Over) => return (changes, lost),
        }
        next = own.try_recv();
    }
}

/// The texts that tell changes, none too long; one where there are none.
fn signals(node: &str, missed: bool, changes: &[Change]) -> Vec<String> {
    let text = |missed, changes| serde_json::to_string(&Signal { node, missed, changes }).unwrap_or_default();
    let room = LONGEST - text(true, Vec::new()).len() - r#","changes":[]"#.len();
    let (mut texts, mut packed, mut size) = (Vec::new(), Vec::new(), 0);
    for change in changes.iter().filter_map(|change| serde_json::to_value(change).ok()) {
        let length = change.to_string().len() + 1;
        if size + length > room && !packed.is_empty() {
            texts.push(text(missed, std::mem::take(&mut packed)));
            size = 0;
        }
        size += length;
        packed.push(change);
    }
    texts.push(text(missed, packed));
    texts
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::ChangeKind;

    #[test]
    fn many_changes_are_told_in_several_texts() {
        let change = |number: usize| Change {
            tenant: 1,
            kind: ChangeKind::Funds,
            id: format!("cus_{number:026}"),
            customer: Some(format!("cus_{number:026}")),
            agent: None,
        };
        let changes: Vec<_> = (0..500).map(change).collect();
        let texts = signals("node_1", true, &changes);
        assert!(texts.len() > 1 && texts.iter().all(|text| text.len() <= LONGEST), "{}", texts.len());
        let told = texts.iter().flat_map(|text| {
            let signal: Signal<'_> = serde_json::from_str(text).unwrap();
            assert!(signal.missed);
            signal.changes
        });
        assert!(told.map(|change| serde_json::from_value::<Change>(change).unwrap()).eq(changes));
        assert_eq!(signals("node_1", false, &[]), [r#"{"node":"node_1"}"#]);
    }
}
