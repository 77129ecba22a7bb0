// The call button on ordinary phones at an Asterisk: the customer's phone rings, then the agent's, each presses 1, and both see what the
// call comes to. It needs phones (`telephones.ts`) for the lines of Nora, Greta and Morgan.
import { type Browser, expect, type Locator, type Page, test } from '@playwright/test'
import { dollars, earned, millionths } from './money'
import { arrive, ask, Clock } from './people'
import { Telephone } from './telephones'

const CONNECT_FEE = millionths('0.99')
const MINUTE = millionths('1.99')
/** Of the demo: sales tax of 13 %, and 80 of 100 for the agent. */
const [TAX, SHARE] = [130n, 800n]
const NAMES = { nora: '0043', greta: '0040', morgan: '0070' }

let clock: Clock

test.beforeEach(async ({ request }) => {
  clock = new Clock(request)
  // At noon of the company's zone: no call lasts into another day.
  await clock.tomorrowAt('17:00')
})

test('both talk on their own phones, and see time and money as they go', async ({ browser, request }) => {
  await pay(request, 'nora@example.org', '10.00')
  const desk = await arrive(browser, 'morgan')
  const { page, morgan, phone } = await customer(browser, 'nora')
  await morgan.getByRole('button', { name: 'Call me on 0043', exact: true }).click()
  await phone.rings()
  await says(morgan, 'Your phone 0043 rings: take the call.')
  await says(desk, 'A customer is about to be put through to you.')
  await phone.accept()
  await says(morgan, 'Press 1 on your phone to begin.')
  const agents = await Telephone.of(NAMES.morgan)
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

  await clock.pass(61)
  const cost = CONNECT_FEE + 2n * MINUTE
  await expect(morgan.getByRole('timer', { name: 'Time' })).toHaveText('1:01')
  for (const shown of [dollars(cost), '2 paid minutes', '2:59 left'])
    await expect(morgan.getByText(shown, { exact: true })).toBeVisible()
  await expect(desk.getByRole('timer', { name: 'Time' })).toHaveText('1:01')
  const part = dollars(earned(cost, TAX, SHARE))
  await expect(desk.getByText(`${part} earned`, { exact: true })).toBeVisible()

  await morgan.getByRole('button', { name: 'Hang up the call to Morgan Reyes' }).click()
  await Promise.all([phone.isIdle(), agents.isIdle()])
  const summary = morgan.getByRole('status').filter({ hasText: 'The call is over' })
  await expect(summary.getByText(dollars(cost), { exact: true })).toBeVisible()
  await expect(summary.getByText('1:01', { exact: true })).toBeVisible()
  await summary.getByRole('radio', { name: '5 stars' }).press('Space')
  await summary.getByRole('button', { name: 'Save' }).click()
  await expect(summary.getByText('Thank you: it is saved.')).toBeVisible()

  const answered = desk.getByRole('table', { name: 'Answered calls' }).getByRole('row').nth(1)
  await expect(answered).toContainText('…43')
  await expect(answered).toContainText(part)
  await expect(desk.getByRole('timer')).toHaveCount(0)
  await page.goto('/portal/calls')
  await expect(
    page
      .getByRole('row')
      .filter({ hasText: dollars(cost) })
      .first(),
  ).toContainText('1:01')
  await leave(phone, agents)
})

test('free minutes serve the call, which the exchange can end', async ({ browser }) => {
  const { morgan, phone } = await customer(browser, 'greta')
  const agents = await connected('0040', { morgan, phone })
  await clock.pass(60)
  await expect(morgan.getByText('1:00 of it free', { exact: true })).toBeVisible()
  await expect(morgan.getByText(dollars(CONNECT_FEE), { exact: true })).toBeVisible()
  const owner = await arrive(browser, 'admin')
  await owner.goto('/calls/live')
  const row = owner.getByRole('row').filter({ hasText: 'Greta Lindqvist' })
  await row.getByRole('button', { name: /^Hang up the call/ }).click()
  await owner.getByRole('dialog').getByRole('button', { name: 'Hang up' }).click()
  await Promise.all([phone.isIdle(), agents.isIdle()])
  const summary = morgan.getByRole('status').filter({ hasText: 'The call is over' })
  await expect(summary.getByText('1:00 · 1:00 of it free', { exact: true })).toBeVisible()
  await expect(summary.getByText(dollars(CONNECT_FEE), { exact: true })).toBeVisible()
  await leave(phone, agents)
})

test('an agent declines on the desk, and nothing is charged', async ({ browser }) => {
  const desk = await arrive(browser, 'morgan')
  const { page, morgan, phone } = await customer(browser, 'greta')
  await page.goto('/portal')
  const balance = page.getByRole('heading', { name: 'Balance', exact: true }).locator('xpath=..')
  const before = await balance.getByText(/^\$/).first().textContent()
  await morgan.getByRole('button', { name: 'Call me on 0040', exact: true }).click()
  await phone.rings()
  await phone.accept()
  await phone.press('1')
  await desk.getByRole('button', { name: 'Hang up the call from …40' }).click()
  await phone.isIdle()
  await says(morgan, 'The call was hung up before it began. Nothing is charged.')
  await expect(balance.getByText(before ?? '', { exact: true })).toBeVisible()
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
async function customer(browser: Browser, name: 'nora' | 'greta') {
  const page = await arrive(browser, name)
  await page.goto('/portal/agents')
  const morgan = page.getByRole('article').filter({ hasText: 'Morgan Reyes' })
  return { page, morgan, phone: await Telephone.of(NAMES[name]) }
}

/** Has a customer's phone, and then the agent's, say yes: the agent's phone. */
async function connected(
  number: string,
  { morgan, phone }: { morgan: Locator; phone: Telephone },
): Promise<Telephone> {
  await morgan.getByRole('button', { name: `Call me on ${number}`, exact: true }).click()
  const agents = await Telephone.of(NAMES.morgan)
  for (const each of [phone, agents]) {
    await each.rings()
    await each.accept()
    await each.press('1')
  }
  await says(morgan, 'You are connected.')
  return agents
}

const says = (where: Locator | Page, words: string) =>
  expect(where.getByText(words, { exact: true })).toBeVisible()

async function leave(...phones: Telephone[]) {
  for (const phone of phones) phone.close()
}

/** A payment that the owner of the company records. */
async function pay(request: Parameters<typeof ask>[0], email: string, amount: string) {
  const path = `/api/v1/customers?search=${encodeURIComponent(email)}`
  const { items } = await ask<{ items: { id: string }[] }>(request, 'get', path)
  await ask(request, 'post', '/api/v1/payments', { customer: items[0]?.id, amount, method: 'transfer' })
}
