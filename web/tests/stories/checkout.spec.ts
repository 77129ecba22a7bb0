// Paying by card: a customer goes to the provider's page and back, has the card charged when the balance is low, thinks better of a page once, and a
// clerk sees what was paid, and what goes back.
import { expect, type Page, test } from '@playwright/test'
import { amountAt, dollars } from './money'
import { arrive } from './people'

test('a customer pays by card, and a payment goes back', async ({ browser }) => {
  const page = await arrive(browser, 'greta')
  await expect(balance(page)).toContainText('$')
  const before = await amountAt(balance(page))
  await pays(page, '20.00')
  await expect(page.getByRole('status')).toContainText('Thank you. Paid: $20.00')
  await expect(balance(page)).toHaveText(dollars(before + 20_000_000n))
  await isToppedUp(page, before + 20_000_000n)
  await thinksBetterOfIt(page)
  await expect(balance(page)).toHaveText(dollars(before + 25_000_000n))
  await refusals(page)

  const clerk = await arrive(browser, 'clerk')
  await clerk.goto('/payments')
  // The newest first: the card was charged by itself after the page was paid.
  await expect(rowOf(clerk, 'Card').first()).toContainText('$5.00')
  await expect(rowOf(clerk, 'Card').nth(1)).toContainText('$20.00')
  await bounces(clerk)
})

const balance = (page: Page) =>
  page.getByText('Balance', { exact: true }).locator('xpath=following-sibling::*[1]')

const rowOf = (page: Page, text: string) => page.getByRole('row').filter({ hasText: text })

async function asks(page: Page, amount: string, keeps = false) {
  await page.getByRole('button', { name: 'Add funds' }).click()
  const dialog = page.getByRole('dialog')
  await dialog.getByRole('textbox', { name: 'Amount' }).fill(amount)
  if (keeps) await dialog.getByLabel('Keep the card for automatic top-ups').check()
  await dialog.getByRole('button', { name: 'Pay', exact: true }).click()
  return dialog
}

async function pays(page: Page, amount: string) {
  await asks(page, amount, true)
  await page.waitForURL((url) => url.pathname.startsWith('/pay/'))
  await page.getByRole('button', { name: 'Pay' }).click()
  await page.waitForURL((url) => url.pathname === '/portal')
}

/** The balance is below what is set: the card that was kept is charged within seconds, once, and not any more when that is turned off. */
async function isToppedUp(page: Page, has: bigint) {
  const section = page.getByRole('region', { name: 'Automatic top-up' })
  await section.getByRole('button', { name: 'Turn on' }).click()
  const dialog = page.getByRole('dialog')
  const below = dollars(has + 10_000n).replaceAll(/[$,]/g, '')
  await dialog.getByLabel('When the balance falls below').fill(below)
  await dialog.getByLabel('Charge to the card').fill('5.00')
  await dialog.getByRole('button', { name: 'Turn on' }).click()
  await expect(section).toContainText('$5.00 is charged to the card')
  await expect(async () => {
    await page.reload()
    await expect(balance(page)).toHaveText(dollars(has + 5_000_000n), { timeout: 2000 })
  }).toPass({ timeout: 60_000 })
  await section.getByRole('button', { name: 'Turn off' }).click()
  await dialog.getByRole('button', { name: 'Turn off' }).click()
  await expect(section).toContainText('It is off. A card is kept with the payment provider.')
}

async function thinksBetterOfIt(page: Page) {
  await asks(page, '10')
  await page.waitForURL((url) => url.pathname.startsWith('/pay/'))
  await page.getByRole('link', { name: 'Back' }).click()
  await page.waitForURL((url) => url.pathname === '/portal')
  await expect(page.getByRole('status')).toContainText('Not paid so far: $10.00')
  await expect(page.getByRole('link', { name: 'Go on paying' })).toHaveAttribute('href', /\/pay\//)
}

/** What cannot be paid is told at the field, and nobody is sent anywhere. */
async function refusals(page: Page) {
  const dialog = await asks(page, '1.001')
  const amount = dialog.getByLabel('Amount')
  await expect(amount).toBeFocused()
  await expect(amount).toHaveAccessibleDescription(/decimals/)
  await amount.fill('0.10')
  await dialog.getByRole('button', { name: 'Pay', exact: true }).click()
  await expect(amount).toHaveAccessibleDescription(/at least 50 cents/)
}

/** The bank returns a transfer: it is said why, and the payment cannot go back twice. */
async function bounces(page: Page) {
  const transfer = rowOf(page, 'Bank transfer').first()
  await transfer.getByRole('button', { name: 'Went back …' }).click()
  const dialog = page.getByRole('dialog')
  await dialog.getByRole('button', { name: 'Record' }).click()
  await expect(dialog.getByLabel('Reason')).toHaveAccessibleDescription(/Why\?/)
  await dialog.getByLabel('Reason').fill('no funds')
  await dialog.getByRole('button', { name: 'Record' }).click()
  await expect(dialog).toBeHidden()
  const back = page.getByRole('table', { name: 'Payments that went back' })
  await expect(back.getByRole('row').filter({ hasText: 'no funds' })).toContainText('Bounced')
  await expect(transfer.getByRole('button', { name: 'Went back …' })).toHaveCount(0)
}
