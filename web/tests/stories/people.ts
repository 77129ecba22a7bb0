import { type APIRequestContext, type Browser, expect, type Page } from '@playwright/test'

/** Somebody of the demo, whose password is their name, with a browser of their own, whose pages begin with this script. */
export async function arrive(
  browser: Browser,
  name: string,
  options: Parameters<Browser['newContext']>[0] = {},
  script = '',
): Promise<Page> {
  const context = await browser.newContext(options)
  await context.addInitScript(script)
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

  /** This time of tomorrow, in UTC. */
  async tomorrowAt(time: string) {
    const tomorrow = new Date((await this.now()).getTime() + 86_400_000)
    await this.moveTo(new Date(`${tomorrow.toISOString().slice(0, 10)}T${time}:00Z`))
  }

  /** A day of the next month at a time of it, in UTC. */
  async nextMonthOn(day: number, hour: number) {
    const now = await this.now()
    await this.moveTo(new Date(Date.UTC(now.getUTCFullYear(), now.getUTCMonth() + 1, day, hour)))
  }

  /** Second by second, so that what is due in between happens. */
  async pass(seconds: number) {
    const start = await this.now()
    for (let second = 1; second <= seconds; second++) {
      await this.moveTo(new Date(start.getTime() + second * 1000))
      await new Promise((resolve) => setTimeout(resolve, 20))
    }
  }

  /** Waits until all calls are answered for whoever charges them: on the screens they are so a moment before. */
  async callsAreAnswered() {
    const answered = async () => {
      const { items } = await ask<{ items: { answered_at: string | null }[] }>(
        this.request,
        'get',
        '/api/v1/charging/sessions',
      )
      return items.length > 0 && items.every((call) => call.answered_at !== null)
    }
    await expect.poll(answered).toBe(true)
  }

  private ask(method: 'get' | 'post', data?: object): Promise<{ now: string }> {
    return ask(this.request, method, '/api/v1/test/clock', data)
  }
}

/** What is said with a request: that it is of our page, and another than any before. */
export const headers = () => ({
  origin: process.env.TOLLGATE_STORY_URL ?? '',
  'idempotency-key': crypto.randomUUID(),
})

/** What is asked of the API: by whoever is signed in, and else by the owner of the company. */
export async function ask<Answer>(
  request: APIRequestContext,
  method: 'get' | 'post' | 'put',
  path: string,
  data?: object,
  version?: number,
): Promise<Answer> {
  const ifVersion = version === undefined ? undefined : { 'if-match': `"${version}"` }
  const sent = { data, headers: { ...headers(), ...ifVersion } }
  const send = () => request[method](path, sent)
  let answer = await send()
  if (answer.status() === 401) {
    const admin = { sign_in: 'admin', password: 'admin' }
    await request.post('/api/v1/session', { data: admin, headers: headers() })
    answer = await send()
  }
  expect(answer.ok(), await answer.text()).toBe(true)
  return answer.json()
}

/** The owner has the clerk coordinate from now on, and nothing else. */
export async function makeCoordinator(browser: Browser) {
  await makeClerk(browser, { roles: ['coordinator'], customers: [], agent: null })
}

/** The owner has the clerk be this agent from now on, and nothing else. */
export async function makeAgent(browser: Browser, agent: string) {
  await makeClerk(browser, { roles: ['agent'], customers: [], agent })
}

async function makeClerk(browser: Browser, grants: object) {
  const { request } = (await arrive(browser, 'admin')).context()
  type Members = { items: { user: { id: string; name: string }; roles: string[]; version: number }[] }
  const { items } = await ask<Members>(request, 'get', '/api/v1/members')
  const clerk = items.find(({ roles }) => roles.includes('clerk'))
  await ask(request, 'put', `/api/v1/members/${clerk?.user.id}`, grants, clerk?.version)
}
