import { type APIRequestContext, type Browser, expect, type Page } from '@playwright/test'

/** Somebody of the demo, whose password is their name, with a browser of their own. */
export async function arrive(
  browser: Browser,
  name: string,
  options: Parameters<Browser['newContext']>[0] = {},
): Promise<Page> {
  const context = await browser.newContext(options)
  const page = await context.newPage()
  await page.goto('/sign-in')
  await page.getByLabel('E-mail address or name').fill(name)
  await page.getByLabel('Password').fill(name)
  await page.getByRole('button', { name: 'Sign in' }).click()
  await page.waitForURL((url) => url.pathname !== '/sign-in')
  return page
}

/** The phone of whoever is signed in, switched on for a line. */
export async function phoneOf(page: Page, number: string) {
  const phone = page.getByRole('region', { name: 'Phone' })
  await phone.getByRole('button', { name: 'Phone' }).click()
  const line = phone.getByRole('combobox', { name: 'Line' })
  // Who has one line has it chosen already.
  const isChosen = await expect(line)
    .toHaveValue(number, { timeout: 2000 })
    .then(() => true)
    .catch(() => false)
  if (!isChosen) {
    await line.fill(number)
    await page.getByRole('option', { name: number }).click()
  }
  await phone.getByRole('button', { name: 'Switch the phone on' }).click()
  await phone.getByRole('group', { name: 'Keys' }).waitFor()
  return phone
}

/** The clock of the demo, which stands still until it is moved. Sessions end when it leaps: people arrive again then. */
export class Clock {
  constructor(private readonly request: APIRequestContext) {}

  async now(): Promise<Date> {
    const { now } = await this.ask('get')
    return new Date(now)
  }

  async moveTo(instant: Date) {
    await this.ask('post', { now: instant.toISOString() })
  }

  /** Second by second, so that what is due in between happens. */
  async pass(seconds: number) {
    const start = await this.now()
    for (let second = 1; second <= seconds; second++) {
      await this.moveTo(new Date(start.getTime() + second * 1000))
      await new Promise((resolve) => setTimeout(resolve, 20))
    }
  }

  private async ask(method: 'get' | 'post', data?: object): Promise<{ now: string }> {
    const headers = { origin: process.env.TOLLGATE_STORY_URL ?? '' }
    const answer = await this.request[method]('/api/v1/test/clock', { data, headers })
    if (answer.status() === 401) {
      await this.request.post('/api/v1/session', { data: { sign_in: 'admin', password: 'admin' }, headers })
      return this.ask(method, data)
    }
    return answer.json()
  }
}
