// The call button on ordinary phones at an Asterisk: the customer's phone rings, then the agent's, each presses 1, and both see what the
// call comes to. It needs phones (`telephones.ts`) for the lines of Nora, Greta, the bookshop and Morgan.
import { type Browser, expect, type Locator, type Page, test } from '@playwright/test'
import {
  atTheAgents,
  balanceAt,
  CONNECT_FEE,
  cameTo,
  freeSecondsAt,
  hangUp,
  MINUTE,
  partOf,
  pay,
  shows,
  summaryOf,
  watchSums,
} from './adviser'
import { dollars, millionths } from './money'
import { arrive, ask, Clock, headers } from './people'
import { Telephone } from './telephones'

const NUMBERS = { nora: '0043', greta: '0040', lantern: '0010', morgan: '0070' }

type Customer = Exclude<keyof typeof NUMBERS, 'morgan'>

let clock: Clock

test.beforeEach(async ({ request }) => {
  clock = new Clock(request)
  // At noon of the company's zone: no call lasts into another day.
  await clock.tomorrowAt('17:00')
})

test('with nothing the button is off and says what is needed, and no phone rings', async ({ browser }) => {
  const { page, morgan, phone } = await customer(browser, 'nora')
  const agents = await Telephone.of(NUMBERS.morgan)
  const needed = dollars(CONNECT_FEE + MINUTE)
  for (const name of [`Need ${needed} to call`, `Need ${needed} to call on 0043`])
    await expect(morgan.getByRole('button', { name, exact: true })).toBeDisabled()
  await expect(morgan.getByRole('button')).toHaveCount(2)
  await expect(morgan.getByRole('link', { name: 'Add funds' })).toHaveAttribute('href', '/portal')
  // Whoever goes round the button gets no further.
  const session = await ask<{ place: { customers: string[] } }>(page.request, 'get', '/api/v1/session')
  const [customerId] = session.place.customers
  const callable = `/api/v1/customers/${customerId}/agents`
  const { items } = await ask<{ items: { id: string; name: string }[] }>(page.request, 'get', callable)
  const agent = items.find(({ name }) => name === 'Morgan Reyes')?.id
  const data = { customer: customerId, agent, phone: NUMBERS.nora }
  const refused = await page.request.post('/api/v1/calls', { data, headers: headers() })
  expect([refused.status(), await refused.json()]).toMatchObject([
    402,
    { required: '2.98', available: '0.00' },
  ])
  for (const each of [phone, agents]) expect(await each.hasRung()).toBe(false)
  await leave(phone, agents)
})

test('both talk on their own phones, and see time and money as they go', async ({ browser, request }) => {
  await pay(request, 'nora@example.org', '10.00')
  const desk = await arrive(browser, 'morgan')
  const { page, morgan, phone } = await customer(browser, 'nora')
  await expect(morgan.getByText('you can talk for 4:00', { exact: true })).toBeVisible()
  await morgan.getByRole('button', { name: 'Call me on 0043', exact: true }).click()
  await phone.rings()
  await says(morgan, 'Your phone 0043 rings: take the call.')
  await says(desk, 'A customer is about to be put through to you.')
  await phone.accept()
  await says(morgan, 'Press 1 on your phone to begin.')
  const agents = await Telephone.of(NUMBERS.morgan)
  await phone.press('1')
  await agents.rings()
  await says(morgan, 'The phone of Morgan Reyes rings.')
  await says(desk, 'Your phone rings: take the call.')
  // What is on the screen is not lost with the page.
  await page.reload()
  await agents.accept()
  await says(morgan, 'Morgan Reyes is asked to press 1.')
  await says(desk, 'Press 1 on your phone to take the call.')
  await agents.press('1')
  await says(morgan, 'You are connected.')
  await expect(desk.getByText('Call from …43', { exact: true })).toBeVisible()

  await clock.pass(1)
  await shows(morgan, '0:01', 1n, '3:59')
  await says(morgan, '1 paid minute')
  await clock.pass(58)
  await shows(morgan, '0:59', 1n, '3:01')
  await clock.pass(2)
  await shows(morgan, '1:01', 2n, '2:59')
  await says(morgan, '2 paid minutes')
  await expect(desk.getByRole('timer', { name: 'Time' })).toHaveText('1:01')
  await says(desk, `${dollars(partOf(CONNECT_FEE + 2n * MINUTE))} earned`)
  await clock.pass(60)
  await shows(morgan, '2:01', 3n, '1:59')

  const cost = CONNECT_FEE + 3n * MINUTE
  const summary = await hangUp(morgan)
  await Promise.all([phone.isIdle(), agents.isIdle()])
  await cameTo(summary, cost, '2:01')
  await summary.getByRole('radio', { name: '5 stars' }).press('Space')
  await summary.getByRole('button', { name: 'Save' }).click()
  await expect(summary.getByText('Thank you: it is saved.')).toBeVisible()

  const answered = desk.getByRole('table', { name: 'Answered calls' }).getByRole('row').nth(1)
  await expect(answered).toContainText('…43')
  await expect(answered).toContainText(dollars(partOf(cost)))
  await expect(desk.getByRole('timer')).toHaveCount(0)
  await page.goto('/portal/calls')
  await expect(
    page
      .getByRole('row')
      .filter({ hasText: dollars(cost) })
      .first(),
  ).toContainText('2:01')
  expect(await balanceAt(page)).toBe(millionths('10.00') - cost)
  await leave(phone, agents)
})

test('free minutes serve the call, which the exchange can end', async ({ browser }) => {
  const { page, morgan, phone } = await customer(browser, 'greta')
  const balance = await balanceAt(page)
  await page.goto('/portal/agents')
  const free = await freeSecondsAt(morgan)
  const agents = await connected('greta', { morgan, phone })
  await clock.pass(60)
  await says(morgan, '1:00 of it free')
  await says(morgan, dollars(CONNECT_FEE))
  const owner = await arrive(browser, 'admin')
  await owner.goto('/calls/live')
  const row = owner.getByRole('row').filter({ hasText: 'Greta Lindqvist' })
  await row.getByRole('button', { name: /^Hang up the call/ }).click()
  await owner.getByRole('dialog').getByRole('button', { name: 'Hang up' }).click()
  await Promise.all([phone.isIdle(), agents.isIdle()])
  await cameTo(summaryOf(morgan), CONNECT_FEE, '1:00 · 1:00 of it free')
  await expect(async () => expect(await freeSecondsAt(morgan)).toBe(free - 60)).toPass()
  expect(await balanceAt(page)).toBe(balance - CONNECT_FEE)
  await leave(phone, agents)
})

test('the desk of the agent shows what the calls have earned', async ({ browser }) => {
  const desk = await arrive(browser, 'morgan')
  const haveGrown = await watchSums(desk)
  await talk(browser, 'lantern', 61)
  await talk(browser, 'greta', 60)
  const [long, short] = [CONNECT_FEE + 2n * MINUTE, CONNECT_FEE]
  await haveGrown(long, short)
  const answered = desk.getByRole('table', { name: 'Answered calls' }).getByRole('row')
  await expect(answered.nth(1)).toContainText(/^…40.*1:00\$0\.7009$/)
  await expect(answered.nth(2)).toContainText(/^…10.*1:01\$3\.5186$/)
})

test('an agent declines on the desk, and nothing is charged', async ({ browser }) => {
  const desk = await arrive(browser, 'morgan')
  const { page, morgan, phone } = await customer(browser, 'greta')
  const balance = await balanceAt(page)
  await page.goto('/portal/agents')
  await morgan.getByRole('button', { name: 'Call me on 0040', exact: true }).click()
  await phone.rings()
  await phone.accept()
  await phone.press('1')
  await desk.getByRole('button', { name: 'Hang up the call from …40' }).click()
  await phone.isIdle()
  await says(morgan, 'The call was hung up before it began. Nothing is charged.')
  expect(await balanceAt(page)).toBe(balance)
  await leave(phone)
})

test('a phone outside that nothing leads to is known, and refused in words', async ({ browser }) => {
  const owner = await arrive(browser, 'admin')
  await owner.goto('/customers?search=greta')
  await owner.getByRole('link', { name: 'Greta Lindqvist' }).first().click()
  await owner.getByRole('button', { name: 'Verified phone' }).click()
  const dialog = owner.getByRole('dialog')
  await dialog.getByLabel('Phone').fill('nobody')
  await dialog.getByRole('button', { name: 'Save' }).click()
  await expect(dialog.getByLabel('Phone')).toHaveAttribute('aria-invalid', 'true')
  await dialog.getByLabel('Phone').fill('+44 20 7946 0018')
  await dialog.getByRole('button', { name: 'Save' }).click()
  await expect(owner.getByText('Verified phone +442079460018', { exact: true })).toBeVisible()

  const { page, morgan, phone } = await customer(browser, 'greta')
  await morgan.getByRole('combobox', { name: 'My phone' }).click()
  await page.getByRole('option', { name: '+442079460018' }).click()
  await morgan.getByRole('button', { name: 'Call me on +442079460018' }).click()
  await says(morgan, 'The two phones cannot be connected just now.')
  await leave(phone)
})

/** Somebody at the agents' cards, with the phone that is theirs. */
async function customer(browser: Browser, name: Customer) {
  return { ...(await atTheAgents(browser, name)), phone: await Telephone.of(NUMBERS[name]) }
}

/** Has a customer's phone, and then the agent's, say yes: the agent's phone. */
async function connected(
  name: Customer,
  { morgan, phone }: { morgan: Locator; phone: Telephone },
): Promise<Telephone> {
  await morgan.getByRole('button', { name: `Call me on ${NUMBERS[name]}`, exact: true }).click()
  const agents = await Telephone.of(NUMBERS.morgan)
  for (const each of [phone, agents]) {
    await each.rings()
    await each.accept()
    await each.press('1')
  }
  await says(morgan, 'You are connected.')
  return agents
}

/** A call to the agent of so many seconds. */
async function talk(browser: Browser, name: Customer, seconds: number) {
  const { morgan, phone } = await customer(browser, name)
  const agents = await connected(name, { morgan, phone })
  await clock.pass(seconds)
  await hangUp(morgan)
  await Promise.all([phone.isIdle(), agents.isIdle()])
  await leave(phone, agents)
}

const says = (where: Locator | Page, words: string) =>
  expect(where.getByText(words, { exact: true })).toBeVisible()

async function leave(...phones: Telephone[]) {
  for (const phone of phones) phone.close()
}
