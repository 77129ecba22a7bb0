// A number that a group answers: a coordinator says what callers come to, one calls whom nobody takes, and what that leaves is read, noted and
// counted.
import { type Browser, expect, type Locator, type Page, test } from '@playwright/test'
import { arrive, ask, Clock, makeCoordinator, phoneOf } from './people'

const NUMBER = '0777'

test('a caller whom nobody takes leaves a message, and a coordinator deals with it', async ({ browser }) => {
  await makeCoordinator(browser)
  const page = await arrive(browser, 'clerk', { viewport: { width: 1280, height: 1000 } })
  const group = await prepare(browser)
  await page.goto(`/groups/${group}?tab=settings`)
  await settle(page)
  await meetAnother(browser, page, group)
  const phones = await callInVain(browser)
  await readMessage(page, group)
  await noteCall(page, group)
  await seeStatistics(page)
  await lookOn(await arrive(browser, 'auditor'), group)
  await callBack(browser, page, group, phones)
  await passOn(browser, group, phones)
})

/** A group with Morgan on duty at any time, and another that calls can be sent on to. */
async function prepare(browser: Browser): Promise<string> {
  const { request } = (await arrive(browser, 'admin')).context()
  const make = (list: string, data: object) => ask<{ id: string }>(request, 'post', `/api/v1/${list}`, data)
  type Agents = { items: { id: string; name: string }[] }
  const { items } = await ask<Agents>(request, 'get', '/api/v1/agents')
  const agent = items.find(({ name }) => name === 'Morgan Reyes')?.id
  const { id } = await make('groups', { name: 'Help line' })
  await make('groups', { name: 'Second line' })
  await make(`groups/${id}/shifts`, { agent, days: [0, 1, 2, 3, 4, 5, 6], hours: '00:00-00:00' })
  return id
}

const press = (within: Page | Locator, name: string | RegExp) =>
  within.getByRole('button', { name, exact: true }).first().click()

const part = (page: Page, name: string) => page.getByRole('region', { name })

/** Keys that are pressed before the handset is down belong to the last call. */
async function dial(phone: Locator) {
  await expect(phone.getByRole('button', { name: 'Hang up' })).toHaveCount(0)
  for (const key of NUMBER) await press(phone, key)
}

async function choose(page: Page, list: Locator, name: string) {
  await list.click()
  await page.getByRole('option', { name, exact: true }).click()
}

/** Greeting, order and what follows; what is wrong is told at its field, and beside the form what callers come to. */
async function settle(page: Page) {
  const story = part(page, 'What callers come to')
  await expect(story).toContainText('On duty now: Morgan Reyes.')
  await expect(story).toContainText('Callers hear no greeting.')
  const numbers = page.getByRole('combobox', { name: 'Numbers' })
  await numbers.fill('4911')
  await numbers.press('Enter')
  await part(page, 'Greeting and languages')
    .getByLabel('Greeting', { exact: true })
    .fill('This is the help line.')
  await bringGreeting(page)
  await page.getByLabel('A phone rings for').fill('30')
  const chain = page.getByRole('group', { name: 'Where nobody answers', exact: true })
  await press(chain, /^Add what follows/)
  const second = chain.getByRole('group', { name: '2. Voicemail' })
  await choose(page, second.getByRole('combobox', { name: 'What follows' }), 'A number')
  await expect(chain.getByText('This is never reached')).toBeVisible()
  await press(chain, 'Up: 2. A number')
  await expect(chain.getByText('This is never reached')).toHaveCount(0)
  const number = chain.getByLabel('Which number')
  await number.fill('+979123456')
  await press(page, 'Save')
  await expect(number).toBeFocused()
  await expect(number).toHaveAccessibleDescription(/979/)
  await press(chain, 'Remove: 1. A number')
  await press(chain, /^Add what follows/)
  await choose(page, chain.getByRole('combobox', { name: 'What follows' }).last(), 'Another group')
  await press(chain, 'Up: 2. Another group')
  await choose(page, chain.getByRole('combobox', { name: 'Which group' }), 'Second line')
  await press(page, 'Save')
  await expect(numbers).toBeFocused()
  await expect(part(page, 'The group and its numbers').getByText(/4911 is reserved/)).toBeVisible()
  await numbers.press('Backspace')
  await numbers.fill(NUMBER)
  await numbers.press('Enter')
  await press(page, 'Save')
  await page.getByText('The group is saved.').waitFor()
  await page.reload()
  await expect(story).toContainText('Callers hear: “This is the help line.”')
  await expect(story).toContainText('as the roster says, each for 30 seconds')
  await expect(story).toContainText(
    'If nobody answers, the group Second line is called, then they leave a message.',
  )
}

/** Somebody has spoken the greeting: the file is brought in, and can be heard. */
async function bringGreeting(page: Page) {
  await press(page, 'Greeting: language, voice, recording')
  const greeting = part(page, 'Greeting and languages')
  const files = greeting.locator('input[type="file"]').first()
  await files.setInputFiles({ name: 'notes.txt', mimeType: 'text/plain', buffer: Buffer.from('no sound') })
  await expect(greeting.getByRole('alert')).toContainText('neither a WAVE file')
  // A-law, 8,000 samples a second.
  const header =
    'RIFF\0\0\0\0WAVEfmt \x10\0\0\0\x06\0\x01\0\x40\x1f\0\0\x40\x1f\0\0\x01\0\x08\0data\x40\x1f\0\0'
  const buffer = Buffer.concat([Buffer.from(header, 'latin1'), Buffer.alloc(8000, 0xd5)])
  await files.setInputFiles({ name: 'welcome.wav', mimeType: 'audio/wav', buffer })
  await expect(greeting.getByRole('textbox', { name: 'Recording' }).first()).toHaveValue(/^file:snd_/)
  await expect(greeting.locator('audio')).toHaveAttribute('src', /\/api\/v1\/audio\/snd_.*\.wav/)
}

/** Somebody else saves meanwhile: what was typed is not lost, and neither is theirs without a question. */
async function meetAnother(browser: Browser, page: Page, group: string) {
  await press(page, 'Remove: 1. Another group')
  const other = await arrive(browser, 'admin')
  await other.goto(`/groups/${group}?tab=settings`)
  await other.getByLabel('Wanted on duty').fill('2')
  await page.getByLabel('A phone rings for').fill('25')
  await press(other, 'Save')
  await other.getByText('The group is saved.').waitFor()
  await press(page, 'Save')
  await page.getByText('Somebody else has changed this meanwhile').waitFor()
  await expect(page.getByLabel('A phone rings for')).toHaveValue('25 seconds')
  await press(page, 'Keep mine')
  await page.getByText('The group is saved.').waitFor()
  await expect(page.getByLabel('Wanted on duty')).toHaveValue('1')
}

/** Morgan does not want the call, and the caller types a message. */
async function callInVain(browser: Browser) {
  const desk = await arrive(browser, 'morgan')
  const morgan = await phoneOf(desk, '0070')
  const caller = await phoneOf(await arrive(browser, 'lantern'), '0010')
  await dial(caller)
  await expect(caller.getByText('This is the help line.')).toBeVisible()
  await expect(morgan.getByRole('button', { name: 'Refuse' })).toBeVisible()
  await expect(morgan).not.toContainText('0010')
  await press(morgan, 'Refuse')
  await caller.getByLabel('Leave a message').fill('Please call back.\nIt is about the roof.')
  await press(caller, 'Send')
  await expect(caller.getByLabel('Leave a message')).toHaveCount(0)
  return { desk, morgan, caller }
}

type Phones = Awaited<ReturnType<typeof callInVain>>

/** Morgan takes a call and passes it on to Robin, and the caller stays; Robin notes what came of it. */
async function passOn(browser: Browser, group: string, { desk, morgan, caller }: Phones) {
  const owner = await arrive(browser, 'admin')
  const { request } = owner.context()
  const robin = await ask<{ id: string }>(request, 'post', '/api/v1/agents', {
    name: 'Robin Hale',
    phones: ['0001'],
  })
  const phone = await phoneOf(owner, '0001')
  // A line sets up a call a second at most.
  await new Clock(request).pass(2)
  await dial(caller)
  await press(morgan, 'Answer')
  await expect(caller.getByText('You are connected.')).toBeVisible()
  const shift = { agent: robin.id, days: [0, 1, 2, 3, 4, 5, 6], hours: '00:00-00:00' }
  await ask(request, 'post', `/api/v1/groups/${group}/shifts`, shift)
  await desk.goto('/desk')
  // This one, and the call back.
  const own = desk.getByRole('list', { name: 'My calls for groups' }).getByRole('listitem')
  await expect(own).toHaveCount(2)
  await press(desk, 'Pass on the call for Help line')
  const dialog = desk.getByRole('dialog')
  await choose(desk, dialog.getByRole('combobox', { name: 'To whom' }), 'Robin Hale')
  await press(dialog, 'Pass on')
  await desk.getByText('The call is passed on.').waitFor()
  await expect(caller.getByText('You are being connected.').last()).toBeVisible()
  await press(phone, 'Answer')
  await expect(caller.getByText('You are connected.')).toHaveCount(2)
  await expect(own).toHaveCount(1)
  await press(caller, 'Hang up')
  await owner.goto(`/groups/${group}/calls`)
  await expect(
    owner.getByRole('row').filter({ hasText: 'Morgan Reyes took the call and passed it on' }),
  ).toContainText('Robin Hale took the call')
}

/** The way that mails lead to; who reads it is written down. */
async function readMessage(page: Page, group: string) {
  await page.goto(`/groups/${group}/messages`)
  await expect(page.getByRole('tab', { name: 'Messages (1)' })).toHaveAttribute('aria-selected', 'true')
  const card = page.getByRole('list', { name: 'New' }).getByRole('listitem')
  await expect(card).toHaveText(/New.*Caller .*Typed message · called 0777/s)
  await expect(card.getByText('Please call back.')).toHaveCount(0)
  await press(card, /^Read/)
  await expect(card.getByText(/Please call back\.\s*It is about the roof\./)).toBeVisible()
  await press(card, /^Done/)
  await expect(page.getByRole('list', { name: 'Done' }).getByRole('listitem')).toHaveCount(1)
  await expect(page.getByText('There is nothing new.')).toBeVisible()
  await expect(page.getByRole('tab', { name: 'Messages', exact: true })).toBeVisible()
}

/** Nobody whose number is not kept is called back. Once the group keeps numbers Morgan's phone rings, then the caller's: neither sees the other's. */
async function callBack(browser: Browser, page: Page, group: string, { morgan, caller }: Phones) {
  await page.goto(`/groups/${group}/messages`)
  const unknown = page.getByRole('button', { name: /^Call back/ })
  await expect(unknown).toHaveAttribute('aria-disabled', 'true')
  await expect(unknown).toHaveAccessibleDescription(/^The group keeps no numbers of its callers/)
  const { request } = (await arrive(browser, 'admin')).context()
  type Known = { answering: object; version: number }
  const { version, answering } = await ask<Known>(request, 'get', `/api/v1/groups/${group}`)
  const shown = { name: 'Help line', numbers: [NUMBER], answering: { ...answering, callers: 'shown' } }
  await ask(request, 'put', `/api/v1/groups/${group}`, shown, version)
  // Nobody calls twice in a second.
  await new Clock(request).pass(5)
  await dial(caller)
  await press(morgan, 'Refuse')
  await caller.getByLabel('Leave a message').fill('It is me again.')
  await press(caller, 'Send')
  await expect(caller.getByLabel('Leave a message')).toHaveCount(0)
  await page.reload()
  const card = page.getByRole('list', { name: 'New' }).getByRole('listitem')
  await press(card, 'Call back: 0010')
  const dialog = page.getByRole('dialog', { name: 'Call back' })
  await choose(page, dialog.getByRole('combobox', { name: 'Who calls back' }), 'Morgan Reyes')
  await press(dialog, 'Call back')
  await page.getByText('The phone of Morgan Reyes rings.').waitFor()
  await expect(card.getByRole('status')).toHaveText(/^Called back by Morgan Reyes.* rings$/)
  await expect(morgan).toContainText(NUMBER)
  await expect(morgan).not.toContainText('0010')
  await press(morgan, 'Answer')
  await expect(caller.getByRole('button', { name: 'Refuse' })).toBeVisible()
  await expect(caller).not.toContainText('0070')
  await press(caller, 'Answer')
  await expect(card.getByRole('status')).toHaveText(/ talked$/)
  await press(morgan, 'Hang up')
  await page.getByRole('tab', { name: 'Calls' }).click()
  const row = page.getByRole('row').filter({ hasText: 'called back: talked' })
  await expect(row).toContainText('0010')
  await expect(row).toContainText('Morgan Reyes took the call')
}

async function noteCall(page: Page, group: string) {
  await page.getByRole('link', { name: 'Its call' }).click()
  const dialog = page.getByRole('dialog')
  await expect(dialog.getByRole('list', { name: 'Who was rung' })).toHaveText(/^Morgan Reyes passed it on/)
  await dialog.getByLabel('Outcome').fill('called back')
  await dialog.getByLabel('Note').fill('The roof is mended.')
  await press(dialog, 'Save')
  await page.getByText('It is noted.').waitFor()
  await page.goto(`/groups/${group}/calls`)
  const row = page.getByRole('row').filter({ hasText: 'left a message' })
  await expect(row).toContainText('Morgan Reyes passed it on')
  await expect(row).toContainText('called back · The roof is mended.')
}

async function seeStatistics(page: Page) {
  await page.getByRole('tab', { name: 'Statistics' }).click()
  const main = page.getByRole('main')
  await expect(main).toContainText('0 answered, 1 left a message, 0 missed')
  await expect(main.getByRole('cell', { name: '1', exact: true })).toHaveCount(1)
}

/** Who leads no groups sees the calls and what is set, and no message. */
async function lookOn(page: Page, group: string) {
  await page.goto(`/groups/${group}/messages`)
  await expect(page.getByRole('tab', { name: 'Roster' })).toHaveAttribute('aria-selected', 'true')
  await expect(page.getByRole('tab', { name: /^Messages/ })).toHaveCount(0)
  await page.getByRole('tab', { name: 'Calls' }).click()
  await press(page, /^Call of/)
  await expect(page.getByRole('dialog')).toContainText('The roof is mended.')
  await expect(page.getByRole('dialog').getByRole('textbox')).toHaveCount(0)
  await page.keyboard.press('Escape')
  await page.getByRole('tab', { name: 'Settings' }).click()
  await expect(page.getByText('Callers hear: “This is the help line.”')).toBeVisible()
  await expect(page.getByRole('textbox')).toHaveCount(0)
}
