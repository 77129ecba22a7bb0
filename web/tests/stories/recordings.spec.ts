// Messages that callers left, and a call that was recorded: found, heard, marked and deleted; and what says whether there are any.
import { expect, type Locator, type Page, test } from '@playwright/test'
import { arrive } from './people'

/** Who has called: line 0040 was called by the first, line 0010 by the second, and by somebody who does not say. */
const [TO_GRETA, TO_LANTERN, UNKNOWN] = ['+442079460018', '+16135550142', 'Unknown number']

test('a clerk hears what was recorded, and a customer the messages for its lines', async ({ browser }) => {
  const clerk = await arrive(browser, 'clerk')
  await go(clerk, 'Voicemail')
  await narrow(clerk)
  await hear(clerk, await arrive(browser, 'admin'))
  await isDone(clerk)
  await remove(clerk)
  await findWithItsCall(clerk)

  const lantern = await arrive(browser, 'lantern')
  await go(lantern, 'My voicemail')
  await expect(cards(lantern)).toHaveText([/Unknown number.*Line 0010/])
  await play(card(lantern, UNKNOWN))
  // Nobody has to ask for what comes meanwhile: the clerk sees at once who is done.
  await go(clerk, 'Voicemail')
  await card(lantern, UNKNOWN).getByRole('button', { name: /^Done/ }).click()
  await expect(card(clerk, UNKNOWN).getByRole('button', { name: /^Not done/ })).toBeVisible()
  await expect(lantern.getByText('There is nothing new.')).toBeVisible()
})

test('who has a line says whether it takes messages, and the company what is recorded', async ({
  browser,
}) => {
  const lantern = await arrive(browser, 'lantern')
  await go(lantern, 'My voicemail')
  const own = lantern.getByRole('switch', { name: 'Line 0010' })
  await expect(own).not.toBeChecked()
  await own.click()
  await expect(own).toBeChecked()

  const page = await arrive(browser, 'admin')
  await page.goto('/lines?number=0010')
  await page.getByRole('link', { name: '0010', exact: true }).click()
  await page.getByRole('tab', { name: 'Blocking and forwarding' }).click()
  const line = page.getByRole('switch', { name: 'Callers may leave messages' })
  await expect(line).toBeChecked()
  await line.click()
  await expect(line).not.toBeChecked()
  await expect(own).not.toBeChecked()
  await page.getByRole('link', { name: 'What was recorded of it' }).click()
  await expect(page.getByRole('combobox', { name: 'Line' })).toHaveValue('0010')

  await page.goto('/settings/recordings')
  await page.getByLabel('Messages are kept for').fill('0')
  await page.getByRole('radio', { name: 'those to agents' }).check()
  await page.getByRole('button', { name: 'Save' }).click()
  await expect(page.getByLabel('Messages are kept for')).toHaveAccessibleDescription(/1 to 3650, not 0/)
  await page.getByLabel('Messages are kept for').fill('14')
  await page.getByRole('button', { name: 'Save' }).click()
  await expect(page.getByText('Settings saved.')).toBeVisible()
  await page.reload()
  await expect(page.getByLabel('Messages are kept for')).toHaveValue('14 days')
  await expect(page.getByRole('radio', { name: 'those to agents' })).toBeChecked()
})

async function go(page: Page, place: string) {
  await page.getByRole('navigation').getByRole('link', { name: place, exact: true }).click()
  await expect(page.getByRole('heading', { level: 1, name: new RegExp(`^${place}`) })).toBeVisible()
}

const cards = (page: Page) => page.getByRole('main').getByRole('listitem')

const card = (page: Page, text: string) => cards(page).filter({ hasText: text })

/** All are new, the newest first; the filters are in the address. */
async function narrow(page: Page) {
  await expect(cards(page)).toHaveText([/→/, new RegExp(UNKNOWN), /\+16135550142/, /\+442079460018/])
  await expect(card(page, TO_GRETA)).toHaveText(/New.*Line 0040.*0:03.*Message.*kept until/)
  await page.getByRole('combobox', { name: 'Kind' }).click()
  await page.getByRole('option', { name: 'Recorded calls' }).click()
  await expect(cards(page)).toHaveText([/→/])
  await expect(page).toHaveURL(/\?kind=call$/)
  await page.goto('/recordings?kind=voicemail')
  await expect(cards(page)).toHaveCount(3)
  await chooseSlowly(page, '0040')
  await expect(cards(page)).toHaveText([/\+442079460018/])
  await go(page, 'Voicemail')
  await expect(cards(page)).toHaveCount(4)
}

/** What is found comes while the button of the mouse is down: what is under it stays there. */
async function chooseSlowly(page: Page, line: string) {
  let press = () => {}
  const isPressed = new Promise<void>((resolve) => {
    press = resolve
  })
  const looked = new RegExp(`/lines\\?number=${line}`)
  await page.route(looked, (route) => isPressed.then(() => route.continue()))
  await page.getByRole('combobox', { name: 'Line' }).fill(line)
  await page.getByRole('option', { name: line, exact: true }).hover()
  await page.mouse.down()
  const found = page.waitForResponse(looked)
  press()
  await found
  await expect(page.getByRole('option')).toHaveText([line])
  await page.mouse.up()
}

/** Nothing is fetched before it is to be heard; then it has been, in the audit trail, too. */
async function hear(page: Page, admin: Page) {
  await go(admin, 'Audit')
  await expect(admin.getByRole('table').getByRole('row').nth(1)).toBeVisible()
  await expect(admin.getByText('Recording heard')).toHaveCount(0)
  const player = card(page, TO_LANTERN).getByLabel(`Recording of ${TO_LANTERN}`)
  expect(await player.evaluate((audio: HTMLAudioElement) => audio.readyState)).toBe(0)
  await play(card(page, TO_LANTERN))
  expect(await player.evaluate((audio: HTMLAudioElement) => audio.duration)).toBe(2)
  await admin.reload()
  await expect(admin.getByText('Recording heard')).toHaveCount(1)

  const download = page.waitForEvent('download')
  await card(page, TO_LANTERN)
    .getByRole('link', { name: /^Download/ })
    .click()
  expect((await download).suggestedFilename()).toMatch(/^rec_.*\.wav$/)
}

/** By the keyboard, to its end. */
async function play(within: Locator) {
  const player = within.locator('audio')
  await player.focus()
  await player.press('Space')
  await expect
    .poll(() => player.evaluate((audio: HTMLAudioElement) => audio.readyState))
    .toBeGreaterThanOrEqual(HAVE_FUTURE_DATA)
  await expect
    .poll(() => player.evaluate((audio: HTMLAudioElement) => audio.currentTime))
    .toBeGreaterThan(0.5)
}

/** What an audio element says when it can play on. */
const HAVE_FUTURE_DATA = 3

/** What somebody is done with is below the others, until nobody is. */
async function isDone(page: Page) {
  const among = (name: string) => page.getByRole('list', { name, exact: true }).getByRole('listitem')
  await card(page, TO_LANTERN).getByRole('button', { name: /^Done/ }).click()
  await expect(among('Done')).toHaveText([/\+16135550142/])
  await expect(among('New')).toHaveCount(3)
  await page.goto('/recordings?done=true')
  await expect(cards(page)).toHaveCount(1)
  await card(page, TO_LANTERN)
    .getByRole('button', { name: /^Not done/ })
    .click()
  await expect(cards(page)).toHaveCount(0)
  await go(page, 'Voicemail')
  await expect(among('New')).toHaveCount(4)
}

async function remove(page: Page) {
  await card(page, TO_LANTERN)
    .getByRole('button', { name: /^Delete/ })
    .click()
  const dialog = page.getByRole('dialog')
  await expect(dialog).toContainText('for good')
  await dialog.getByRole('button', { name: 'Cancel' }).click()
  await expect(card(page, TO_LANTERN)).toBeVisible()
  await card(page, TO_LANTERN)
    .getByRole('button', { name: /^Delete/ })
    .click()
  await dialog.getByRole('button', { name: 'Delete' }).click()
  await expect(page.getByText('The recording is gone.')).toBeVisible()
  await expect(card(page, TO_LANTERN)).toHaveCount(0)
}

async function findWithItsCall(page: Page) {
  await go(page, 'Call history')
  await page.getByRole('row').nth(1).getByRole('link').first().click()
  const recorded = page.getByRole('region', { name: 'What was recorded' })
  await expect(recorded.getByRole('listitem')).toHaveText([/0:04.*Recorded call/])
  await play(recorded.getByRole('listitem'))
}
