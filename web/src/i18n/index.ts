// Words. English sentences are their own keys; another language is a file for each area of the app.
import i18next from 'i18next'
import { initReactI18next } from 'react-i18next'

export const LANGUAGES = { en: 'English', de: 'Deutsch' } as const
export type Language = keyof typeof LANGUAGES

const KEPT_AS = 'tollgate.language'

/** The language that was chosen, else the browser's best that there is. */
function preferred(): Language {
  const wanted = [localStorage.getItem(KEPT_AS), ...navigator.languages]
  const known = wanted.map((tag) => tag?.slice(0, 2)).find((tag) => tag && tag in LANGUAGES)
  return (known as Language | undefined) ?? 'en'
}

/** Another language is loaded only where it is wanted. */
async function load(language: Language) {
  if (language === 'de' && !i18next.hasResourceBundle('de', 'translation')) {
    const { german } = await import('./de')
    i18next.addResourceBundle('de', 'translation', german)
  }
}

export async function startWords() {
  await i18next.use(initReactI18next).init({
    lng: 'en',
    fallbackLng: false,
    resources: { en: { translation: {} } },
    keySeparator: false,
    nsSeparator: false,
    interpolation: { escapeValue: false },
    returnEmptyString: false,
  })
  await speak(preferred())
}

export async function speak(language: Language) {
  await load(language)
  await i18next.changeLanguage(language)
  document.documentElement.lang = language
}

export async function choose(language: Language) {
  localStorage.setItem(KEPT_AS, language)
  await speak(language)
}
