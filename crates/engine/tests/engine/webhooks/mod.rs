//! Webhooks: what is told, to whom, how often, and what becomes of it.

mod low_balance;
mod meanwhile;
mod raised;
mod sending;
mod settings;
mod turns;
mod unsent;

use std::collections::VecDeque;
use std::sync::{Arc, Mutex};

use engine::jobs::Runner;
use engine::people::Secret;
use engine::webhooks::{
    self, Answer, CheckedUrl, Courier, Delivery, Details, HookEvent, HookKind, HookKinds, Parcel, Telling, WEBHOOKS,
    Webhook,
};
use futures::future::BoxFuture;
use serde_json::{Value, json};

use crate::world::World;

/// A courier that writes down what it is to carry, and answers as it is told: 200, once nothing more is.
#[derive(Default)]
struct Notebook {
    carried: Mutex<Vec<Parcel>>,
    answers: Mutex<VecDeque<Result<u16, &'static str>>>,
}

impl Courier for Notebook {
    fn check<'a>(&'a self, url: &'a str) -> BoxFuture<'a, Result<(), String>> {
        Box::pin(async move {
            if url.starts_with("https://") { Ok(()) } else { Err("must begin with https://".to_owned()) }
        })
    }

    fn send<'a>(&'a self, parcel: &'a Parcel) -> BoxFuture<'a, Result<Answer, String>> {
        self.carried.lock().unwrap().push(parcel.clone());
        let answer = self.answers.lock().unwrap().pop_front().unwrap_or(Ok(200));
        let text = "so it is\0".to_owned();
        Box::pin(async move { answer.map(|status| Answer { status, text }).map_err(str::to_owned) })
    }
}

impl Notebook {
    fn answers(&self, answers: impl IntoIterator<Item = Result<u16, &'static str>>) {
        self.answers.lock().unwrap().extend(answers);
    }

    /// What was carried since it was last asked.
    fn taken(&self) -> Vec<Parcel> {
        std::mem::take(&mut *self.carried.lock().unwrap())
    }

    /// The bodies of it, by type and data.
    fn told(&self) -> Vec<(String, Value)> {
        let body = |parcel: &Parcel| serde_json::from_str::<Value>(&parcel.body).unwrap();
        let told = |body: Value| (body["type"].as_str().unwrap().to_owned(), body["data"].clone());
        self.taken().iter().map(body).map(told).collect()
    }
}

fn event(kind: HookKind, id: &str) -> HookEvent {
    HookEvent { kind, id: id.to_owned(), data: json!({"id": id}) }
}

async fn details(url: &str, kinds: &[HookKind]) -> Details {
    let url = CheckedUrl::check(&Notebook::default(), url).await.unwrap();
    Details { url, kinds: kinds.iter().copied().collect::<HookKinds>(), description: None, enabled: true }
}

async fn webhook(world: &World, url: &str, kinds: &[HookKind]) -> (Webhook, Secret) {
    let details = details(url, kinds).await;
    world.run(async |work| webhooks::create(work, details).await).await.unwrap()
}

async fn raise(world: &World, events: &[HookEvent]) {
    world.run(async |work| webhooks::raise(work, events).await).await.unwrap();
}

fn runner(world: &World, courier: &Arc<Notebook>) -> Runner {
    Runner::new(world.engine.clone(), "test").handle(WEBHOOKS, Arc::new(Telling::new(courier.clone())), 4)
}

async fn sent(world: &World, courier: &Arc<Notebook>) -> usize {
    runner(world, courier).run_due().await.unwrap()
}

async fn deliveries(world: &World, webhook: &Webhook) -> Vec<Delivery> {
    webhooks::deliveries(&mut world.view().await, &webhook.id, None, 100).await.unwrap()
}

async fn get(world: &World, webhook: &Webhook) -> Webhook {
    webhooks::get(&mut world.view().await, &webhook.id).await.unwrap()
}
