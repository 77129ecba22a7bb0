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
        maw={240}
      />
      <ZoneField />
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
      maw={360}
      limit={60}
      // A zone may have names that this browser does not list.
      data={zones.includes(zone) ? zones : [zone, ...zones]}
      defaultValue={zone}
      onChange={change}
    />
  )
}
