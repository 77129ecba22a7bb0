// The pictures of the app that the guide shows.
import { join } from 'node:path'
import { type APIRequestContext, expect, type Page, test } from '@playwright/test'
import { arrive, ask, Clock, phoneOf } from './people'

const FOLDER = process.env.TOLLGATE_PICTURES ?? 'test-results'

/** What is on the page, with nothing that blinks or still comes. */
async function take(page: Page, name: string) {
  await page.getByRole('heading', { level: 1 }).waitFor()
  await expect(page.locator('[aria-busy="true"], .mantine-Skeleton-root')).toHaveCount(0)
  await page.evaluate(() => document.fonts.ready)
  const path = join(FOLDER, `${name}.png`)
  await page.screenshot({ path, animations: 'disabled', caret: 'hide' })
}

/** By what is written in the first row of a list that is about this. */
async function follow(page: Page, text: string) {
  await page.getByRole('row').filter({ hasText: text }).first().getByRole('link').first().click()
  await page.getByRole('heading', { level: 1, name: text }).waitFor()
}

test('pages of the owner', async ({ browser }) => {
  const page = await arrive(browser, 'admin', { reducedMotion: 'reduce' })
  await page.goto('/overview')
  await page.locator('.recharts-bar-rectangle').first().waitFor()
  await take(page, 'overview')
  await page.goto('/customers')
  await follow(page, 'Lantern Books')
  await take(page, 'customer')
  await page.goto('/plans')
  await follow(page, 'Evenings and weekends')
  await take(page, 'plan')
  await page.goto('/invoices')
  await page.getByRole('row').filter({ hasText: 'Lantern Books' }).first().getByRole('link').first().click()
  await page.frameLocator('iframe').getByText('Lantern Books').first().waitFor()
  await take(page, 'invoice')
})

test('which way a number goes', async ({ browser, request }) => {
  const make = (path: string, body: object) => ask<{ id: string }>(request, 'post', `/api/v1/${path}`, body)
  const world = await make('trunks', { name: 'World', endpoint: 'carrier-a' })
  const home = await make('trunks', { name: 'Britain', endpoint: 'carrier-b', most_calls: 30 })
  for (const [prefix, trunk, strip, add, price] of [
    ['', world.id, 0, '+', '0.04'],
    ['44', home.id, 2, '0', '0.009'],
    ['447', world.id, 0, '+', '0.03'],
  ])
    await make('trunk-routes', { prefix, trunk, strip, add, buying_rate: { price_per_minute: price } })
  const page = await arrive(browser, 'admin', { reducedMotion: 'reduce' })
  await page.goto('/trunks?tab=routes')
  await page.getByLabel('Which way does this number go?').fill('+44 20 7946 0018')
  await expect(page.getByRole('main').getByRole('listitem')).toHaveCount(2)
  await take(page, 'routes')
})

test('a call by the dock, in the dark', async ({ browser, request }) => {
  const clock = new Clock(request)
  const owner = await arrive(browser, 'admin', { colorScheme: 'dark', reducedMotion: 'reduce' })
  const called = await phoneOf(await arrive(browser, 'clerk'), '0002')
  const phone = await phoneOf(owner, '0001')
  for (const key of '0002') await phone.getByRole('button', { name: key, exact: true }).click()
  await called.getByRole('button', { name: 'Answer' }).click()
  await phone.getByText('Connected, with audio').waitFor()
  await phone.getByLabel('Write to the other party').fill('Are the kites ready?')
  await phone.getByLabel('Write to the other party').press('Enter')
  await called.getByLabel('Write to the other party').fill('Come by at four.')
  await called.getByLabel('Write to the other party').press('Enter')
  await clock.pass(72)
  await phone.getByText('1:12').waitFor()
  await owner.getByRole('link', { name: 'Customers', exact: true }).click()
  await owner.getByRole('row').filter({ hasText: 'Ada Okafor' }).waitFor()
  await take(owner, 'dock-dark')
  await phone.getByRole('button', { name: 'Hang up' }).click()
})

test('a call by the button, on a phone, and how its price came about', async ({ browser, request }) => {
  const clock = new Clock(request)
  const desk = await phoneOf(await arrive(browser, 'morgan'), '0070')
  const viewport = { width: 390, height: 780 }
  const greta = await arrive(browser, 'greta', { viewport, reducedMotion: 'reduce' })
  await makeAccount(request, '0040')
  await greta.goto('/portal/agents')
  await greta.getByRole('button', { name: 'Call me on 0040' }).waitFor()
  await take(greta, 'own-phone')
  await greta.getByRole('button', { name: 'Call Morgan Reyes' }).click()
  await desk.getByRole('button', { name: 'Answer' }).click()
  await greta.getByRole('timer', { name: 'Time' }).waitFor()
  await clock.pass(95)
  await greta.getByText('1:35', { exact: true }).waitFor()
  await take(greta, 'call-button-phone')
  await desk.getByRole('button', { name: 'Hang up' }).click()
  await greta.getByText('The call is over', { exact: true }).waitFor()

  const page = await arrive(browser, 'admin', { reducedMotion: 'reduce' })
  await page.goto('/calls')
  await page.getByRole('row').filter({ hasText: '0040' }).first().getByRole('link').first().click()
  await page.getByRole('heading', { name: 'Price', exact: true }).waitFor()
  await take(page, 'call')
})

/** Gives a line what an ordinary phone registers with. */
async function makeAccount(request: APIRequestContext, number: string) {
  const { items } = await ask<{ items: { id: string }[] }>(request, 'get', `/api/v1/lines?number=${number}`)
  await ask(request, 'post', `/api/v1/lines/${items[0]?.id}/sip-account`, {})
}
