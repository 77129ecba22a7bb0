// The call button of an agent: with nothing, with a balance, with free minutes; and what the agent earns by the calls. On ordinary phones the
// same is told in `ordinary.spec.ts`.
import { type Browser, expect, type Locator, test } from '@playwright/test'
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
  watchSums,
} from './adviser'
import { dollars, millionths } from './money'
import { arrive, Clock, phoneOf } from './people'

let clock: Clock

test.beforeEach(async ({ request }) => {
  clock = new Clock(request)
  // At noon of the company's zone: no call lasts into another day.
  await clock.tomorrowAt('17:00')
})

test('with nothing the button is off, and says what is needed', async ({ browser }) => {
  await morganAtThePhone(browser)
  const { morgan } = await atTheAgents(browser, 'nora')
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
  await pay(request, 'nora@example.org', '10.00')
  const { page, morgan } = await atTheAgents(browser, 'nora')
  // Ten dollars are the connection and four whole minutes.
  await expect(morgan.getByText('you can talk for 4:00', { exact: true })).toBeVisible()
  await morgan.getByRole('button', { name: 'Call Morgan Reyes', exact: true }).click()
  await phone.getByRole('button', { name: 'Answer' }).click()
  await clock.callsAreAnswered()
  await clock.pass(1)
  await shows(morgan, '0:01', 1n, '3:59')
  await clock.pass(58)
  await shows(morgan, '0:59', 1n, '3:01')
  await clock.pass(2)
  await shows(morgan, '1:01', 2n, '2:59')
  await clock.pass(60)
  await shows(morgan, '2:01', 3n, '1:59')
  await cameTo(await hangUp(morgan), CONNECT_FEE + 3n * MINUTE, '2:01')
  expect(await balanceAt(page)).toBe(millionths('10.00') - CONNECT_FEE - 3n * MINUTE)
})

test('with free minutes a call costs the connection alone, and uses them by the second', async ({
  browser,
}) => {
  const phone = await morganAtThePhone(browser)
  const { page, morgan } = await atTheAgents(browser, 'greta')
  const balance = await balanceAt(page)
  await page.goto('/portal/agents')
  const free = await freeSecondsAt(morgan)
  await cameTo(await call(morgan, phone, 60), CONNECT_FEE, '1:00 · 1:00 of it free')
  await expect(async () => expect(await freeSecondsAt(morgan)).toBe(free - 60)).toPass()
  expect(await balanceAt(page)).toBe(balance - CONNECT_FEE)
})

test('the desk of the agent shows what the calls have earned', async ({ browser }) => {
  const desk = await arrive(browser, 'morgan')
  const phone = await phoneOf(desk, '0070')
  const haveGrown = await watchSums(desk)
  const lantern = await atTheAgents(browser, 'lantern')
  await call(lantern.morgan, phone, 61)
  const greta = await atTheAgents(browser, 'greta')
  await call(greta.morgan, phone, 60)

  const [long, short] = [CONNECT_FEE + 2n * MINUTE, CONNECT_FEE]
  // Four fifths of $4.97 and of $0.99 without their tax.
  expect([long, short].map(partOf).map(dollars)).toEqual(['$3.5186', '$0.7009'])
  await haveGrown(long, short)
  const answered = desk.getByRole('table', { name: 'Answered calls' }).getByRole('row')
  await expect(answered.nth(1)).toContainText(/^…40.*1:00\$0\.7009$/)
  await expect(answered.nth(2)).toContainText(/^…10.*1:01\$3\.5186$/)
})

async function morganAtThePhone(browser: Browser): Promise<Locator> {
  return phoneOf(await arrive(browser, 'morgan'), '0070')
}

/** A call to Morgan of so many seconds: what it has come to. */
async function call(morgan: Locator, phone: Locator, seconds: number): Promise<Locator> {
  await morgan.getByRole('button', { name: 'Call Morgan Reyes', exact: true }).click()
  await phone.getByRole('button', { name: 'Answer' }).click()
  const timer = morgan.getByRole('timer', { name: 'Time' })
  await clock.callsAreAnswered()
  await expect(timer).toHaveText('0:00')
  await clock.pass(seconds)
  const minutes = Math.floor(seconds / 60)
  await expect(timer).toHaveText(`${minutes}:${String(seconds % 60).padStart(2, '0')}`)
  const summary = await hangUp(morgan)
  await expect(summary).toBeVisible()
  return summary
}
