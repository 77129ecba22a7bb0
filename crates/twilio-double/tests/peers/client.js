// Drives the REST interface with the package `twilio`: what it is to use comes as JSON. Prints `every path works`.
import assert from "node:assert";
import { readFileSync } from "node:fs";
import { setTimeout as pause } from "node:timers/promises";
import twilio from "twilio";

const told = JSON.parse(readFileSync(0, "utf8"));

function clientWith(token) {
    const client = twilio(told.sid, token);
    client.api.baseUrl = told.url;
    return client;
}

const client = clientWith(told.token);
const refused = (code, act) => assert.rejects(act, { code });

async function becomes(sid, status) {
    for (let tried = 0; tried < 200; tried++) {
        if ((await client.calls(sid).fetch()).status === status) return;
        await pause(50);
    }
    assert.fail(`${sid} does not become ${status}`);
}

assert.equal((await client.api.accounts(told.sid).fetch()).status, "active");

const twiml = "<Response><Say>Hello.</Say><Pause/><Gather timeout='60'/></Response>";
const statusCallbackEvent = ["initiated", "ringing", "answered", "completed"];
const call = await client.calls.create({
    to: told.ann, from: told.own, twiml, statusCallback: told.callback, statusCallbackEvent, timeout: 20,
});
assert.deepEqual([call.status, call.direction, call.to], ["queued", "outbound-api", told.ann]);
await becomes(call.sid, "in-progress");
assert.equal((await client.calls(call.sid).update({ twiml })).status, "in-progress");
assert.equal((await client.calls(call.sid).update({ status: "completed" })).sid, call.sid);
await becomes(call.sid, "completed");
await refused(21220, () => client.calls(call.sid).update({ status: "completed" }));

const ringing = await client.calls.create({ to: told.bob, from: told.own, url: told.heard });
await becomes(ringing.sid, "ringing");
await client.calls(ringing.sid).update({ status: "canceled" });
await becomes(ringing.sid, "canceled");

await refused(21211, () => client.calls.create({ to: "nobody", from: told.own, url: told.heard }));
await refused(21210, () => client.calls.create({ to: told.ann, from: "+15005550006", url: told.heard }));
await refused(20404, () => client.calls("CA0").fetch());
await refused(20003, () => clientWith("wrong").calls(call.sid).fetch());

assert.equal((await client.recordings(told.recording).fetch()).duration, "3");
assert.ok(await client.recordings(told.recording).remove());
await refused(20404, () => client.recordings(told.recording).fetch());

const body = "Grüße & more";
const message = await client.messages.create({ to: told.ann, from: told.own, body, statusCallback: told.callback });
assert.equal(message.status, "queued");
assert.equal((await client.messages(message.sid).fetch()).status, "sent");
for (const [code, to] of [[21610, told.stopped], [21614, told.landline], [21211, "+1"]]) {
  await refused(code, () => client.messages.create({ to, from: told.own, body }));
}

const conference = client.conferences(told.conference);
assert.equal((await conference.fetch()).friendlyName, "room");
assert.deepEqual((await conference.participants.list()).map((party) => party.callSid), [told.call]);
const party = await conference.participants(told.call).update({ muted: true, announceUrl: told.heard });
assert.deepEqual([party.muted, party.hold], [true, false]);
await conference.update({ status: "completed" });
await becomes(told.call, "completed");

const [number] = await client.incomingPhoneNumbers.list({ phoneNumber: told.own });
const changed = await client.incomingPhoneNumbers(number.sid).update({ voiceUrl: told.heard });
assert.equal(changed.voiceUrl, told.heard);

console.log("every path works");
