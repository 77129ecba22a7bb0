// Ordinary telephony, without a word of configuration to type but the carrier's: a way out, a number from outside, an account for a phone.
import { expect, type Locator, type Page, test } from '@playwright/test'
import { arrive } from './people'

test('an admin connects the house with the world', async ({ browser }) => {
  const page = await arrive(browser, 'admin', { permissions: ['clipboard-read', 'clipboard-write'] })
  await makeTrunks(page)
  await makeRoutes(page)
  await askTheWay(page)
  await keepWhatIsInUse(page)
  await leadNumber(page)
  await giveAccount(page)
  await readAudit(page)
  await lookOn(await arrive(browser, 'clerk'))
})

/** Who may change nothing sees which line a number leads to, and no more. */
async function lookOn(page: Page) {
  await go(page, 'Trunks and numbers')
  await expect(rowOf(page, '+442079460018')).toContainText('Line 0001')
  await expect(page.getByRole('tab')).toHaveText(['Numbers from outside'])
  await expect(page.getByRole('main').getByRole('button')).toHaveCount(0)
}

async function go(page: Page, place: string) {
  await page.getByRole('navigation').getByRole('link', { name: place, exact: true }).click()
  await expect(page.getByRole('heading', { level: 1, name: place })).toBeVisible()
}

/** By its whole name; the first of them, as an empty list offers what the head of its page does. */
const press = (within: Page | Locator, name: string) =>
  within.getByRole('button', { name, exact: true }).first().click()

const rowOf = (page: Page, text: string) => page.getByRole('row').filter({ hasText: text })

/** Two trunks, the second of which first wants the endpoint of the first. */
async function makeTrunks(page: Page) {
  await go(page, 'Trunks and numbers')
  await press(page.getByRole('main'), 'New trunk')
  const dialog = page.getByRole('dialog')
  await dialog.getByLabel('Name').fill('World')
  await dialog.getByLabel('Endpoint').fill('carrier a')
  await press(dialog, 'Make the trunk')
  await expect(dialog.getByLabel('Endpoint')).toBeFocused()
  await expect(dialog.getByLabel('Endpoint')).toHaveAccessibleDescription(/letters, digits/)
  await dialog.getByLabel('Endpoint').fill('carrier-a')
  await press(dialog, 'Make the trunk')
  await expect(rowOf(page, 'World')).toContainText('any number')

  await press(page.getByRole('main'), 'New trunk')
  await dialog.getByLabel('Name').fill('Home')
  await dialog.getByLabel('Endpoint').fill('carrier-a')
  await dialog.getByLabel('Calls at once').fill('30')
  await press(dialog, 'Make the trunk')
  await expect(dialog.getByLabel('Endpoint')).toHaveAccessibleDescription(/is taken/)
  await dialog.getByLabel('Endpoint').fill('carrier-b')
  await press(dialog, 'Make the trunk')
  await expect(rowOf(page, 'Home')).toContainText('30')
}

/** One for every number, and one for numbers of a country, which the carrier wants as they are dialled there. */
async function makeRoutes(page: Page) {
  await page.getByRole('tab', { name: 'Routes' }).click()
  const dialog = page.getByRole('dialog')
  const begin = async (trunk: string) => {
    await press(page.getByRole('main'), 'New route')
    await dialog.getByRole('combobox', { name: 'Trunk' }).click()
    await page.getByRole('option', { name: trunk, exact: true }).click()
  }
  await begin('World')
  await dialog.getByLabel('Put before').fill('+')
  await press(dialog, 'Make the route')
  await expect(rowOf(page, 'every number')).toContainText('+ before it')

  await begin('Home')
  await dialog.getByLabel('Prefix').fill('44')
  await dialog.getByLabel('Digits cut off').fill('2')
  await dialog.getByLabel('Put before').fill('0')
  await dialog.getByRole('switch', { name: 'Buying rate' }).click()
  await press(dialog, 'Make the route')
  await expect(dialog.getByLabel('Price', { exact: true })).toBeFocused()
  await dialog.getByLabel('Price', { exact: true }).fill('0.01')
  await press(dialog, 'Make the route')
  const home = rowOf(page, '+44 …')
  await expect(home).toContainText('without its first 2 digits, 0 before it')
  await expect(home).toContainText('$0.01 a minute')

  await begin('Home')
  await dialog.getByLabel('Prefix').fill('44')
  await press(dialog, 'Make the route')
  await expect(dialog.getByLabel('Prefix')).toHaveAccessibleDescription(/has a route for the prefix/)
  await press(dialog, 'Cancel')
}

async function askTheWay(page: Page) {
  const way = page.getByRole('main')
  const number = way.getByLabel('Which way does this number go?')
  await number.fill('+44 20 7946 0018')
  await expect(way.getByRole('listitem')).toHaveText([
    'Home, where 02079460018 is dialled',
    'World, where +442079460018 is dialled',
  ])
  await number.fill('+49 30 90 18 20')
  await expect(way.getByRole('listitem')).toHaveText(['World, where +4930901820 is dialled'])
  await number.fill('020 7946 0018')
  await expect(way.getByText('With a plus sign and its country code')).toBeVisible()
}

/** A trunk is not deleted while routes go out on it; switched off it is passed by. */
async function keepWhatIsInUse(page: Page) {
  await page.getByRole('tab', { name: 'Trunks' }).click()
  const dialog = page.getByRole('dialog')
  await press(page.getByRole('main'), 'Delete Home')
  await press(dialog, 'Delete')
  await expect(dialog.getByRole('alert')).toContainText('change or delete them first')
  await press(dialog, 'Cancel')
  await press(page.getByRole('main'), 'Change Home')
  await dialog.getByRole('switch', { name: 'Calls go out on it, and come in' }).click()
  await press(dialog, 'Save')
  await expect(rowOf(page, 'Home').getByText('off', { exact: true })).toBeVisible()
  await page.getByRole('tab', { name: 'Routes' }).click()
  const way = page.getByRole('main')
  await way.getByLabel('Which way does this number go?').fill('+44 20 7946 0018')
  await expect(way.getByRole('listitem')).toHaveText(['World, where +442079460018 is dialled'])
  await press(page.getByRole('main'), 'Delete the route of +44 to Home')
  await press(dialog, 'Delete')
  await expect(rowOf(page, '+44 …')).toHaveCount(0)
  await page.getByRole('tab', { name: 'Trunks' }).click()
  await press(page.getByRole('main'), 'Delete Home')
  await press(dialog, 'Delete')
  await expect(rowOf(page, 'Home')).toHaveCount(0)
}

async function leadNumber(page: Page) {
  await page.getByRole('tab', { name: 'Numbers from outside' }).click()
  const dialog = page.getByRole('dialog')
  await press(page.getByRole('main'), 'New number')
  await dialog.getByLabel('Number').fill('0002')
  await dialog.getByRole('combobox', { name: 'Line' }).fill('0001')
  await page.getByRole('option', { name: '0001', exact: true }).click()
  await press(dialog, 'Make the number')
  await expect(dialog.getByLabel('Number')).toBeFocused()
  await dialog.getByLabel('Number').fill('+44 20 7946 0018')
  await press(dialog, 'Make the number')
  await expect(rowOf(page, '+442079460018')).toContainText('Line 0001')
  await rowOf(page, '+442079460018').getByRole('link').click()
  await expect(page.getByRole('heading', { level: 1, name: 'Line 0001' })).toBeVisible()
}

/** What is typed into a phone is shown once, can be copied, and changes with a new password. */
async function giveAccount(page: Page) {
  await page.getByRole('tab', { name: 'Phone' }).click()
  const section = page.getByRole('region', { name: 'Ordinary phone (SIP)' })
  const dialog = page.getByRole('dialog')
  await press(section, 'Make a SIP account')
  await press(dialog, 'Make the account')
  const [username, password] = await shown(page)
  await expect(section).toContainText(username)
  await expect(section).not.toContainText(password)

  await press(section, 'Make a new password')
  await press(dialog, 'Make a new password')
  const [same, another] = await shown(page)
  expect(same).toBe(username)
  expect(another).not.toBe(password)

  await press(section, 'Take the SIP account away')
  await press(dialog, 'Take the SIP account away')
  await expect(section.getByRole('button', { name: 'Make a SIP account' })).toBeVisible()
  await expect(section).not.toContainText(username)
}

async function shown(page: Page): Promise<[username: string, password: string]> {
  const dialog = page.getByRole('dialog')
  await expect(dialog.getByText('Type this into the phone')).toBeVisible()
  const copied = async (what: string) => {
    await press(dialog, `Copy: ${what}`)
    return page.evaluate(() => navigator.clipboard.readText())
  }
  const [username, password] = [await copied('User name'), await copied('Password')]
  expect(username).toMatch(/^t1-0001-/)
  expect(password).not.toBe(username)
  for (const text of [username, password, 'asterisk'])
    await expect(dialog.getByText(text, { exact: true })).toBeVisible()
  await press(dialog, 'I have it')
  await expect(dialog).toBeHidden()
  return [username, password]
}

async function readAudit(page: Page) {
  await go(page, 'Audit')
  for (const words of [
    'Trunk made',
    'Route made',
    'Number from outside made',
    'SIP account made, or taken away',
  ])
    await expect(page.getByText(words).first()).toBeVisible()
  await expect(page.getByRole('link', { name: 'Trunk World' }).first()).toBeVisible()
}
