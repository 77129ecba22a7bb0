// Volunteers and their shifts: they see them, swap them, and say when they take none; a coordinator approves, and takes people and shifts in
// from files.
import { type APIRequestContext, type Browser, expect, type Locator, type Page, test } from '@playwright/test'
import { arrive, ask, makeAgent } from './people'

const ZONE = 'Europe/London'

const press = (within: Page | Locator, name: string | RegExp) =>
  within.getByRole('button', { name, exact: true }).first().click()

const section = (page: Page, name: string) => page.getByRole('region', { name, exact: true })

const dialogOf = (page: Page) => page.getByRole('dialog')

/** A date of London that is so many days ahead. */
function dateIn(days: number): string {
  return new Date(Date.now() + days * 86_400_000).toLocaleDateString('sv-SE', { timeZone: ZONE })
}

/** The same as people read it. */
function dayIn(days: number): string {
  const style = { weekday: 'long', month: 'long', day: 'numeric', timeZone: 'UTC' } as const
  return new Date(dateIn(days)).toLocaleDateString('en-US', style)
}

interface Line {
  id: string
  /** The record of the agent who is signed in as Morgan. */
  morgan: string
  /** That of the clerk, who is Yuki now. */
  yuki: string
}

/** Morgan has each night, Yuki no shift before next month. */
async function prepare(browser: Browser): Promise<Line> {
  const { request } = (await arrive(browser, 'admin')).context()
  type Agents = { items: { id: string; name: string }[] }
  const { items } = await ask<Agents>(request, 'get', '/api/v1/agents')
  const idOf = (name: string) => items.find((agent) => agent.name === name)?.id ?? ''
  const [morgan, yuki] = [idOf('Morgan Reyes'), idOf('Yuki Tanaka')]
  const make = (list: string, data: object) => ask<{ id: string }>(request, 'post', `/api/v1/${list}`, data)
  const { id } = await make('groups', { name: 'Night line', time_zone: ZONE })
  const days = [0, 1, 2, 3, 4, 5, 6]
  await make(`groups/${id}/shifts`, { agent: morgan, days, hours: '22:00-02:00' })
  await make(`groups/${id}/shifts`, { agent: yuki, days, hours: '08:00-10:00', from: dateIn(32) })
  await makeAgent(browser, yuki)
  return { id, morgan, yuki }
}

test('volunteers swap shifts, and coordinators approve', async ({ browser }) => {
  const line = await prepare(browser)
  const morgan = await arrive(browser, 'morgan')
  const yuki = await arrive(browser, 'clerk')
  const owner = await arrive(browser, 'admin')
  await offerPart(morgan)
  await takePart(yuki)
  await seeTaken(morgan)
  await wantApproval(owner, line)
  await offerWhole(morgan, 2)
  await takeForApproval(yuki)
  await approve(owner, line)
  await offerWhole(morgan, 3)
  await takeTooLate(yuki, () => withdraw(morgan))
})

const listOf = (page: Page, days: number) =>
  section(page, 'On duty').getByRole('list', { name: dayIn(days), exact: true })

/** From the desk to all shifts; of tomorrow's the last hours, which are on the day after, are offered. */
async function offerPart(page: Page) {
  await page.goto('/desk')
  await expect(section(page, 'Next shifts').getByRole('listitem').first()).toContainText('Night line')
  await section(page, 'Next shifts').getByRole('link', { name: 'All my shifts' }).click()
  const shift = listOf(page, 1).getByRole('listitem')
  await expect(shift).toContainText('22:00–02:00')
  await expect(shift).toContainText('in Europe/London; here')
  await press(shift, `Offer: ${dayIn(1)}, 22:00–02:00`)
  const dialog = dialogOf(page)
  await dialog.getByText('A part of it').click()
  await dialog.getByLabel('Until').fill('3')
  await press(dialog, 'Offer it')
  await expect(dialog.getByRole('alert')).toContainText('is not on duty for all of that time')
  await dialog.getByLabel('From').fill('1')
  await dialog.getByLabel('Until').fill('2')
  await press(dialog, 'Offer it')
  await page.getByText('The others are told of it.').waitFor()
  await expect(shift).toContainText('offered')
  await expect(shift).toContainText('01:00–02:00')
}

async function takePart(page: Page) {
  await page.goto('/desk/shifts')
  const offer = section(page, 'Offered by others').getByRole('listitem')
  await expect(offer).toContainText('01:00–02:00')
  await expect(offer).toContainText('Night line, offered by Morgan Reyes')
  await press(offer, `Take the shift: ${dayIn(2)}, 01:00–02:00`)
  await press(dialogOf(page), 'Take the shift')
  await page.getByText('The shift is yours.').waitFor()
  await expect(page.getByText('Nobody offers you a shift now.')).toBeVisible()
  await expect(listOf(page, 2)).toContainText('in the place of Morgan Reyes, on this date alone')
}

async function seeTaken(page: Page) {
  await page.reload()
  await expect(listOf(page, 1).getByRole('listitem')).toContainText('22:00–01:00')
  const row = page.getByRole('row').filter({ hasText: 'taken' })
  await expect(row).toContainText('Yuki Tanaka, from you')
}

async function wantApproval(page: Page, { id }: Line) {
  await page.goto(`/groups/${id}?tab=settings`)
  await page.getByRole('radio', { name: 'has it once a coordinator has approved' }).click()
  await press(page, 'Save')
  await page.getByText('The group is saved.').waitFor()
}

async function offerWhole(page: Page, days: number) {
  await press(listOf(page, days), `Offer: ${dayIn(days)}, 22:00–02:00`)
  await press(dialogOf(page), 'Offer it')
  await expect(listOf(page, days)).toContainText('offered')
  await expect(listOf(page, days).getByRole('button', { name: /^Offer:/ })).toHaveCount(0)
}

/** Until a coordinator has decided nobody is on duty instead. */
async function takeForApproval(page: Page) {
  await page.reload()
  await press(page, `Take the shift: ${dayIn(2)}, 22:00–02:00`)
  await press(dialogOf(page), 'Take the shift')
  await page.getByText('A coordinator is asked to approve.').waitFor()
  await expect(page.getByRole('row').filter({ hasText: 'awaits approval' })).toContainText(
    'you, from Morgan Reyes',
  )
  await expect(listOf(page, 2).getByRole('listitem')).toHaveCount(1)
}

async function approve(page: Page, { id }: Line) {
  await page.goto(`/groups/${id}?tab=swaps`)
  await expect(page.getByRole('tab', { name: 'Swaps (1)' })).toHaveAttribute('aria-selected', 'true')
  const waiting = section(page, 'Waiting for approval').getByRole('row').filter({ hasText: '22:00–02:00' })
  await expect(waiting).toContainText('Morgan Reyes')
  await expect(waiting).toContainText('Yuki Tanaka')
  await press(waiting, `Approve: ${dayIn(2)}, 22:00–02:00`)
  await press(dialogOf(page), 'Approve')
  await page.getByText('It is approved.').waitFor()
  await expect(page.getByText('Nothing waits for approval.')).toBeVisible()
  const became = section(page, 'What became of others').getByRole('row')
  await expect(became.filter({ hasText: 'approved' })).toContainText('Yuki Tanaka')
  const taken = page.getByText('taken', { exact: true })
  await expect(became.filter({ has: taken })).toContainText('01:00–02:00')
}

/** What is withdrawn while somebody makes up their mind is gone. */
async function takeTooLate(page: Page, before: () => Promise<void>) {
  await page.reload()
  await press(page, `Take the shift: ${dayIn(3)}, 22:00–02:00`)
  await before()
  await press(dialogOf(page), 'Take the shift')
  await page.getByText('The shift is not offered any more.').waitFor()
  await expect(page.getByText('Nobody offers you a shift now.')).toBeVisible()
}

async function withdraw(page: Page) {
  await press(listOf(page, 3), `Withdraw the offer: ${dayIn(3)}, 22:00–02:00`)
  await press(dialogOf(page), 'Withdraw the offer')
  await page.getByText('You keep the shift.', { exact: true }).waitFor()
  await expect(listOf(page, 3).getByRole('button', { name: /^Offer:/ })).toBeVisible()
  await expect(page.getByRole('row').filter({ hasText: 'withdrawn' })).toContainText('22:00–02:00')
}

test('a volunteer says when it takes no shift, and has its shifts in a calendar', async ({ browser }) => {
  const owner = (await arrive(browser, 'admin')).context().request
  const page = await arrive(browser, 'morgan')
  await page.goto('/desk/shifts')
  await takeNone(page, owner)
  await subscribe(page)
})

/** Somebody else changes the agent meanwhile: what was typed stays. */
async function takeNone(page: Page, owner: APIRequestContext) {
  const part = section(page, 'My availability')
  await press(part, 'Add dates')
  await part.getByLabel('From', { exact: true }).fill(dateIn(4))
  await part.getByLabel('Last date').fill(dateIn(3))
  await press(part, 'Save')
  await expect(part.getByLabel('Last date')).toBeFocused()
  await part.getByLabel('Last date').fill(dateIn(5))
  await part.getByRole('switch', { name: 'Reminders by mail' }).click()
  type Agent = { id: string; name: string; version: number; [field: string]: unknown }
  const agents = await ask<{ items: Agent[] }>(owner, 'get', '/api/v1/agents')
  const found = agents.items.find(({ name }) => name === 'Morgan Reyes') as Agent
  const { id, version, presence: _presence, created_at: _created, sms_reminders: _reminded, ...body } = found
  await ask(owner, 'put', `/api/v1/agents/${id}`, { ...body, about: 'Ask me about berths.' }, version)
  await press(part, 'Save')
  await part.getByText('Somebody else has changed this meanwhile').waitFor()
  await press(part, 'Keep mine')
  await page.getByText('It is saved.').waitFor()
  expect(await ask(owner, 'get', `/api/v1/agents/${id}`)).toMatchObject({
    about: 'Ask me about berths.',
    reminders: false,
    blackouts: [{ from: dateIn(4), to: dateIn(5) }],
  })
  await expect(listOf(page, 4)).toContainText('on a date without shifts')
}

async function subscribe(page: Page) {
  const part = section(page, 'In my calendar')
  const dialog = dialogOf(page)
  const make = async () => {
    await press(part, 'Make an address')
    await press(dialog, 'Make the address')
    const address = (await dialog.locator('pre').textContent()) ?? ''
    await press(dialog, 'I have it')
    await expect(dialog).toHaveCount(0)
    // Of the path alone, as the server may be reached by another name here.
    return new URL(address).pathname
  }
  const fetched = async (path: string) => page.request.get(path)
  const first = await make()
  expect(await (await fetched(first)).text()).toContain('SUMMARY:Night line')
  const second = await make()
  expect((await fetched(first)).status()).toBe(404)
  expect((await fetched(second)).status()).toBe(200)
  for (const said of ['The address opens nothing any more.', 'There was no address.']) {
    await press(part, 'Take the address away')
    await press(dialog, 'Take the address away')
    await page.getByText(said, { exact: true }).waitFor()
  }
  expect((await fetched(second)).status()).toBe(404)
}

test('an owner takes people and shifts in from files', async ({ browser }) => {
  const page = await arrive(browser, 'admin')
  await takePeople(page)
  await takeShifts(page)
})

const choose = (page: Page, name: string, lines: string[], mimeType: string) =>
  page
    .locator('input[type="file"]')
    .setInputFiles({ name, mimeType, buffer: Buffer.from(`${lines.join('\r\n')}\r\n`) })

/** First it is told what would come; what was checked without invitations is checked again with them. */
async function takePeople(page: Page) {
  await page.goto('/agents')
  await page.getByRole('link', { name: 'From a file' }).click()
  const rows = ['name,email,team', 'Ola Nilsen,ola@example.org,North', ',nobody@example.org,']
  await choose(page, 'people.csv', [...rows, 'Morgan Reyes,morgan@example.org,'], 'text/csv')
  await press(page, 'Check the file')
  const main = page.getByRole('main')
  await expect(main.getByText('1 would come, 1 there already, 1 refused.')).toBeVisible()
  await expect(main.getByRole('alert').filter({ hasText: 'Some columns are not read' })).toContainText('team')
  const refused = main.getByRole('row').filter({ hasText: 'nobody@example.org' })
  await expect(refused).toContainText(/is refused.*name/s)
  await main.getByRole('switch', { name: 'Invite them' }).click()
  await expect(main.getByText('1 would come')).toHaveCount(0)
  await press(page, 'Check the file')
  await expect(main.getByRole('row').filter({ hasText: 'Ola Nilsen' })).toContainText(/yes|no:/)
  await press(page, 'Make the agents')
  await expect(main.getByText('1 came, 1 there already, 1 refused.')).toBeVisible()
  await main.getByRole('link', { name: 'Ola Nilsen' }).click()
  await expect(page.getByRole('heading', { level: 1, name: 'Ola Nilsen' })).toBeVisible()
}

async function takeShifts(page: Page) {
  const { request } = page.context()
  const { id } = await ask<{ id: string }>(request, 'post', '/api/v1/groups', { name: 'Day line' })
  const [day, holiday] = [7, 9].map((days) => dateIn(days).replaceAll('-', ''))
  const event = (uid: string, summary: string, ...lines: string[]) => [
    'BEGIN:VEVENT',
    `UID:${uid}`,
    `SUMMARY:${summary}`,
    ...lines,
    'END:VEVENT',
  ]
  const file = [
    'BEGIN:VCALENDAR',
    ...event('one@example.org', 'Yuki Tanaka', `DTSTART:${day}T090000`, `DTEND:${day}T110000`),
    ...event('two@example.org', 'Somebody else', `DTSTART:${day}T090000`, `DTEND:${day}T110000`),
    ...event('three@example.org', 'Bank holiday', `DTSTART;VALUE=DATE:${holiday}`),
    'END:VCALENDAR',
  ]
  await page.goto(`/groups/${id}?tab=calendar`)
  await choose(page, 'shifts.ics', file, 'text/calendar')
  await press(page, 'Check the file')
  const main = page.getByRole('main')
  await expect(main.getByText('2 would come, 1 refused.')).toBeVisible()
  await expect(main.getByRole('row').filter({ hasText: 'Somebody else' })).toContainText('no agent has')
  await press(page, 'Take them into the roster')
  await expect(main.getByText('2 came, 1 refused.')).toBeVisible()
  await choose(page, 'shifts.ics', file, 'text/calendar')
  await press(page, 'Check the file')
  await expect(main.getByText('0 would come, 2 there already, 1 refused.')).toBeVisible()
  await expect(main.getByRole('button', { name: 'Take them into the roster' })).toBeDisabled()
  await page.getByRole('tab', { name: 'Roster' }).click()
  const changes = page.getByRole('region', { name: 'Changes for dates' })
  await expect(changes).toContainText('Yuki Tanaka is on duty as well')
  await expect(changes).toContainText('Closed: Bank holiday')
}
