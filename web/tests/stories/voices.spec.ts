// Two people call each other, each in a browser of their own, and hear each other: on every page, and after a reload.
import { type Browser, expect, type Locator, type Page, test } from '@playwright/test'
import { arrive, Clock, phoneOf } from './people'

// One call, behaviour after behaviour.
test.describe.configure({ mode: 'serial' })

interface Person {
  page: Page
  phone: Locator
}

let ada: Person
let bruno: Person

/** Keeps what the browser hears and plays, for the test to look at. */
const KEPT = `
globalThis.peers = [];
globalThis.RTCPeerConnection = class extends RTCPeerConnection {
  constructor(...settings) {
    super(...settings);
    peers.push(this);
  }
};
globalThis.hertz = [];
const start = OscillatorNode.prototype.start;
OscillatorNode.prototype.start = function (...when) {
  hertz.push(this.frequency.value);
  return start.apply(this, when);
};`

test.beforeAll(async ({ browser }) => {
  ada = await personAt(browser, 'admin', '0001')
  bruno = await personAt(browser, 'clerk', '0002')
})

test.afterAll(async () => {
  await Promise.all([ada, bruno].map(({ page }) => page.context().close()))
})

test('of two tabs of a user one rings', async () => {
  const tab = await bruno.page.context().newPage()
  await tab.goto('/invoices')
  const second = tab.getByRole('region', { name: 'Phone' })
  await expect(second.getByRole('button', { name: 'The phone is in another tab' })).toBeVisible()
  for (const key of '0002') await ada.phone.getByRole('button', { name: key, exact: true }).click()
  await expect(bruno.phone.getByRole('button', { name: 'Answer' })).toBeVisible()
  await expect(ada.phone.getByRole('status')).toHaveText('Ringing')
  await expect(second.getByRole('button', { name: 'The phone is in another tab' })).toBeVisible()
  await expect(second.getByRole('button', { name: 'Answer' })).toHaveCount(0)
  await tab.close()
  await bruno.phone.getByRole('button', { name: 'Answer' }).click()
})

test('they hear each other', async () => {
  for (const { phone } of [ada, bruno])
    await expect(phone.getByRole('status')).toHaveText('Connected, with audio')
  await bothAreHeard()
})

test('what one writes the other reads', async () => {
  await write(ada, 'Is that the harbour?')
  await expect(written(bruno)).toHaveText(['0001: Is that the harbour?'])
  await write(bruno, 'It is. <b>Who</b> asks?')
  await expect(written(ada)).toHaveText(['You: Is that the harbour?', '0002: It is. <b>Who</b> asks?'])
})

test('a key that is pressed is a tone for the other', async () => {
  await bruno.page.evaluate('hertz.length = 0')
  await ada.phone.getByRole('button', { name: 'Keys', exact: true }).click()
  await ada.phone.getByRole('button', { name: '5', exact: true }).click()
  await expect.poll(() => bruno.page.evaluate('hertz')).toEqual([770, 1336])
})

test('the call goes on from page to page', async () => {
  for (const place of ['Customers', 'Plans', 'Invoices', 'Calls now', 'Overview']) {
    await ada.page.getByRole('navigation').getByRole('link', { name: place, exact: true }).click()
    await expect(ada.page.getByRole('heading', { level: 1, name: place, exact: true })).toBeVisible()
    await bothAreHeard()
  }
  // The pages were never loaded anew.
  expect(await ada.page.evaluate('peers.length')).toBe(1)
})

for (const who of ['caller', 'called'] as const) {
  test(`the call survives that the ${who} loads the page again`, async ({ request }) => {
    const person = who === 'caller' ? ada : bruno
    await new Clock(request).pass(65)
    const before = await secondsAt(ada)
    await person.page.reload()
    await person.phone.getByRole('button', { expanded: false }).click()
    await expect(person.phone.getByRole('status')).toHaveText('Connected, with audio')
    expect(await secondsAt(person)).toBeGreaterThanOrEqual(before)
    await bothAreHeard()
  })
}

test('who hangs up sees what it cost', async ({ request }) => {
  const clock = new Clock(request)
  await clock.pass(5)
  await ada.phone.getByRole('button', { name: 'Hang up' }).click()
  // Two minutes and a quarter are three minutes at five cents.
  await expect(ada.phone.getByRole('alert')).toHaveText('The call took 2:15 and cost $0.15.')
  await expect(bruno.phone.getByRole('alert')).toContainText('The call is over')
})

async function personAt(browser: Browser, name: string, number: string): Promise<Person> {
  const page = await arrive(browser, name, {}, KEPT)
  return { page, phone: await phoneOf(page, number) }
}

async function write({ phone }: Person, text: string) {
  await phone.getByLabel('Write to the other party').fill(text)
  await phone.getByLabel('Write to the other party').press('Enter')
}

function written({ phone }: Person): Locator {
  return phone.getByRole('list', { name: 'What was written' }).getByRole('listitem')
}

/** Sound arrives at both, now. */
async function bothAreHeard() {
  for (const { page } of [ada, bruno]) {
    const before = await energy(page)
    await expect.poll(() => energy(page)).toBeGreaterThan(before)
  }
}

/** How much sound has arrived by the connection that is up. */
function energy(page: Page): Promise<number> {
  return page.evaluate(`(async () => {
    const report = [...(await peers.at(-1).getStats()).values()];
    return report.find(({ type, kind }) => type === 'inbound-rtp' && kind === 'audio')?.totalAudioEnergy ?? 0;
  })()`)
}

async function secondsAt({ phone }: Person): Promise<number> {
  const [, minutes, seconds] =
    /^(\d+):(\d\d)/.exec((await phone.getByRole('timer').textContent()) ?? '') ?? []
  return Number(minutes) * 60 + Number(seconds)
}
