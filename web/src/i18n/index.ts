// Words. English sentences are their own keys; another language is a file for each area of the app, loaded where it is wanted.
import { useSyncExternalStore } from 'react'

export const LANGUAGES = { en: 'English', de: 'Deutsch' } as const
export type Language = keyof typeof LANGUAGES

/** What is filled into a sentence's `{{places}}`. With a `count` the language's plural is taken, in English from the defaults. */
interface Values {
  count?: number
  defaultValue_one?: string
  defaultValue_other?: string
  [name: string]: string | number | undefined
}

export type Translate = (english: string, values?: Values) => string

const KEPT_AS = 'tollgate.language'
const dictionaries: Partial<Record<Language, Record<string, string>>> = {}
const listeners = new Set<() => void>()
let current: Language = 'en'
let house = 'en'
let translate: Translate = translatorOf('en')

/** The language that is spoken, as a tag (BCP 47). */
export function language(): Language {
  return current
}

/** By which figures and dates are written: the tenant's, if the language is the one that is spoken. */
export function locale(): string {
  return house.split('-')[0] === current ? house : current
}

/** The tenant's locale is known. */
export function settle(tag: string) {
  house = tag
}

function translatorOf(tag: Language): Translate {
  const words = dictionaries[tag] ?? {}
  const plurals = new Intl.PluralRules(tag)
  return (english, values = {}) => {
    const { count, defaultValue_one, defaultValue_other } = values
    const form = count === undefined ? '' : plurals.select(count) === 'one' ? '_one' : '_other'
    const ours = form === '_one' ? defaultValue_one : form ? defaultValue_other : undefined
    const sentence = words[english + form] ?? words[english] ?? ours ?? english
    return sentence.replace(/{{(\w+)}}/g, (place, name) => String(values[name] ?? place))
  }
}

/** Says it in the language that is spoken now. In components [`useTranslation`] is better: it follows when another is chosen. */
export const t: Translate = (english, values) => translate(english, values)

/** The words of the language that is spoken, for as long as the component is there. */
export function useTranslation(): { t: Translate; language: Language } {
  const said = useSyncExternalStore(
    (listener) => {
      listeners.add(listener)
      return () => listeners.delete(listener)
    },
    () => translate,
  )
  return { t: said, language: current }
}

/** The language that was chosen, else the browser's best that there is. */
function preferred(): Language {
  const wanted = [localStorage.getItem(KEPT_AS), ...navigator.languages]
  const known = wanted.map((tag) => tag?.slice(0, 2)).find((tag) => tag && tag in LANGUAGES)
  return (known as Language | undefined) ?? 'en'
}

export async function startWords() {
  await speak(preferred())
}

export async function speak(tag: Language) {
  if (tag === 'de') dictionaries.de ??= (await import('./de')).german
  current = tag
  translate = translatorOf(tag)
  if (typeof document !== 'undefined') document.documentElement.lang = tag
  for (const listener of listeners) listener()
}

/** Whether somebody has chosen a language here. */
export function isChosen(): boolean {
  return localStorage.getItem(KEPT_AS) !== null
}

export async function choose(tag: Language) {
  localStorage.setItem(KEPT_AS, tag)
  await speak(tag)
}
