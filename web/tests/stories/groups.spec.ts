// Who answers when: a coordinator makes a group and its roster, with the mouse and by the keyboard, and sees where nobody is.
import { expect, type Locator, type Page, test } from '@playwright/test'
import { Keyboard } from './hands'
import { arrive, ask, makeCoordinator } from './people'

test('a coordinator makes a roster', async ({ browser }) => {
  await makeCoordinator(browser)
  // The whole of a day is seen.
  const page = await arrive(browser, 'clerk', { viewport: { width: 1280, height: 1300 } })
  await makeGroup(page)
  await showWeekAfter(page)
  await drawShift(page)
  await clickEmpty(page)
  await typeShift(page)
  await dragShift(page)
  await changeOneDate(page)
  await closeDay(page)
  await copyWeek(page)
  await askWhoAnswers(page)
  await wantMore(page)
  await lookOn(await arrive(browser, 'auditor'))
})

const press = (within: Page | Locator, name: string) =>
  within.getByRole('button', { name, exact: true }).first().click()

const dayOf = (page: Page, day: string) => page.getByRole('group', { name: new RegExp(`^${day}, `) })

const dutyOf = (page: Page, day: string, name: string) =>
  dayOf(page, day).getByRole('button', { name: new RegExp(`^${name} `) })

async function choose(page: Page, list: string, name: string) {
  await page.getByRole('dialog').getByRole('combobox', { name: list }).click()
  await page.getByRole('option', { name, exact: true }).click()
}

async function makeGroup(page: Page) {
  await page.getByRole('navigation').getByRole('link', { name: 'Groups', exact: true }).click()
  await press(page.getByRole('main'), 'New group')
  const dialog = page.getByRole('dialog')
  await dialog.getByLabel('Name').fill(' ')
  await press(dialog, 'Make the group')
  await expect(dialog.getByLabel('Name')).toBeFocused()
  await dialog.getByLabel('Name').fill('Night line')
  await dialog.getByRole('combobox', { name: 'Time zone' }).fill('London')
  await page.getByRole('option', { name: 'Europe/London', exact: true }).click()
  await press(dialog, 'Make the group')
  await expect(page.getByRole('heading', { level: 1, name: 'Night line' })).toBeVisible()
  await expect(page.getByText('Times in Europe/London.')).toBeVisible()
}

/** A week in which nothing is over yet. */
async function showWeekAfter(page: Page) {
  const before = page.url()
  await press(page, 'The week after')
  await expect(page).not.toHaveURL(before)
  const style = { weekday: 'long', month: 'long', day: 'numeric', timeZone: 'UTC' } as const
  const monday = new Date(await dateOf(page, 0)).toLocaleDateString('en-US', style)
  await page.getByRole('group', { name: monday }).waitFor()
}

/** The point of a day's column at an hour. */
async function at(page: Page, day: string, hour: number) {
  const box = await dayOf(page, day).boundingBox()
  if (!box) throw new Error(`${day} is not drawn`)
  return { x: box.x + box.width / 2, y: box.y + (box.height * hour) / 24 }
}

/** Once nothing lies above the page any more. */
async function drag(page: Page, from: { x: number; y: number }, to: { x: number; y: number }) {
  await expect(page.getByRole('dialog')).toHaveCount(0)
  await page.mouse.move(from.x, from.y)
  await page.mouse.down()
  await page.mouse.move((from.x + to.x) / 2, (from.y + to.y) / 2)
  await page.mouse.move(to.x, to.y)
  await page.mouse.up()
}

/** Draws from hour to hour in an empty place: until then calls go to voicemail there. */
async function drawShift(page: Page) {
  await expect(dayOf(page, 'Monday').getByText('Calls go to voicemail')).toBeVisible()
  await drag(page, await at(page, 'Monday', 8.1), await at(page, 'Monday', 13.7))
  const dialog = page.getByRole('dialog')
  await expect(dialog.getByLabel('From')).toHaveValue('08:00')
  await expect(dialog.getByLabel('Until')).toHaveValue('14:00')
  await expect(dialog.getByRole('checkbox', { name: 'Mon' })).toBeChecked()
  await choose(page, 'Agent', 'Morgan Reyes')
  await press(dialog, 'Make the shift')
  await expect(dutyOf(page, 'Monday', 'Morgan Reyes')).toContainText('08:00–14:00')
  await expect(dayOf(page, 'Monday').getByText('Calls go to voicemail')).toHaveCount(2)
  await expect(dayOf(page, 'Monday')).toContainText('14:00–00:00')
}

/** A click is enough: the dialog says the rest. */
async function clickEmpty(page: Page) {
  const dialog = page.getByRole('dialog')
  await expect(dialog).toHaveCount(0)
  const { x, y } = await at(page, 'Friday', 8.1)
  await page.mouse.click(x, y)
  await expect(dialog.getByRole('checkbox', { name: 'Fri' })).toBeChecked()
  await expect(dialog.getByLabel('From')).toHaveValue('08:00')
  await expect(dialog.getByLabel('Until')).toHaveValue('12:00')
  await press(dialog, 'Cancel')
}

/** The same by the dialog, without the mouse: over midnight. */
async function typeShift(page: Page) {
  const hand = new Keyboard(page)
  const dialog = page.getByRole('dialog')
  await hand.press(page.getByRole('button', { name: 'New shift', exact: true }))
  await hand.find(dialog.getByRole('combobox', { name: 'Agent' }), 'Yuki Tanaka')
  await hand.press(dialog.getByRole('button', { name: 'Make the shift' }))
  await expect(dialog.getByText('must have a day of the week')).toBeVisible()
  await dialog.getByRole('checkbox', { name: 'Tue' }).press('Space')
  await hand.write(dialog.getByLabel('From'), '22')
  await hand.write(dialog.getByLabel('Until'), '6')
  await hand.press(dialog.getByRole('button', { name: 'Make the shift' }))
  await expect(dutyOf(page, 'Tuesday', 'Yuki Tanaka')).toContainText('22:00–00:00')
  await expect(dutyOf(page, 'Wednesday', 'Yuki Tanaka')).toContainText('00:00–06:00')
}

/** To another day, then longer: each time the dialog says what it would be. */
async function dragShift(page: Page) {
  const dialog = page.getByRole('dialog')
  await drag(page, await at(page, 'Monday', 10), await at(page, 'Thursday', 11))
  await expect(dialog.getByRole('checkbox', { name: 'Thu' })).toBeChecked()
  await expect(dialog.getByRole('checkbox', { name: 'Mon' })).not.toBeChecked()
  await press(dialog, 'Save')
  const moved = dutyOf(page, 'Thursday', 'Morgan Reyes')
  await expect(moved).toContainText('09:00–15:00')
  await expect(dutyOf(page, 'Monday', 'Morgan Reyes')).toHaveCount(0)
  const end = await moved.locator('[data-grip="until"]').boundingBox()
  if (!end) throw new Error('there is nothing to take it by')
  await drag(page, { x: end.x + end.width / 2, y: end.y + 3 }, await at(page, 'Thursday', 16.9))
  await expect(dialog.getByLabel('Until')).toHaveValue('17:00')
  await press(dialog, 'Save')
  await expect(moved).toContainText('09:00–17:00')
}

/** For one date somebody else is on duty; the shift stays. */
async function changeOneDate(page: Page) {
  const dialog = page.getByRole('dialog')
  await dutyOf(page, 'Thursday', 'Morgan Reyes').press('Enter')
  await dialog.getByText(/^Only Thu/).click()
  await choose(page, 'Who instead', 'Yuki Tanaka')
  await press(dialog, 'Change this date')
  await expect(dutyOf(page, 'Thursday', 'Yuki Tanaka')).toHaveAccessibleName(/in the place of Morgan Reyes/)
  await expect(page.getByRole('region', { name: 'Weekly shifts' })).toContainText('Thu · 09:00–17:00')
}

async function closeDay(page: Page) {
  const dialog = page.getByRole('dialog')
  await press(page, 'Change a date')
  await dialog.getByLabel('Date').fill(await dateOf(page, 5))
  await press(dialog, 'Change this date')
  await expect(dialog.getByLabel('Why')).toBeFocused()
  await dialog.getByLabel('Why').fill('Founders’ day')
  await press(dialog, 'Change this date')
  const closed = dayOf(page, 'Saturday').getByRole('button', { name: /^Closed: Founders’ day/ })
  await expect(closed).toContainText('the whole day')
  await expect(dayOf(page, 'Saturday').getByText('Calls go to voicemail')).toHaveCount(0)
}

/** A day of the week that is shown. */
async function dateOf(page: Page, day: number): Promise<string> {
  const monday = new URL(page.url()).searchParams.get('week') ?? ''
  return new Date(Date.parse(monday) + day * 86_400_000).toISOString().slice(0, 10)
}

async function copyWeek(page: Page) {
  const dialog = page.getByRole('dialog')
  await press(page, 'Copy the week')
  await expect(dialog.getByText('1 change for a date is copied')).toBeVisible()
  await press(dialog, 'Copy')
  await showWeekAfter(page)
  await dutyOf(page, 'Thursday', 'Yuki Tanaka').click()
  await dialog.getByRole('button', { name: /^Take back:/ }).click()
  await page
    .getByRole('dialog', { name: 'Take back' })
    .getByRole('button', { name: 'Take back', exact: true })
    .click()
  await expect(dutyOf(page, 'Thursday', 'Morgan Reyes')).toBeVisible()
  await press(page, 'The week before')
  await expect(dutyOf(page, 'Thursday', 'Yuki Tanaka')).toBeVisible()
}

async function askWhoAnswers(page: Page) {
  const [tuesday, thursday, saturday] = [await dateOf(page, 1), await dateOf(page, 3), await dateOf(page, 5)]
  await page.getByRole('tab', { name: 'Who answers?' }).click()
  const when = page.getByLabel('When?')
  const main = page.getByRole('main')
  await when.fill(`${tuesday}T23:30`)
  await expect(main.getByRole('listitem')).toContainText('Yuki Tanaka')
  await expect(main.getByRole('listitem')).toContainText('by a weekly shift')
  await when.fill(`${thursday}T10:00`)
  await expect(main.getByRole('listitem')).toContainText('in the place of Morgan Reyes')
  await when.fill(`${thursday}T18:00`)
  await expect(main.getByRole('alert')).toContainText('Nobody is on duty')
  await when.fill(`${saturday}T10:00`)
  await expect(main.getByRole('alert')).toContainText('Closed: Founders’ day')
}

/** Where one is not enough, it is told how many there are. */
async function wantMore(page: Page) {
  await page.getByRole('tab', { name: 'Settings' }).click()
  await page.getByLabel('Wanted on duty').fill('2')
  await press(page.getByRole('main'), 'Save')
  await page.getByText('The group is saved.').waitFor()
  await page.getByRole('tab', { name: 'Roster' }).click()
  await expect(dayOf(page, 'Thursday').getByText('1 of 2 on duty')).toBeVisible()
}

/** Who may change nothing sees the same, and nothing to press but which week it is. */
async function lookOn(page: Page) {
  await page.goto('/groups')
  await page.getByRole('row').filter({ hasText: 'Night line' }).getByRole('link').click()
  await press(page, 'The week after')
  await expect(dayOf(page, 'Thursday').getByText('1 of 2 on duty')).toBeVisible()
  await expect(dayOf(page, 'Thursday').getByRole('button')).toHaveCount(0)
  await expect(page.getByRole('main').getByRole('button')).toHaveText(['', 'Today', ''])
}

test('what an agent says of shifts stays when its name is changed, and can be changed, too', async ({
  browser,
}) => {
  const page = await arrive(browser, 'admin')
  const { request } = page.context()
  const blackouts = [{ from: '2027-01-04', to: '2027-01-08' }]
  const made = { name: 'Robin Vale', blackouts, reminders: false }
  const { id } = await ask<{ id: string }>(request, 'post', '/api/v1/agents', made)
  await page.goto(`/agents/${id}`)
  await press(page, 'Edit')
  await page.getByRole('dialog').getByRole('textbox', { name: 'Name' }).fill('Robin Dale')
  await press(page.getByRole('dialog'), 'Save')
  await expect(page.getByRole('heading', { level: 1, name: 'Robin Dale' })).toBeVisible()
  expect(await ask(request, 'get', `/api/v1/agents/${id}`)).toMatchObject({ blackouts, reminders: false })

  await press(page, 'Edit')
  const dialog = page.getByRole('dialog')
  await dialog.getByRole('switch', { name: 'Reminders by mail' }).click()
  await press(dialog, 'Add dates')
  await dialog.getByLabel('From', { exact: true }).nth(1).fill('2027-03-01')
  await dialog.getByLabel('Last date').nth(1).fill('2027-02-05')
  await press(dialog, 'Remove the dates from 2027-01-04')
  await press(dialog, 'Save')
  await expect(dialog.getByLabel('Last date')).toBeFocused()
  await dialog.getByLabel('Last date').fill('2027-03-05')
  await press(dialog, 'Save')
  await expect(dialog).toHaveCount(0)
  expect(await ask(request, 'get', `/api/v1/agents/${id}`)).toMatchObject({
    blackouts: [{ from: '2027-03-01', to: '2027-03-05' }],
    reminders: true,
  })
})

test('how a group answers stays when its name is changed', async ({ browser }) => {
  const page = await arrive(browser, 'admin')
  const { request } = page.context()
  const answering = { greeting: { text: 'We listen.' }, ring_seconds: 30 }
  const reminders = { enabled: false, at: '17:00' }
  const swaps = 'approved'
  const made = { name: 'Dawn line', numbers: ['0899'], answering, reminders, swaps }
  const { id } = await ask<{ id: string }>(request, 'post', '/api/v1/groups', made)
  await page.goto(`/groups/${id}?tab=settings`)
  await page.getByRole('textbox', { name: 'Name' }).fill('Dusk line')
  await press(page, 'Save')
  await page.getByText('The group is saved.').waitFor()
  expect(await ask(request, 'get', `/api/v1/groups/${id}`)).toMatchObject({
    numbers: ['0899'],
    answering,
    reminders,
    swaps,
  })
})
