// Every page, for everybody: axe finds nothing in either colour scheme nor on a phone's width, and no page is wider than its screen.
import { readFileSync } from 'node:fs'
import { createRequire } from 'node:module'
import { expect, type Page, test } from '@playwright/test'
import { arrive } from './people'

const axe = readFileSync(createRequire(import.meta.url).resolve('axe-core/axe.min.js'), 'utf8')

const PAGES: Record<string, string[]> = {
  admin: [
    '/overview',
    '/calls/live',
    '/calls',
    '/customers',
    '/lines',
    '/conversations',
    '/invoices',
    '/payments',
    '/bill-runs',
    '/plans',
    '/decks',
    '/calculator',
    '/agents',
    '/payouts',
    '/imports',
    '/jobs',
    '/audit',
    '/users',
    '/keys',
    '/settings',
    '/profile',
  ],
  lantern: ['/portal', '/portal/calls', '/portal/invoices', '/portal/agents', '/portal/messages'],
  morgan: ['/desk'],
}

/** Where the first row of a list leads to. */
const FIRST_OF = [
  '/customers',
  '/lines',
  '/calls',
  '/plans',
  '/decks',
  '/agents',
  '/invoices',
  '/conversations',
]

async function faults(page: Page): Promise<string[]> {
  await page.evaluate(axe)
  return page.evaluate(async () => {
    // biome-ignore lint/suspicious/noExplicitAny: axe comes into the page as a global
    const { violations } = await (window as any).axe.run(document, {
      runOnly: ['wcag2a', 'wcag2aa', 'wcag21a', 'wcag21aa', 'wcag22aa', 'best-practice'],
    })
    const wide = document.documentElement.scrollWidth - window.innerWidth
    const found = violations.map(
      (violation: { id: string; nodes: { target: string[]; failureSummary: string }[] }) =>
        `${violation.id}: ${violation.nodes.map((node) => `${node.target.join(' ')} ${node.failureSummary}`).join('; ')}`,
    )
    return wide > 1 ? [...found, `wider than the screen by ${wide}`] : found
  })
}

async function look(page: Page, path: string): Promise<string[]> {
  await page.goto(path)
  await page.getByRole('heading', { level: 1 }).first().waitFor()
  await expect(page.locator('[aria-busy="true"]')).toHaveCount(0)
  return (await faults(page)).map((fault) => `${path}: ${fault}`)
}

for (const [scheme, width] of [
  ['light', 1280],
  ['dark', 1280],
  ['light', 390],
] as const) {
  test(`${scheme}, ${width} wide`, async ({ browser }) => {
    test.setTimeout(900_000)
    const found: string[] = []
    for (const [name, paths] of Object.entries(PAGES)) {
      const page = await arrive(browser, name, { colorScheme: scheme, viewport: { width, height: 800 } })
      page.on('pageerror', (error) => found.push(`${page.url()}: ${error}`))
      for (const path of paths) {
        found.push(...(await look(page, path)))
        const first = page.locator(`main a[href^="${path}/"]`).first()
        if (FIRST_OF.includes(path) && (await first.count()) > 0) {
          found.push(...(await look(page, (await first.getAttribute('href')) ?? path)))
        }
      }
      await page.context().close()
    }
    expect(found).toEqual([])
  })
}
