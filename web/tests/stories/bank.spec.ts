// The bank: a clerk sends a statement; what is clear becomes a payment, and the rest is decided.
import { expect, type Page, test } from '@playwright/test'
import { arrive, ask } from './people'

test('a clerk sends a statement of the bank, and decides what is not clear', async ({ browser }) => {
  const clerk = await arrive(browser, 'clerk')
  const { items } = await ask<{ items: Invoice[] }>(clerk.request, 'get', '/api/v1/invoices?unpaid=true')
  const open = items[0]
  if (!open) throw new Error('the demo has an unpaid invoice')
  await nameColumns(browser)
  await sendStatement(clerk, open)
  await decide(clerk)
  await sendAgain(clerk)
})

interface Invoice {
  number: string
  open: string
}

const ROWS = { clear: 'Somebody else', odd: 'Vera Odd', interest: 'Harbour Bank' }

/** The owner says which column of the bank's files holds what. */
async function nameColumns(browser: Parameters<typeof arrive>[0]) {
  const owner = await arrive(browser, 'admin')
  await owner.goto('/settings/bank-csv')
  await owner.getByLabel('Column of the day').fill('Booked')
  await owner.getByLabel('Column of the amount').fill('Credit')
  await owner.getByLabel('Column of who paid').fill('Payer')
  const wrote = owner.getByRole('combobox', { name: 'Columns of what the payer wrote' })
  await wrote.fill('Payment details')
  await wrote.press('Enter')
  await owner.getByRole('radio', { name: '05.10.2026' }).check()
  await owner.getByRole('button', { name: 'Save' }).click()
  await expect(owner.getByText('Settings saved.')).toBeVisible()
  await owner.context().close()
}

let statement = ''

/** A payment that is clear, two that are not, money that went out, and a row that nobody can read. */
async function sendStatement(page: Page, { number, open }: Invoice) {
  const day = new Date(Date.now() - 86_400_000).toISOString().slice(0, 10).split('-').reverse().join('.')
  statement = [
    'Account;GB33BUKB20201555555555',
    'Booked;Payer;Payment details;Credit',
    `${day};${ROWS.clear};Invoice ${number};${open}`,
    `${day};${ROWS.odd};my phone;7.50`,
    `${day};${ROWS.interest};interest;0.12`,
    `${day};Power Ltd;;-80.00`,
    `${day};Broken;;seven`,
    '',
  ].join('\r\n')
  await page.getByRole('navigation').getByRole('link', { name: 'Payments', exact: true }).click()
  await page.getByRole('navigation', { name: 'Money' }).getByRole('link', { name: 'Bank' }).click()
  await send(page)
  await expect(page.getByText('1 payments, 2 to be looked at.')).toBeVisible()
  const file = page.getByRole('row').filter({ hasText: 'monday.csv' }).first()
  await file.getByRole('button', { name: '1' }).click()
  await expect(page.getByRole('dialog')).toContainText('Row 7: the amount "seven"')
  await page.getByRole('dialog').getByRole('button', { name: 'Close' }).click()
  await page.getByRole('navigation', { name: 'Money' }).getByRole('link', { name: 'Payments' }).click()
  await expect(page.getByRole('row').filter({ hasText: `Invoice ${number}` })).toBeVisible()
  await page.getByRole('navigation', { name: 'Money' }).getByRole('link', { name: 'Bank' }).click()
}

async function send(page: Page) {
  await page.getByRole('main').getByRole('button', { name: 'Import a statement' }).first().click()
  const dialog = page.getByRole('dialog')
  const choosing = page.waitForEvent('filechooser')
  await dialog.getByRole('button', { name: 'File' }).click()
  await (await choosing).setFiles({
    name: 'monday.csv',
    mimeType: 'text/csv',
    buffer: Buffer.from(statement),
  })
  await dialog.getByRole('button', { name: 'Import', exact: true }).click()
  await expect(dialog).toHaveCount(0)
}

/** One is a customer's, one is the bank's own. */
async function decide(page: Page) {
  const queue = page.getByRole('region', { name: 'To be looked at' })
  const card = (text: string) => queue.locator('[class*=Card]').filter({ hasText: text })
  await expect(card(ROWS.odd)).toContainText('Nothing points to a customer.')
  await card(ROWS.odd).getByRole('button', { name: 'Another customer' }).click()
  const dialog = page.getByRole('dialog')
  await dialog.getByLabel('Customer').fill('lantern')
  await page.getByRole('option').first().click()
  await dialog.getByRole('button', { name: 'Take the payment' }).click()
  await expect(card(ROWS.odd)).toHaveCount(0)
  await card(ROWS.interest).getByRole('button', { name: 'Set aside' }).click()
  await dialog.getByLabel('Reason').fill('interest')
  await dialog.getByRole('button', { name: 'Set aside' }).click()
  await expect(queue).toHaveCount(0)
}

/** The same file again changes nothing. */
async function sendAgain(page: Page) {
  await send(page)
  await expect(page.getByText('0 payments, 0 to be looked at.')).toBeVisible()
}
