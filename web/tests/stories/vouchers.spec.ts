// Vouchers: a clerk makes them and has their codes this once; a customer redeems one, once.
import { readFileSync } from 'node:fs'
import { expect, type Page, test } from '@playwright/test'
import { dollars, millionths } from './money'
import { arrive } from './people'

test('a clerk makes vouchers and a customer redeems one', async ({ browser }) => {
  const clerk = await arrive(browser, 'clerk', { permissions: ['clipboard-read', 'clipboard-write'] })
  const codes = await makeVouchers(clerk)
  const lantern = await arrive(browser, 'lantern')
  await redeem(lantern, codes)
  await seeAndRevoke(clerk)
  await redeemRevoked(lantern, codes)
})

const CODE = /^[0-9A-HJKMNP-TV-Z]{4}(-[0-9A-HJKMNP-TV-Z]{4}){3}$/

/** A batch of three, whose codes are on cards, in the clipboard, and in a file. */
async function makeVouchers(page: Page): Promise<string[]> {
  await page.getByRole('navigation').getByRole('link', { name: 'Payments', exact: true }).click()
  await page.getByRole('navigation', { name: 'Money' }).getByRole('link', { name: 'Vouchers' }).click()
  await page.getByRole('main').getByRole('button', { name: 'New vouchers' }).first().click()
  const dialog = page.getByRole('dialog')
  await dialog.getByLabel('Name').fill('Kiosks, winter')
  await dialog.getByLabel('Each is worth').fill('10.005')
  await dialog.getByLabel('How many').fill('3')
  await dialog.getByLabel('Good until').fill('2099-12-31')
  await dialog.getByRole('button', { name: 'Make the vouchers' }).click()
  await expect(dialog.getByLabel('Each is worth')).toHaveAccessibleDescription(/decimals/)
  await dialog.getByLabel('Each is worth').fill('10.00')
  await dialog.getByRole('button', { name: 'Make the vouchers' }).click()

  await expect(page.getByRole('heading', { level: 1, name: 'Kiosks, winter' })).toBeVisible()
  const cards = page.getByRole('list', { name: 'Codes' }).getByRole('listitem')
  await expect(cards).toHaveCount(3)
  await expect(cards.first()).toContainText('$10.00')
  await expect(cards.first()).toContainText('To be redeemed before')
  await page.getByRole('button', { name: 'Copy' }).click()
  const codes = (await page.evaluate(() => navigator.clipboard.readText())).split('\n')
  expect(codes.filter((code) => CODE.test(code))).toHaveLength(3)
  for (const [place, code] of codes.entries()) await expect(cards.nth(place)).toContainText(code)
  const downloading = page.waitForEvent('download')
  await page.getByRole('link', { name: 'Download CSV' }).click()
  const file = readFileSync(await (await downloading).path(), 'utf8')
  expect(file.split('\r\n')[1]).toContain(`1,${codes[0]},10.00,USD,2100-01-01T`)
  await seePrinted(page)

  // Whoever leaves is asked: the codes are not shown again.
  let asked = ''
  page.once('dialog', (question) => {
    asked = question.message()
    void question.dismiss()
  })
  await page.getByRole('navigation').getByRole('link', { name: 'Invoices', exact: true }).click()
  await expect.poll(() => asked).toContain('not shown again')
  await page.getByRole('button', { name: 'I have them' }).click()
  const row = page.getByRole('row').filter({ hasText: 'Kiosks, winter' })
  await expect(row).toContainText('0 of 3')
  await expect(page.getByText(codes[0] ?? '')).toHaveCount(0)
  return codes
}

/** On paper there are the cards, and nothing else. */
async function seePrinted(page: Page) {
  await page.emulateMedia({ media: 'print' })
  await expect(page.getByRole('listitem').first()).toBeVisible()
  await expect(page.getByText('shown this once')).toBeHidden()
  await expect(page.getByRole('button', { name: 'Copy', includeHidden: true })).toBeHidden()
  await page.emulateMedia({ media: 'screen' })
}

const balanceOf = (page: Page) =>
  page.getByRole('heading', { name: 'Balance', exact: true }).locator('xpath=following-sibling::*[1]')

/** An amount on the screen, and ten dollars. */
function plusTen(shown: string): string {
  const isDebt = shown.startsWith('-')
  const sum = (isDebt ? -1n : 1n) * millionths(shown.replace('-', '')) + 10_000_000n
  return sum < 0n ? `-${dollars(-sum)}` : dollars(sum)
}

async function tryCode(page: Page, code: string) {
  const dialog = page.getByRole('dialog')
  await dialog.getByLabel('Code').fill(code)
  await dialog.getByRole('button', { name: 'Redeem', exact: true }).click()
  return dialog.getByLabel('Code')
}

/** A slip is shown at the field; the code brings its amount, and a second time nothing. */
async function redeem(page: Page, codes: string[]) {
  const [code = ''] = codes
  await page.goto('/portal')
  await expect(balanceOf(page)).toContainText('$')
  const after = plusTen((await balanceOf(page).textContent()) ?? '')
  await page.getByRole('button', { name: 'Redeem a voucher' }).click()
  const slip = await tryCode(page, code.slice(0, -1))
  await expect(slip).toHaveAccessibleDescription(/wrong or missing/)
  await expect(slip).toBeFocused()
  const unknown = await tryCode(page, '0000-0000-0000-0000')
  await expect(unknown).toHaveAccessibleDescription(/No voucher/)
  await tryCode(page, code.toLowerCase().replaceAll('-', ' '))
  await expect(page.getByText('$10.00 is on the account.')).toBeVisible()
  await expect(balanceOf(page)).toHaveText(after)
  await expect(page.getByRole('row').filter({ hasText: `Voucher …${code.slice(-4)}` })).toContainText(
    '$10.00',
  )

  await page.getByRole('button', { name: 'Redeem a voucher' }).click()
  await expect(await tryCode(page, code)).toHaveAccessibleDescription(/redeemed already/)
  await expect(balanceOf(page)).toHaveText(after)
}

/** The clerk sees who has redeemed it, and revokes the others. */
async function seeAndRevoke(page: Page) {
  await page.reload()
  const row = page.getByRole('row').filter({ hasText: 'Kiosks, winter' })
  await expect(row).toContainText('1 of 3')
  await row.getByRole('link', { name: 'Kiosks, winter' }).click()
  const vouchers = page.getByRole('table', { name: 'Vouchers' }).getByRole('row')
  await expect(vouchers).toHaveCount(4)
  await expect(vouchers.nth(1)).toContainText('Lantern')
  await page.getByRole('main').getByRole('button', { name: 'Revoke' }).click()
  const dialog = page.getByRole('dialog')
  await expect(dialog).toContainText('The 2 vouchers that nobody has redeemed')
  await dialog.getByRole('button', { name: 'Revoke' }).click()
  await expect(page.getByText('revoked', { exact: true })).toBeVisible()
  await expect(page.getByRole('main').getByRole('button', { name: 'Revoke' })).toHaveCount(0)
}

async function redeemRevoked(page: Page, codes: string[]) {
  await expect(await tryCode(page, codes[1] ?? '')).toHaveAccessibleDescription(/worth nothing/)
}
