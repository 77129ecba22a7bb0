// The call button of an adviser: with free minutes, with a balance, with nothing; and what the adviser earns.
import { expect, test } from '@playwright/test'
import { arrive, Clock, phoneOf } from './people'

test('customers call an adviser, who sees what that earns', async ({ browser, request }) => {
  const clock = new Clock(request)
  const morgan = await arrive(browser, 'morgan')
  const callsToday = async () => {
    // biome-ignore lint/performance/useDomNodeTextContent: the figures' places on the page keep their digits apart
    const today = await morgan.getByRole('main').innerText()
    return Number(/(\d+) calls?/.exec(today)?.[1])
  }
  await expect(async () => expect(await callsToday()).toBeGreaterThanOrEqual(0)).toPass()
  const before = await callsToday()
  const desk = await phoneOf(morgan, '0070')

  const nora = await arrive(browser, 'nora')
  await nora.goto('/portal/agents')
  await expect(nora.getByRole('button', { name: 'Need $2.98 to call' })).toBeDisabled()

  const greta = await arrive(browser, 'greta')
  await greta.goto('/portal/agents')
  await greta.getByRole('button', { name: /^Call Morgan/ }).click()
  await desk.getByRole('button', { name: 'Answer' }).click()
  const timer = greta.getByRole('timer', { name: 'Time' })
  await expect(timer).toHaveText('0:00')
  await clock.pass(60)
  await expect(timer).toHaveText('1:00')
  await greta.getByRole('button', { name: /^Hang up the call/ }).click()
  // The minute was free, the connect fee is not.
  await expect(greta.getByText('The call is over')).toBeVisible()
  await expect(greta.getByText(/\$0\.99/).first()).toBeVisible()
  await expect(greta.getByText('1:00 of it free')).toBeVisible()

  const lantern = await arrive(browser, 'lantern')
  await lantern.goto('/portal/agents')
  await lantern.getByRole('button', { name: /^Call Morgan/ }).click()
  await desk.getByRole('button', { name: 'Answer' }).click()
  await clock.pass(61)
  await expect(lantern.getByText(/\$4\.97|\$8\.97/).first()).toBeVisible()
  await desk.getByRole('button', { name: 'Hang up' }).click()
  await expect(lantern.getByText('The call is over')).toBeVisible()

  await expect(async () => expect(await callsToday()).toBe(before + 2)).toPass()
})
