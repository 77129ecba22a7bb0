// The call button of an agent: with nothing, with a balance, with free minutes; and what the agent earns by the calls.
import { type APIRequestContext, expect, type Locator, type Page, test } from '@playwright/test'
import { amountAt, dollars, earned, millionths } from './money'
import { arrive, ask, Clock, phoneOf } from './people'

const CONNECT_FEE = millionths('0.99')
const MINUTE = millionths('1.99')
/** Of the demo: sales tax of 13 %, and 80 of 100 for the agent. */
const [TAX, SHARE] = [130n, 800n]

let clock: Clock

test.beforeEach(async ({ request }) => {
  clock = new Clock(request)
  // At noon of the company's zone: no call lasts into another day.
  await clock.tomorrowAt('17:00')
})

test('with nothing the button is off, and says what is needed', async ({ browser }) => {
  await morganAtThePhone(browser)
  const { morgan } = await atTheAgents(await arrive(browser, 'nora'))
  const button = morgan.getByRole('button', {
    name: `Need ${dollars(CONNECT_FEE + MINUTE)} to call`,
    exact: true,
  })
  await expect(button).toBeDisabled()
  await expect(morgan.getByRole('button')).toHaveCount(1)
  await expect(morgan.getByRole('link', { name: 'Add funds' })).toHaveAttribute('href', '/portal')
})

test('with a balance a call starts, the timer runs, and each minute is charged as it begins', async ({
  browser,
  request,
}) => {
  const phone = await morganAtThePhone(browser)
  const nora = await arrive(browser, 'nora')
  await pay(request, 'nora@example.org', '10.00')
  const { page, morgan } = await atTheAgents(nora)
  // Ten dollars are the connection and four whole minutes.
  await expect(morgan.getByText('you can talk for 4:00', { exact: true })).toBeVisible()
  await morgan.getByRole('button', { name: 'Call Morgan Reyes', exact: true }).click()
  await phone.getByRole('button', { name: 'Answer' }).click()

  const timer = morgan.getByRole('timer', { name: 'Time' })
  const shows = async (time: string, minutes: bigint, left: string) => {
    await expect(timer).toHaveText(time)
    await expect(morgan.getByText(dollars(CONNECT_FEE + minutes * MINUTE), { exact: true })).toBeVisible()
    await expect(morgan.getByText(`${left} left`, { exact: true })).toBeVisible()
  }
  await clock.pass(1)
  await shows('0:01', 1n, '3:59')
  await clock.pass(58)
  await shows('0:59', 1n, '3:01')
  await clock.pass(2)
  await shows('1:01', 2n, '2:59')
  await clock.pass(60)
  await shows('2:01', 3n, '1:59')
  await morgan.getByRole('button', { name: 'Hang up the call to Morgan Reyes' }).click()

  const summary = morgan.getByRole('status').filter({ hasText: 'The call is over' })
  await expect(summary.getByText(dollars(CONNECT_FEE + 3n * MINUTE), { exact: true })).toBeVisible()
  await expect(summary.getByText('2:01', { exact: true })).toBeVisible()
  await page.goto('/portal')
  expect(await balanceAt(page)).toBe(millionths('10.00') - CONNECT_FEE - 3n * MINUTE)
})

test('with free minutes a call costs the connection alone, and uses them by the second', async ({
  browser,
}) => {
  const phone = await morganAtThePhone(browser)
  const greta = await arrive(browser, 'greta')
  await greta.goto('/portal')
  const balance = await balanceAt(greta)
  const { page, morgan } = await atTheAgents(greta)
  const free = await freeSecondsAt(morgan)
  await call(morgan, phone, 60)
  const summary = morgan.getByRole('status').filter({ hasText: 'The call is over' })
  await expect(summary.getByText(dollars(CONNECT_FEE), { exact: true })).toBeVisible()
  await expect(summary.getByText('1:00 · 1:00 of it free', { exact: true })).toBeVisible()
  await expect(async () => expect(await freeSecondsAt(morgan)).toBe(free - 60)).toPass()
  await page.goto('/portal')
  expect(await balanceAt(page)).toBe(balance - CONNECT_FEE)
})

test('the desk of the agent shows what the calls have earned', async ({ browser }) => {
  const desk = await arrive(browser, 'morgan')
  const phone = await phoneOf(desk, '0070')
  const sums = ['Today', 'This week', 'This month'].map((name) => sumOf(desk, name))
  const before = await Promise.all(sums.map(read))

  const lantern = await atTheAgents(await arrive(browser, 'lantern'))
  await call(lantern.morgan, phone, 61)
  const greta = await atTheAgents(await arrive(browser, 'greta'))
  await call(greta.morgan, phone, 60)

  const parts = [CONNECT_FEE + 2n * MINUTE, CONNECT_FEE].map((charge) => earned(charge, TAX, SHARE))
  // Four fifths of $4.97 and of $0.99 without their tax.
  expect(parts.map(dollars)).toEqual(['$3.5186', '$0.7009'])
  const [long = 0n, short = 0n] = parts
  for (const [at, sum] of sums.entries()) {
    const { amount = 0n, calls = 0 } = before[at] ?? {}
    await expect(sum.getByText(dollars(amount + long + short), { exact: true })).toBeVisible()
    await expect(sum.getByText(`${calls + 2} calls`, { exact: true })).toBeVisible()
  }
  const answered = desk.getByRole('table', { name: 'Answered calls' }).getByRole('row')
  await expect(answered.nth(1)).toContainText(/^…40.*1:00\$0\.7009$/)
  await expect(answered.nth(2)).toContainText(/^…10.*1:01\$3\.5186$/)
})

async function morganAtThePhone(browser: Parameters<typeof arrive>[0]): Promise<Locator> {
  return phoneOf(await arrive(browser, 'morgan'), '0070')
}

async function atTheAgents(page: Page): Promise<{ page: Page; morgan: Locator }> {
  await page.goto('/portal/agents')
  return { page, morgan: page.getByRole('article').filter({ hasText: 'Morgan Reyes' }) }
}

/** A call to Morgan of so many seconds. */
async function call(morgan: Locator, phone: Locator, seconds: number) {
  await morgan.getByRole('button', { name: 'Call Morgan Reyes', exact: true }).click()
  await phone.getByRole('button', { name: 'Answer' }).click()
  await expect(morgan.getByRole('timer', { name: 'Time' })).toHaveText('0:00')
  await clock.pass(seconds)
  const minutes = Math.floor(seconds / 60)
  await expect(morgan.getByRole('timer', { name: 'Time' })).toHaveText(
    `${minutes}:${String(seconds % 60).padStart(2, '0')}`,
  )
  await morgan.getByRole('button', { name: 'Hang up the call to Morgan Reyes' }).click()
  await expect(morgan.getByText('The call is over', { exact: true })).toBeVisible()
}

/** What a card of the customer's account says its balance is. */
async function balanceAt(page: Page): Promise<bigint> {
  const title = page.getByRole('heading', { name: 'Balance', exact: true })
  const amount = title.locator('xpath=following-sibling::*[1]')
  await expect(amount).toHaveText(/^\$/)
  return amountAt(amount)
}

async function freeSecondsAt(morgan: Locator): Promise<number> {
  const text = await morgan.getByText(/^\d+:\d\d are free/).textContent()
  const [, minutes, seconds] = /^(\d+):(\d\d) are free/.exec(text ?? '') ?? []
  return Number(minutes) * 60 + Number(seconds)
}

function sumOf(desk: Page, name: string): Locator {
  return desk.getByRole('heading', { name, exact: true }).locator('xpath=..')
}

async function read(sum: Locator): Promise<{ amount: bigint; calls: number }> {
  const calls = await sum.getByText(/^\d+ calls?$/).textContent()
  return { amount: await amountAt(sum.getByText(/^\$/)), calls: Number.parseInt(calls ?? '', 10) }
}

/** A payment that the owner of the company records. */
async function pay(request: APIRequestContext, email: string, amount: string) {
  const path = `/api/v1/customers?search=${encodeURIComponent(email)}`
  const { items } = await ask<{ items: { id: string }[] }>(request, 'get', path)
  expect(items).toHaveLength(1)
  await ask(request, 'post', '/api/v1/payments', { customer: items[0]?.id, amount, method: 'transfer' })
}
