// From nothing to a paid invoice: a plan with cheaper evenings, a customer with a line, a call, its invoice, the payment.
// Told three times, on a demo each since the clock leaps: with the mouse, by the keyboard alone, and with ordinary phones.
import { type Browser, expect, type Locator, test } from '@playwright/test'
import { type Hand, Keyboard, Mouse } from './hands'
import { Clock } from './people'
import { Telephone } from './telephones'

const HANDS = { 'with the mouse': Mouse, 'by the keyboard alone': Keyboard }

for (const [how, Hand] of Object.entries(HANDS)) {
  test(`an owner sells calls and is paid for them, ${how}`, async ({ browser, request }) => {
    const arrive = (name: string) => signIn(browser, name, (page) => new Hand(page))
    await tell(new Clock(request), arrive, async (owner, called) =>
      call(owner, await arrive('clerk'), called),
    )
  })
}

test('an owner sells calls and is paid for them, on ordinary phones', async ({ browser, request }) => {
  const arrive = (name: string) => signIn(browser, name, (page) => new Mouse(page))
  await tell(new Clock(request), arrive, callFromPhone)
})

/** What is called with, when, and by which line. */
interface Calling {
  clock: Clock
  line: string
  number: string
}

async function tell(
  clock: Clock,
  arrive: (name: string) => Promise<Hand>,
  call: (owner: Hand, calling: Calling) => Promise<void>,
) {
  // On an evening in the company's zone, summer or winter, that is not the last of a month.
  await clock.nextMonthOn(10, 1)
  const owner = await arrive('admin')
  await makePlan(owner)
  const { customer, line, number } = await makeCustomer(owner)
  await call(owner, { clock, line, number })
  await readHistory(owner, number)
  await lookAhead(owner)
  await clock.tomorrowAt('15:00')
  const later = await arrive('admin')
  await issue(later, line)
  await pay(later, customer)
}

async function signIn(browser: Browser, name: string, handOf: (page: Hand['page']) => Hand): Promise<Hand> {
  const context = await browser.newContext()
  const hand = handOf(await context.newPage())
  const { page } = hand
  await page.goto('/sign-in')
  await hand.write(page.getByLabel('E-mail address or name'), name)
  await hand.write(page.getByLabel('Password'), name)
  await hand.press(page.getByRole('button', { name: 'Sign in' }))
  await expect(page.getByRole('heading', { level: 1, name: 'Overview' })).toBeVisible()
  return hand
}

async function makePlan(hand: Hand) {
  const { page } = hand
  await hand.go('Plans')
  await hand.press(page.getByRole('link', { name: 'New plan' }))
  await hand.write(page.getByLabel('Name'), 'Quiet evenings')
  await hand.write(page.getByLabel('Price', { exact: true }), '0.60')
  await hand.write(page.getByLabel('charged by seconds begun'), '1')
  await hand.press(page.getByRole('button', { name: 'Add a discount price' }))
  await hand.write(page.getByLabel('Price A as a discount in percent'), '50')
  await hand.paint('Every day', 18, 23)
  await expect(
    page.getByRole('gridcell', { name: 'Every day, 17:00–18:00 $0.60 a minute', exact: true }),
  ).toBeVisible()
  for (const hour of [18, 20, 23]) {
    const cell = `Every day, ${hour}:00–${hour + 1}:00 $0.30 a minute`
    await expect(page.getByRole('gridcell', { name: cell, exact: true })).toBeVisible()
  }
  await hand.press(page.getByRole('button', { name: 'Make the plan' }))
  await expect(page.getByRole('heading', { level: 1, name: 'Quiet evenings' })).toBeVisible()
}

/** A customer with a line: the addresses of their pages, and the line's number. */
async function makeCustomer(hand: Hand): Promise<{ customer: string; line: string; number: string }> {
  const { page } = hand
  await hand.go('Customers')
  await hand.press(page.getByRole('button', { name: 'New customer' }))
  await hand.write(page.getByLabel('Organisation'), 'Northwind Kites')
  await hand.press(page.getByRole('button', { name: 'Make the customer' }))
  await expect(page.getByRole('heading', { level: 1, name: 'Northwind Kites' })).toBeVisible()
  const customer = new URL(page.url()).pathname
  await hand.press(page.getByRole('button', { name: 'Open a line' }))
  await hand.choose(page.getByRole('combobox', { name: 'Plan' }), 'Quiet evenings')
  await hand.press(page.getByRole('button', { name: 'Open the line' }))
  const heading = page.getByRole('heading', { level: 1, name: /^Line \d{4}$/ })
  const number = ((await heading.textContent()) ?? '').slice(-4)
  return { customer, line: new URL(page.url()).pathname, number }
}

/** A minute in the evening: half of it on the page of the line, half on another. */
async function call(owner: Hand, clerk: Hand, { clock, number }: Calling) {
  const called = await switchOn(clerk, '0002')
  const calling = await switchOn(owner, number)
  await owner.dial(calling, '0002')
  await clerk.press(called.getByRole('button', { name: 'Answer' }))
  await expect(calling.getByRole('timer')).toContainText('0:00')
  await clock.callsAreAnswered()
  await clock.pass(30)
  await expect(calling.getByRole('timer')).toHaveText('0:30 · $0.15 · 3:59:30 left')
  await owner.go('Overview')
  await expect(owner.page.getByRole('heading', { level: 1, name: 'Overview' })).toBeVisible()
  await clock.pass(30)
  await expect(calling.getByRole('timer')).toHaveText('1:00 · $0.30 · 3:59:00 left')
  await clerk.press(called.getByRole('button', { name: 'Hang up' }))
  await expect(calling.getByRole('alert')).toHaveText('The call took 1:00 and cost $0.30.')
}

/** The same minute from a phone into which the line's new SIP account is typed. It needs two phones (`telephones.ts`). */
async function callFromPhone(owner: Hand, { clock, line, number }: Calling) {
  const { page } = owner
  await page.goto(`${line}?tab=phone`)
  await owner.press(page.getByRole('button', { name: 'Make a SIP account' }))
  await owner.press(page.getByRole('dialog').getByRole('button', { name: 'Make the account' }))
  const typed = page.getByRole('dialog').filter({ hasText: 'Type this into the phone' }).locator('code')
  await expect(typed.first()).toHaveText(/^t\d+-/)
  const [username = '', password = ''] = await typed.allTextContents()
  const [phone, called] = [await Telephone.of('0003'), await Telephone.of('0002')]
  await phone.becomes(username, password)
  await owner.press(page.getByRole('button', { name: 'I have it' }))
  await phone.dial('0002')
  await called.rings()
  await called.accept()
  await owner.go('Calls now')
  const row = page.getByRole('row').filter({ hasText: `${number} → 0002` })
  await expect(row).toContainText('0:0')
  await clock.pass(60)
  await phone.hangUp()
  await called.isIdle()
  await expect(row).toHaveCount(0)
  for (const each of [phone, called]) each.close()
}

async function switchOn(hand: Hand, number: string): Promise<Locator> {
  const phone = hand.page.getByRole('region', { name: 'Phone' })
  await hand.press(phone.getByRole('button', { name: 'Phone' }))
  await hand.find(phone.getByRole('combobox', { name: 'Line' }), number)
  await hand.press(phone.getByRole('button', { name: 'Switch the phone on' }))
  await phone.getByRole('group', { name: 'Keys' }).waitFor()
  return phone
}

async function readHistory(hand: Hand, number: string) {
  const { page } = hand
  await hand.go('Call history')
  const row = page.getByRole('row').filter({ hasText: `${number} → 0002` })
  await expect(row).toContainText('1:00')
  await expect(row).toContainText('$0.30')
  await hand.press(row.getByRole('link').first())
  await expect(page.getByRole('heading', { level: 1 })).toContainText('0002')
  await expect(page.getByText('$0.30 a minute').first()).toBeVisible()
}

/** The running period can be looked at, and stays open. */
async function lookAhead(hand: Hand) {
  const { page } = hand
  await hand.go('Invoices')
  await hand.press(page.getByRole('link', { name: 'Preview the next invoice' }))
  // The page before has a field of the same name.
  await expect(page.getByRole('heading', { level: 1, name: 'Preview of the next invoice' })).toBeVisible()
  await hand.find(page.getByRole('combobox', { name: 'Customer' }), 'Northwind Kites')
  await expect(page.frameLocator('iframe').getByText('0.34').first()).toBeVisible()
  await hand.press(page.getByRole('button', { name: 'Issue now' }))
  await hand.press(page.getByRole('dialog').getByRole('button', { name: 'Issue now' }))
  await expect(page.getByText('Nothing is issued: none of its periods has ended yet.')).toBeVisible()
}

/** Whose last line is closed gets the invoice at once. */
async function issue(hand: Hand, line: string) {
  const { page } = hand
  await page.goto(line)
  await hand.press(page.getByRole('button', { name: 'Close the line' }))
  await hand.press(page.getByRole('dialog').getByRole('button', { name: 'Close the line' }))
  await expect(page.getByText('The line is closed.')).toBeVisible()
  await hand.go('Invoices')
  const invoice = page.getByRole('row').filter({ hasText: 'Northwind Kites' })
  // The minute at 0.30, and 13 % tax.
  await expect(invoice.getByText('$0.34', { exact: true })).toHaveCount(2)
  await hand.press(invoice.getByRole('link').first())
  const download = page.waitForEvent('download')
  await hand.press(page.getByRole('link', { name: 'Download PDF' }))
  expect((await download).suggestedFilename()).toMatch(/^invoice-\d{6}\.pdf$/)
  // Nobody has said in which country the company is: that is told, and where it is said.
  await hand.press(page.getByRole('button', { name: 'Download e-invoice' }))
  await expect(page.getByText(/seller\.address\.country_code/)).toBeVisible()
}

async function pay(hand: Hand, customer: string) {
  const { page } = hand
  await page.goto(`${customer}?tab=payments`)
  await hand.press(page.getByRole('button', { name: 'Record a payment' }))
  await hand.write(page.getByLabel(/^Amount/), '0.34')
  await hand.press(page.getByRole('dialog').getByRole('button', { name: 'Record', exact: true }))
  await expect(page.getByRole('table', { name: 'Payments' }).getByText('$0.34')).toBeVisible()
  await hand.go('Invoices')
  const invoice = page.getByRole('row').filter({ hasText: 'Northwind Kites' })
  await expect(invoice.getByText('paid', { exact: true })).toBeVisible()
  await expect(invoice.getByText('$0.00')).toHaveCount(1)
}
