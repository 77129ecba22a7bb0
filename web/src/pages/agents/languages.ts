// Languages that agents speak, by their tags (BCP 47).
import { language } from '@/i18n'

const OFFERED =
  'en de fr es it pt nl sv da no fi pl cs sk hu ro bg el tr ru uk sr hr sl lt lv et ga cy he ar fa ur hi bn pa ta te ja ko zh yue vi th id ms tl sw am so yo ig ha zu af'

/** The languages that are offered, and those that are given, sorted by their names. */
export function languageChoices(shownIn: string, given: string[]): { value: string; label: string }[] {
  const tags = new Set([...OFFERED.split(' '), ...given])
  return [...tags]
    .map((value) => ({ value, label: languageName(value, shownIn) }))
    .sort((one, other) => one.label.localeCompare(other.label, shownIn))
}

/** A language's name; its tag where nobody knows it. */
export function languageName(tag: string, shownIn: string): string {
  const names = new Intl.DisplayNames(shownIn, { type: 'language' })
  try {
    return names.of(tag) ?? tag
  } catch {
    return tag
  }
}

/** Languages by their names: `English, German`. */
export function languagesText(tags: string[]): string {
  return tags.map((tag) => languageName(tag, language())).join(', ')
}
