import { Select, TextInput } from '@mantine/core'
import { useTranslation } from '@/i18n'
import { useField } from '../fields'
import { HolidaysField } from '../HolidaysField'

/** What money, days and periods are counted by. */
export function Region() {
  const { t } = useTranslation()
  const currency = useField({
    at: 'currency',
    label: t('Currency'),
    help: t('Of new customers and plans. It stays what it was at the founding.'),
  })
  return (
    <>
      <TextInput
        {...currency.input}
        readOnly
        variant="filled"
        defaultValue={String(currency.value)}
        styles={{ wrapper: { maxWidth: 240 } }}
      />
      <ZoneField />
      <LocaleField />
      <HolidaysField />
    </>
  )
}

function ZoneField() {
  const { t } = useTranslation()
  const { key, value, change, input } = useField({
    at: 'time_zone',
    label: t('Time zone'),
    help: t('Days, billing periods and discount periods begin by its clock; all pages show its time.'),
  })
  const zone = String(value)
  const zones = Intl.supportedValuesOf('timeZone')
  return (
    <Select
      key={key}
      {...input}
      searchable
      allowDeselect={false}
      styles={{ wrapper: { maxWidth: 360 } }}
      limit={60}
      // A zone may have names that this browser does not list.
      data={zones.includes(zone) ? zones : [zone, ...zones]}
      defaultValue={zone}
      onChange={change}
    />
  )
}

/** The locales of the languages that documents are written in. */
const LOCALES = [
  ...['en', 'en-GB', 'en-IE', 'en-US', 'en-CA', 'en-AU', 'en-NZ', 'en-ZA', 'en-IN'],
  ...['de', 'de-DE', 'de-AT', 'de-CH', 'de-LI', 'de-LU'],
]

function LocaleField() {
  const { t, language } = useTranslation()
  const { key, value, change, input } = useField({
    at: 'locale',
    label: t('Language'),
    help: t(
      'Of documents and mails for whom no other is known; figures and dates are written as in its country.',
    ),
  })
  const names = new Intl.DisplayNames([language], { type: 'language' })
  const locale = String(value)
  const locales = LOCALES.includes(locale) ? LOCALES : [locale, ...LOCALES]
  return (
    <Select
      key={key}
      {...input}
      allowDeselect={false}
      styles={{ wrapper: { maxWidth: 360 } }}
      data={locales.map((tag) => ({ value: tag, label: names.of(tag) ?? tag }))}
      defaultValue={locale}
      onChange={change}
    />
  )
}
