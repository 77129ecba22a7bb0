// Phones made with socket.io-client, against the real server: every path of the protocol.

import assert from 'node:assert/strict';
import { io } from 'socket.io-client';

const url = process.argv[2];
const patience = 15_000;
const pause = () => new Promise((resolve) => setTimeout(resolve, 1050));
// Of these no argument is expected, and none may come.
const bare = ['callee_ringing', 'call_cancelled', 'call_connected', 'call_ended', 'replaced'];

class Phone {
  constructor(number, transports) {
    this.number = number;
    this.heard = [];
    this.waiting = null;
    this.socket = io(url, { auth: { phoneNumber: number }, transports, reconnection: false, forceNew: true });
    this.socket.onAny((name, ...args) => {
      assert.equal(args.length, bare.includes(name) ? 0 : 1, `${name} with ${JSON.stringify(args)}`);
      this.heard.push([name, args[0]]);
      this.waiting?.();
    });
  }

  async registered() {
    assert.equal(await this.hears('registered'), this.number);
    const plan = await this.hears('dial_plan');
    assert.equal(plan.extension_length, 4);
    return this;
  }

  says(...event) {
    this.socket.emit(...event);
  }

  async next() {
    const until = Date.now() + patience;
    while (this.heard.length === 0) {
      assert(Date.now() < until, `${this.number} hears nothing`);
      await new Promise((resolve) => {
        this.waiting = resolve;
        setTimeout(resolve, 1000);
      });
    }
    return this.heard.shift();
  }

  /** The argument of the next event, which has this name; the meter runs beside. */
  async hears(name) {
    for (;;) {
      const [heard, argument] = await this.next();
      if (heard === name) return argument;
      assert.equal(heard, 'meter', `${this.number} heard ${heard}, not ${name}`);
    }
  }
}

async function refused(auth, message) {
  const socket = io(url, { auth, transports: ['websocket'], reconnection: false, forceNew: true });
  const error = await new Promise((resolve, reject) => {
    socket.on('connect_error', resolve);
    socket.on('connect', () => reject(new Error(`${JSON.stringify(auth)} was let in`)));
  });
  assert.equal(error.message, message);
  socket.disconnect();
}

async function rings(caller, called) {
  await pause();
  caller.says('make_call', called.number);
  assert.equal(await called.hears('call_request'), caller.number);
  called.says('call_acknowledged', caller.number);
  await caller.hears('callee_ringing');
}

async function connects(caller, called) {
  await rings(caller, called);
  called.says('call_accepted');
  assert.equal((await called.hears('media')).policy, 'direct');
  await caller.hears('media');
  await caller.hears('call_connected');
  caller.says('call_accepted');
  await called.hears('call_connected');
}

async function talks(caller, called) {
  await connects(caller, called);
  caller.says('talk', 'Grüße');
  assert.equal(await called.hears('talk'), 'Grüße');
  called.says('dtmf', '12#');
  assert.equal(await caller.hears('dtmf'), '12#');
  const candidate = { candidate: { candidate: 'candidate:1', sdpMid: '0' } };
  called.says('signal', candidate);
  assert.deepEqual(await caller.hears('signal'), candidate);
  const [heard, meter] = await caller.next();
  assert.equal(heard, 'meter');
  assert.deepEqual(Object.keys(meter), ['seconds', 'cost', 'currency', 'remaining_seconds']);
  called.says('hang_up');
  await caller.hears('call_ended');
  const charged = await caller.hears('call_charged');
  assert.equal(charged.reason, 'hung_up');
  assert.equal(typeof charged.cost, 'string');
}

async function fails(caller, called) {
  for (const [number, reason] of [[caller.number, 'dialed_self'], ['0098', 'no_recipient']]) {
    await pause();
    caller.says('make_call', number);
    assert.equal(await caller.hears('call_not_possible'), reason);
  }
  for (const refusal of ['busy', 'timeout']) {
    await rings(caller, called);
    called.says('call_refused', caller.number, refusal);
    assert.equal(await caller.hears('call_not_possible'), refusal);
  }
  await rings(caller, called);
  caller.says('make_call', called.number);
  assert.equal(await caller.hears('call_not_possible'), 'already_in_call');
  caller.says('hang_up');
  await called.hears('call_cancelled');
  for (const event of ['call_accepted', 'talk', 'dtmf', 'signal', 'call_acknowledged', 'recorded']) {
    caller.says(event, '1');
    assert.equal(await caller.hears('error'), `invalid_${event}`);
  }
  // Bytes where a text should be, and what nobody knows.
  caller.says('make_call', Buffer.from('0002'));
  assert.equal(await caller.hears('error'), 'invalid_make_call');
  caller.says('no_such_event', { anything: [1, 2, 3] });
}

async function blocks(caller, called) {
  called.says('call_blocking', { action: 'add', number: caller.number });
  assert.deepEqual(await called.hears('call_blocking'), [caller.number]);
  await pause();
  caller.says('make_call', called.number);
  assert.equal(await caller.hears('call_not_possible'), 'blocked');
  const remove = { action: 'remove', number: caller.number };
  const answer = await called.socket.timeout(patience).emitWithAck('call_blocking', remove);
  assert.deepEqual(answer, []);
  assert.deepEqual(await called.hears('call_blocking'), []);
}

async function comesBack(caller, called) {
  await connects(caller, called);
  const again = await new Phone(called.number).registered();
  await called.hears('replaced');
  await again.hears('media');
  assert.equal((await again.hears('call_resumed')).with, caller.number);
  await caller.hears('media');
  caller.says('talk', 'Still there?');
  assert.equal(await again.hears('talk'), 'Still there?');
  caller.says('hang_up');
  await again.hears('call_ended');
  assert.equal((await caller.hears('call_charged')).reason, 'hung_up');
  again.socket.disconnect();
}

await refused({}, 'No phone number provided');
await refused({ phoneNumber: '0097' }, 'Invalid phone number');
await refused({ phoneNumber: '0001', token: 'tph_wrong' }, 'Invalid phone secret');
for (const transports of [undefined, ['websocket'], ['polling']]) {
  const caller = await new Phone('0001', transports).registered();
  const called = await new Phone('0002', transports).registered();
  await talks(caller, called);
  if (transports === undefined) {
    await fails(caller, called);
    await blocks(caller, called);
    await comesBack(caller, called);
  }
  caller.socket.disconnect();
  called.socket.disconnect();
}
console.log('every path works');
process.exit(0);
