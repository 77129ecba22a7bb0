// Every page, for everybody: axe finds nothing in either colour scheme nor on a phone's width, and no page is wider than its screen.
import { readFileSync } from 'node:fs'
import { createRequire } from 'node:module'
import { type APIRequestContext, expect, type Page, test } from '@playwright/test'
import { arrive, ask, phoneOf } from './people'

const axe = readFileSync(createRequire(import.meta.url).resolve('axe-core/axe.min.js'), 'utf8')

/** What the demo has none of, so that its pages have something to show: a rate deck, a conversation, a file for the bank, a way out, and one in. */
test.beforeAll(async ({ browser }) => {
  const owner = (await arrive(browser, 'admin')).context()
  await ask(owner.request, 'post', '/api/v1/decks', { name: `World ${crypto.randomUUID()}`, currency: 'USD' })
  const first = async (list: string) =>
    (await ask<{ items: { id: string }[] }>(owner.request, 'get', list)).items[0]?.id
  const [customer, agent] = [await first('/api/v1/customers?search=lantern'), await first('/api/v1/agents')]
  const lantern = (await arrive(browser, 'lantern')).context()
  await ask(lantern.request, 'post', '/api/v1/messages', {
    customer,
    agent,
    text: 'Is there a berth in May?',
  })
  // A phone on which its owner can be called.
  const own = await first(`/api/v1/customers/${customer}/lines`)
  await ask(lantern.request, 'post', `/api/v1/lines/${own}/sip-account`, {})
  await connect(owner.request)
  const vouchers = { name: 'Market stall', amount: '5.00', count: 3 }
  await ask(owner.request, 'post', '/api/v1/voucher-batches', vouchers)
  await tellOfMoney(owner.request)
  await fileForBank(owner.request)
  await fillRoster(owner.request, agent)
  await Promise.all([owner.close(), lantern.close()])
})

/** A statement of the bank, with money that nobody knows and an entry that nobody can read. */
async function tellOfMoney(owner: APIRequestContext) {
  const entry = (amount: string, day: string) =>
    `<Ntry><Amt Ccy="USD">${amount}</Amt><CdtDbtInd>CRDT</CdtDbtInd><Sts>BOOK</Sts><BookgDt><Dt>${day}</Dt></BookgDt></Ntry>`
  const entries = entry('5.00', '2026-10-02') + entry('5.00', 'soon')
  const statement = `<Document><BkToCstmrStmt><Stmt>${entries}</Stmt></BkToCstmrStmt></Document>`
  await ask(owner, 'post', '/api/v1/bank-files?name=october.xml', statement as unknown as object)
}

/** Has the agent of a payout paid by a file for the bank; once more, it finds nothing that waits for one. */
async function fileForBank(owner: APIRequestContext) {
  type Payouts = { items: { agent: string }[] }
  const paid = (await ask<Payouts>(owner, 'get', '/api/v1/payouts')).items[0]?.agent
  const address = `/api/v1/agents/${paid}/bank-account`
  const { version } = await ask<{ version: number }>(owner, 'get', address)
  await ask(owner, 'put', address, { iban: 'DE89370400440532013000' }, version)
  const files = await ask<{ items: unknown[] }>(owner, 'get', '/api/v1/payout-files')
  if (files.items.length === 0) await ask(owner, 'post', '/api/v1/payout-files', {})
}

/** Connects the house with the world: a trunk, a route, a number from outside, and a phone's account. */
async function connect(owner: APIRequestContext) {
  const make = (list: string, data: object) => ask<{ id: string }>(owner, 'post', `/api/v1/${list}`, data)
  // Once more where the tests begin anew after a fault.
  const endpoint = `carrier-${crypto.randomUUID().slice(0, 8)}`
  const trunk = await make('trunks', { name: 'World', endpoint, most_calls: 30 })
  const rate = { connect_fee: '0.02', price_per_minute: '0.01' }
  await make('trunk-routes', { prefix: '44', trunk: trunk.id, strip: 2, add: '0', buying_rate: rate })
  const lines = await ask<{ items: { id: string }[] }>(owner, 'get', '/api/v1/lines')
  const line = lines.items[0]?.id
  const number = `+4420${Math.floor(Math.random() * 90_000_000) + 10_000_000}`
  await make('inbound-numbers', { number, line })
  await make(`lines/${line}/sip-account`, {})
}

/** The group, with everything on its roster that can be drawn. */
async function fillRoster(owner: APIRequestContext, agent: string | undefined) {
  const make = (list: string, data: object) => ask<{ id: string }>(owner, 'post', `/api/v1/${list}`, data)
  const groups = await ask<{ items: { id: string }[] }>(owner, 'get', '/api/v1/groups')
  const id = groups.items[0]?.id
  const other = await make('agents', { name: 'Robin Vale' })
  const days = [0, 1, 2, 3, 4]
  await make(`groups/${id}/shifts`, { agent, days, hours: '08:00-16:00' })
  await make(`groups/${id}/shifts`, { agent: other.id, days, hours: '15:00-02:00' })
  const date = (later: number) => new Date(Date.now() + later * 86_400_000).toISOString().slice(0, 10)
  await make(`groups/${id}/overrides`, { date: date(0), kind: 'add', agent: other.id, hours: '09:00-09:30' })
  await make(`groups/${id}/overrides`, { date: date(1), kind: 'closed', name: 'Holiday' })
  // Somebody is on duty whenever the tests run.
  const always = await make('groups', { name: 'Round the clock' })
  await make(`groups/${always.id}/shifts`, { agent, days: [0, 1, 2, 3, 4, 5, 6], hours: '00:00-00:00' })
  await swapShifts(owner, id, other.id, agent)
}

/** Of a shift of one agent a part is offered, and another has taken a part, of which a coordinator has to approve. */
async function swapShifts(owner: APIRequestContext, group = '', from = '', to = '') {
  const make = (path: string, data: object) =>
    ask<{ id: string }>(owner, 'post', `/api/v1/agents/${path}`, data)
  const { version, ...settings } = await ask<{ version: number; id?: string; created_at?: string }>(
    owner,
    'get',
    `/api/v1/groups/${group}`,
  )
  const { id: _id, created_at: _created, ...body } = settings
  await ask(owner, 'put', `/api/v1/groups/${group}`, { ...body, swaps: 'approved' }, version)
  type Shifts = { items: { from: string; date: string; hours: string }[] }
  const { items } = await ask<Shifts>(owner, 'get', `/api/v1/agents/${from}/shifts?days=10`)
  const ahead = items.filter((shift) => Date.parse(shift.from) > Date.now())
  const date = ahead.find(({ hours }) => hours.startsWith('15:00'))?.date
  await make(`${from}/swaps`, { group, date, hours: '18:00-20:00' })
  const taken = await make(`${from}/swaps`, { group, date, hours: '21:00-23:00' })
  await make(`${to}/swaps/${taken.id}/take`, {})
}

/** An address, in which `*` stands for what the first row of a list leads to, and what is opened there. */
type Place = string | [address: string, open: (page: Page) => Promise<unknown>]

const dialogOf = (button: string) => async (page: Page) => {
  await page.getByRole('main').getByRole('button', { name: button }).first().click()
  await page.getByRole('dialog').getByRole('button', { name: 'Cancel' }).waitFor()
}

const TODAY: Place[] = [
  '/overview',
  '/calls/live',
  '/calls',
  '/calls/*',
  '/calls/unrated',
  '/recordings',
  '/alerts',
  '/jobs',
  '/jobs/*',
]
const CUSTOMERS: Place[] = [
  '/customers',
  '/customers/*',
  '/customers/*?tab=lines',
  '/customers/*?tab=payments',
  '/lines',
  '/lines/*',
  '/lines/*?tab=rules',
  '/lines/*?tab=phone',
  '/conversations',
  '/conversations/*',
  ['/recordings', dialogOf('Delete')],
  ['/customers', dialogOf('New customer')],
  ['/customers/*', dialogOf('Verified phone')],
  ['/lines/*?tab=phone', showPassword],
  ['/customers/*?tab=payments', dialogOf('Record a payment')],
]
const MONEY: Place[] = [
  '/invoices',
  '/invoices/*',
  '/invoices/preview',
  '/credit-notes',
  '/credit-notes/*',
  '/receipts',
  '/receipts/*',
  '/statements',
  '/statements/*',
  '/payments',
  '/credits',
  '/bank',
  ['/bank', dialogOf('Import a statement')],
  ['/bank', dialogOf('Another customer')],
  '/vouchers',
  '/vouchers/*',
  '/bill-runs',
  '/bill-runs/*',
  '/reports',
  '/reports?tab=revenue',
  '/reports?tab=usage',
  '/reports?tab=months',
  ['/reports?tab=months', dialogOf('Close 2')],
  '/payouts',
  '/payouts/*',
  '/payout-files',
  '/payout-files/*',
  ['/payout-files', dialogOf('New bank file')],
  ['/vouchers', dialogOf('New vouchers')],
  ['/vouchers', showCodes],
]
const PRICES: Place[] = [
  '/plans',
  '/plans/*',
  '/plans/*/new-version',
  ['/plans/new', (page) => page.getByRole('button', { name: 'Add a discount price' }).click()],
  '/decks',
  '/decks/*',
  '/calculator',
  '/agents',
  '/agents/*',
  ['/agents/*', dialogOf('Change')],
  ['/agents/import', checkPeople],
]
const GROUPS: Place[] = [
  '/groups',
  '/groups/*',
  '/groups/*?by=person',
  '/groups/*?tab=who',
  '/groups/*?tab=swaps',
  ['/groups/*?tab=calendar', checkCalendar],
  '/groups/*?tab=messages',
  '/groups/*?tab=calls',
  '/groups/*?tab=statistics',
  ['/groups/*?tab=settings', openSayings],
  ['/groups/*?tab=calls', openCall],
  '/reminders',
  ['/groups', dialogOf('New group')],
  ['/groups/*', dialogOf('New shift')],
  ['/groups/*', dialogOf('Change a date')],
  ['/groups/*', openShift],
]
const HOUSE: Place[] = [
  '/imports',
  '/imports/new',
  '/audit',
  '/trunks',
  '/trunks?tab=routes',
  '/trunks?tab=numbers',
  '/users',
  '/keys',
  '/settings',
  '/settings/*',
  '/settings/paid-calls',
  '/settings/short-messages',
  '/settings/recordings',
  '/profile',
  ['/trunks', dialogOf('New trunk')],
  ['/trunks?tab=routes', openRoute],
  ['/trunks?tab=numbers', dialogOf('New number')],
  ['/overview', openPalette],
  ['/overview', (page) => phoneOf(page, '0001')],
]
const PORTAL: Place[] = [
  '/portal',
  '/portal/calls',
  '/portal/voicemail',
  '/portal/invoices',
  '/portal/agents',
  '/portal/messages',
  '/portal/messages/*',
  '/profile',
  ['/portal', dialogOf('Add funds')],
  ['/portal', dialogOf('Redeem a voucher')],
  ['/portal', (page) => phoneOf(page, '0010')],
]

const DESK: Place[] = [
  '/desk',
  '/desk/conversations/*',
  '/desk/shifts',
  ['/desk/shifts', openRest],
  ['/desk/shifts', openOffer],
  ['/desk/shifts', showAddress],
  '/profile',
]

const PLACES: Record<string, { who: string; places: Place[] }> = {
  'pages of today': { who: 'admin', places: TODAY },
  'customers and lines': { who: 'admin', places: CUSTOMERS },
  'invoices and money': { who: 'admin', places: MONEY },
  'plans and agents': { who: 'admin', places: PRICES },
  'groups and rosters': { who: 'admin', places: GROUPS },
  'the house, the palette and the phone': { who: 'admin', places: HOUSE },
  'the portal': { who: 'lantern', places: PORTAL },
  'the desk': { who: 'morgan', places: DESK },
}

for (const [what, { who, places }] of Object.entries(PLACES)) {
  test(what, async ({ browser }) => {
    const page = await arrive(browser, who)
    const found: string[] = []
    page.on('pageerror', (error) => found.push(`${page.url()}: ${error}`))
    for (const place of places) found.push(...(await look(page, place)))
    await page.context().close()
    expect(found).toEqual([])
  })
}

test('what nobody has to sign in for', async ({ browser }) => {
  const admin = await arrive(browser, 'admin')
  const agent = await resolved(admin, '/agents/*')
  const page = await (await browser.newContext()).newPage()
  const found = [
    ...(await look(page, '/sign-in')),
    ...(await look(page, agent.replace('/agents/', '/call/'))),
  ]
  await expect(page.getByRole('heading', { level: 1, name: 'Morgan Reyes' })).toBeVisible()
  expect(found).toEqual([])
})

/** What is wrong with a place: it is loaded once, and then looked at in each way. */
async function look(page: Page, place: Place): Promise<string[]> {
  const [address, open] = typeof place === 'string' ? [place] : place
  await show(page, { colorScheme: 'light', width: 1280 })
  await page.goto(await resolved(page, address))
  await page.getByRole('heading', { level: 1 }).first().waitFor()
  await settled(page)
  await open?.(page)
  await page.evaluate(axe)
  const found: string[] = []
  for (const view of VIEWS) {
    await show(page, view)
    await settled(page)
    const faults = await page.evaluate(findFaults, view.rules)
    found.push(...faults.map((fault) => `${address}, ${view.colorScheme}, ${view.width} wide: ${fault}`))
  }
  return found
}

interface View {
  colorScheme: 'light' | 'dark'
  width: number
  /** What axe looks for. */
  rules: string[]
}

const ALL = ['wcag2a', 'wcag2aa', 'wcag21a', 'wcag21aa', 'wcag22aa', 'best-practice']
/** Where colours are all that is different. */
const COLOURS = ['color-contrast', 'link-in-text-block']

const VIEWS: View[] = [
  { colorScheme: 'light', width: 1280, rules: ALL },
  { colorScheme: 'dark', width: 1280, rules: COLOURS },
  { colorScheme: 'light', width: 390, rules: ALL },
]

async function show(page: Page, { colorScheme, width }: Omit<View, 'rules'>) {
  await page.emulateMedia({ colorScheme, reducedMotion: 'reduce' })
  await page.setViewportSize({ width, height: 800 })
}

/** Everything is there, and nothing moves any more. */
async function settled(page: Page) {
  await expect(page.locator('[aria-busy="true"]')).toHaveCount(0)
  await page.evaluate(async () => {
    await new Promise(requestAnimationFrame)
    for (const each of document.getAnimations()) if (each instanceof CSSTransition) each.finish()
  })
}

async function findFaults(rules: string[]): Promise<string[]> {
  // biome-ignore lint/suspicious/noExplicitAny: axe comes into the page as a global
  const { violations } = await (window as any).axe.run(document, {
    runOnly: rules,
    resultTypes: ['violations'],
  })
  const found = violations.map(
    (violation: { id: string; nodes: { target: string[]; failureSummary: string }[] }) =>
      `${violation.id}: ${violation.nodes.map((node) => `${node.target.join(' ')} ${node.failureSummary}`).join('; ')}`,
  )
  const wide = document.documentElement.scrollWidth - window.innerWidth
  return wide > 1 ? [...found, `wider than the screen by ${wide}`] : found
}

/** The address, with what the first row of its list leads to. */
async function resolved(page: Page, address: string): Promise<string> {
  const [list = '', rest] = address.split('/*')
  if (rest === undefined) return address
  await page.goto(list === '/desk/conversations' ? '/desk' : list)
  const first = page
    .locator(
      `main a[href^="${list}/"]:not([href$="/new"]):not([href$="/import"]):not([href$="/preview"]):not([href$="/unrated"])`,
    )
    .first()
  return `${await first.getAttribute('href')}${rest}`
}

async function openPalette(page: Page) {
  await page.keyboard.press('ControlOrMeta+k')
  await page.getByPlaceholder('Customer, number, invoice, page or action').fill('ada')
  await page
    .getByRole('dialog')
    .getByRole('button', { name: /Ada Okafor/ })
    .waitFor()
}

/** The form of a route with all that it can have, and the way of a number behind it. */
async function openRoute(page: Page) {
  await page.getByLabel('Which way does this number go?').fill('+44 20 7946 0018')
  await dialogOf('New route')(page)
  await page.getByRole('switch', { name: 'Buying rate' }).click()
}

/** A shift, with all that it can have. */
async function openShift(page: Page) {
  await page
    .getByRole('main')
    .getByRole('button', { name: /by a weekly shift/ })
    .first()
    .click()
  await page.getByRole('button', { name: 'Order, dates, every other week, zone' }).click()
  await page.getByRole('dialog').getByRole('button', { name: 'Cancel' }).waitFor()
}

/** All fields of how a group answers. */
async function openSayings(page: Page) {
  await page.getByRole('button', { name: 'Greeting: language, voice, recording' }).click()
  await page.getByRole('button', { name: 'Add a language' }).click()
  await page.getByRole('button', { name: 'Add what follows: Where nobody answers' }).click()
  await page.getByLabel('Callers wait for').fill('60')
  await page.getByLabel('Music for those who wait').waitFor()
}

async function openCall(page: Page) {
  await page
    .getByRole('button', { name: /^Call of/ })
    .first()
    .click()
  await page.getByRole('dialog').getByRole('button', { name: 'Cancel' }).waitFor()
}

/** What would come of a file. */
async function check(page: Page, name: string, lines: string[]) {
  const file = { name, mimeType: 'text/plain', buffer: Buffer.from(lines.join('\r\n')) }
  await page.locator('input[type="file"]').setInputFiles(file)
  await page.getByRole('button', { name: 'Check the file' }).click()
  await page.getByText('Nothing is written yet.').waitFor()
}

async function checkPeople(page: Page) {
  await page.getByRole('switch', { name: 'Invite them' }).click()
  await check(page, 'people.csv', ['name,email,team', 'Ola Nilsen,ola@example.org,North', ',x@example.org,'])
}

async function checkCalendar(page: Page) {
  const event = ['BEGIN:VEVENT', 'UID:1', 'SUMMARY:Somebody', 'DTSTART:20300101T090000', 'END:VEVENT']
  await check(page, 'shifts.ics', ['BEGIN:VCALENDAR', ...event, 'END:VCALENDAR'])
}

const offers = (page: Page) => page.getByRole('button', { name: /^Offer:/ })

/** What can be offered of a shift that has begun. */
async function openRest(page: Page) {
  await expect(page.getByText('now', { exact: true }).first()).toBeVisible()
  await offers(page).first().click()
  await page.getByRole('dialog').getByRole('button', { name: 'Cancel' }).waitFor()
}

/** A part of a shift that is still to come. */
async function openOffer(page: Page) {
  await offers(page).last().click()
  await page.getByRole('dialog').getByText('A part of it').click()
}

/** The address of a calendar, this once. */
async function showAddress(page: Page) {
  await page.getByRole('button', { name: 'Make an address' }).click()
  await page.getByRole('dialog').getByRole('button', { name: 'Make the address' }).click()
  await page.getByRole('button', { name: 'I have it' }).waitFor()
}

/** The codes of new vouchers, this once. */
async function showCodes(page: Page) {
  await page.getByRole('main').getByRole('button', { name: 'New vouchers' }).click()
  const dialog = page.getByRole('dialog')
  await dialog.getByLabel('Name').fill('Kiosks')
  await dialog.getByLabel('Each is worth').fill('10.00')
  await dialog.getByRole('button', { name: 'Make the vouchers' }).click()
  await page.getByRole('button', { name: 'I have them' }).waitFor()
}

/** What is typed into a phone, this once. */
async function showPassword(page: Page) {
  await page.getByRole('button', { name: 'Make a new password' }).click()
  await page.getByRole('dialog').getByRole('button', { name: 'Make a new password' }).click()
  await page.getByRole('button', { name: 'I have it' }).waitFor()
}
