import { language } from '@/i18n'

/** Languages by their names: `English, German`. */
export function languagesText(tags: string[]): string {
  const names = new Intl.DisplayNames(language(), { type: 'language', fallback: 'code' })
  const named = (tag: string) => {
    try {
      return names.of(tag) ?? tag
    } catch {
      return tag
    }
  }
  return tags.map(named).join(', ')
}
