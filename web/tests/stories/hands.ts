// Two ways to use the app: with the mouse, and by the keyboard alone.
import { expect, type Locator, type Page } from '@playwright/test'

export interface Hand {
  readonly page: Page
  /** Presses a button, or follows a link. */
  press(target: Locator): Promise<void>
  /** Writes into a field, in place of what is there. */
  write(field: Locator, text: string): Promise<void>
  /** Chooses what is called so from a list. */
  choose(list: Locator, name: string): Promise<void>
  /** Looks for it in a list that is searched, and chooses it. */
  find(list: Locator, name: string): Promise<void>
  /** Goes to a page of the navigation. */
  go(place: string): Promise<void>
  /** Paints the hours of a row of the week's grid with the price that is chosen. */
  paint(day: string, from: number, to: number): Promise<void>
  /** Dials with the phone. */
  dial(phone: Locator, number: string): Promise<void>
}

export class Mouse implements Hand {
  constructor(readonly page: Page) {}

  press = (target: Locator) => target.click()

  write = (field: Locator, text: string) => field.fill(text)

  async choose(list: Locator, name: string) {
    await list.click()
    await this.page.getByRole('option', { name, exact: true }).click()
  }

  async find(list: Locator, name: string) {
    await list.fill(name)
    await this.page.getByRole('option', { name, exact: true }).click()
  }

  go = (place: string) =>
    this.page.getByRole('navigation').getByRole('link', { name: place, exact: true }).click()

  async paint(day: string, from: number, to: number) {
    const cell = (hour: number) => this.page.getByRole('gridcell', { name: `${day}, ${hour}:00` })
    await cell(from).dragTo(cell(to))
  }

  async dial(phone: Locator, number: string) {
    for (const key of number) await phone.getByRole('button', { name: key, exact: true }).click()
  }
}

/** How often Tab is pressed at most on the way to something. */
const PATIENCE = 60

export class Keyboard implements Hand {
  constructor(readonly page: Page) {}

  async press(target: Locator) {
    await this.#reach(target)
    await this.#key('Enter')
  }

  async write(field: Locator, text: string) {
    await this.#reach(field)
    await this.#key('ControlOrMeta+a')
    await this.page.keyboard.type(text)
    await expect(field).toHaveValue(new RegExp(`^${text.replace('.', '\\.')}`))
  }

  async choose(list: Locator, name: string) {
    await this.#reach(list)
    await this.#key('ArrowDown')
    await this.#take(list, name)
  }

  async find(list: Locator, name: string) {
    await this.write(list, name)
    await this.#take(list, name)
  }

  /** With what is still being looked for another option can come to be the marked one, at any time. */
  async #take(list: Locator, name: string) {
    const option = this.page.getByRole('option', { name, exact: true })
    await option.waitFor()
    const isMarked = () => option.evaluate((element) => element.matches('[data-combobox-selected]'))
    await expect(async () => {
      // What was marked before the results came may look marked still.
      await this.#key('ArrowDown')
      await this.#until('ArrowDown', isMarked)
      await this.#key('Enter')
      await expect(option).toBeHidden({ timeout: 1000 })
    }).toPass()
    await expect(list).toHaveValue(name)
  }

  async go(place: string) {
    await this.#key('ControlOrMeta+k')
    const search = this.page.getByPlaceholder('Customer, number, invoice, page or action')
    await expect(search).toBeFocused()
    await this.page.keyboard.type(place)
    const entry = this.page.getByRole('dialog').getByRole('button', { name: place, exact: true })
    await entry.waitFor()
    await this.#until('ArrowDown', () => entry.evaluate((element) => element.matches('[data-selected]')))
    await this.#key('Enter')
    await search.waitFor({ state: 'detached' })
  }

  async paint(day: string, from: number, to: number) {
    await this.#reach(this.page.getByRole('gridcell', { name: `${day}, 00:00` }))
    for (let hour = 0; hour < from; hour++) await this.#key('ArrowRight')
    for (let hour = from; hour < to; hour++) await this.#key('Shift+ArrowRight')
    await this.#key('Space')
  }

  async dial(phone: Locator, number: string) {
    await this.#reach(phone.getByRole('button', { name: '1', exact: true }))
    await this.page.keyboard.type(number)
  }

  #key(key: string) {
    return this.page.keyboard.press(key)
  }

  /** Goes on by Tab until this has the focus, and sees that it has. */
  async #reach(target: Locator) {
    await target.waitFor()
    const isThere = () => target.evaluate((element) => element === document.activeElement)
    await this.#until('Tab', isThere)
    expect(await target.evaluate(showsFocus), `the focus is seen at ${target}`).toBe(true)
  }

  async #until(key: string, isThere: () => Promise<boolean>) {
    for (let presses = 0; !(await isThere()); presses++) {
      expect(presses, `presses of ${key}`).toBeLessThan(PATIENCE)
      await this.#key(key)
    }
  }
}

/** Whether an element looks otherwise than without the focus, or, as fields do, what is around it. */
function showsFocus(element: Element): boolean {
  const looks = () => {
    for (const each of document.getAnimations()) if (each instanceof CSSTransition) each.finish()
    return [element, element.parentElement ?? element].map((of) => {
      const { outline, border, boxShadow, backgroundColor } = getComputedStyle(of)
      return [outline, border, boxShadow, backgroundColor].join()
    })
  }
  const focused = looks().join()
  if (!(element instanceof HTMLElement)) return false
  element.blur()
  const blurred = looks().join()
  element.focus({ preventScroll: true })
  return focused !== blurred
}
