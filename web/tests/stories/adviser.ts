// Morgan Reyes, the adviser of the demo: what she costs, who calls her, and what she has of it.
import { type APIRequestContext, type Browser, expect, type Locator, type Page } from '@playwright/test'
import { amountAt, dollars, earned, millionths } from './money'
import { arrive, ask } from './people'

export const CONNECT_FEE = millionths('0.99')
export const MINUTE = millionths('1.99')
/** Of the demo: sales tax of 13 %, and 80 of 100 for the agent. */
const [TAX, SHARE] = [130n, 800n]

/** What of a charge is hers. */
export const partOf = (charge: bigint) => earned(charge, TAX, SHARE)

/** Somebody at the agents' cards, and hers. */
export async function atTheAgents(browser: Browser, name: string): Promise<{ page: Page; morgan: Locator }> {
  const page = await arrive(browser, name)
  await page.goto('/portal/agents')
  return { page, morgan: page.getByRole('article').filter({ hasText: 'Morgan Reyes' }) }
}

/** What is shown of a call that runs: its time, what it has cost with so many minutes begun, and how long it can go on. */
export async function shows(morgan: Locator, time: string, minutes: bigint, left: string) {
  await expect(morgan.getByRole('timer', { name: 'Time' })).toHaveText(time)
  await expect(morgan.getByText(dollars(CONNECT_FEE + minutes * MINUTE), { exact: true })).toBeVisible()
  await expect(morgan.getByText(`${left} left`, { exact: true })).toBeVisible()
}

/** Hangs up: what the call has come to. */
export async function hangUp(morgan: Locator): Promise<Locator> {
  await morgan.getByRole('button', { name: 'Hang up the call to Morgan Reyes' }).click()
  return summaryOf(morgan)
}

export const summaryOf = (morgan: Locator) =>
  morgan.getByRole('status').filter({ hasText: 'The call is over' })

/** What is said of a call that is over. */
export async function cameTo(summary: Locator, cost: bigint, time: string) {
  for (const shown of [dollars(cost), time])
    await expect(summary.getByText(shown, { exact: true })).toBeVisible()
}

/** What the customer's account says its balance is. */
export async function balanceAt(page: Page): Promise<bigint> {
  await page.goto('/portal')
  const title = page.getByRole('heading', { name: 'Balance', exact: true })
  const amount = title.locator('xpath=following-sibling::*[1]')
  await expect(amount).toHaveText(/^\$/)
  return amountAt(amount)
}

/** The free seconds that would serve a call to her. */
export async function freeSecondsAt(morgan: Locator): Promise<number> {
  const text = await morgan.getByText(/^\d+:\d\d are free/).textContent()
  const [, minutes, seconds] = /^(\d+):(\d\d) are free/.exec(text ?? '') ?? []
  return Number(minutes) * 60 + Number(seconds)
}

/** Watches the sums of her desk: what is answered sees that each has grown by exactly the parts of these charges. */
export async function watchSums(desk: Page): Promise<(...charges: bigint[]) => Promise<void>> {
  const sums = ['Today', 'This week', 'This month'].map((name) =>
    desk.getByRole('heading', { name, exact: true }).locator('xpath=..'),
  )
  const before = await Promise.all(sums.map(read))
  return async (...charges) => {
    const grown = charges.map(partOf).reduce((one, other) => one + other, 0n)
    for (const [at, sum] of sums.entries()) {
      const { amount = 0n, calls = 0 } = before[at] ?? {}
      await expect(sum.getByText(dollars(amount + grown), { exact: true })).toBeVisible()
      await expect(sum.getByText(`${calls + charges.length} calls`, { exact: true })).toBeVisible()
    }
  }
}

async function read(sum: Locator): Promise<{ amount: bigint; calls: number }> {
  const calls = await sum.getByText(/^\d+ calls?$/).textContent()
  return { amount: await amountAt(sum.getByText(/^\$/)), calls: Number.parseInt(calls ?? '', 10) }
}

/** A payment that the owner of the company records. */
export async function pay(request: APIRequestContext, email: string, amount: string) {
  const path = `/api/v1/customers?search=${encodeURIComponent(email)}`
  const { items } = await ask<{ items: { id: string }[] }>(request, 'get', path)
  expect(items).toHaveLength(1)
  await ask(request, 'post', '/api/v1/payments', { customer: items[0]?.id, amount, method: 'transfer' })
}
