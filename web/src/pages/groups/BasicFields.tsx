import { NumberInput, Select, TextInput } from '@mantine/core'
import { useTranslation } from '@/i18n'
import { useSession } from '@/session'

interface BasicFieldsProps {
  /** What a field takes of the form. */
  field: (name: 'name' | 'time_zone' | 'wanted') => object
  /** Whether the name is what is written first. */
  isNew?: boolean
}

/** What every group has: a name, a zone, and how many are to be there. */
export function BasicFields({ field, isNew }: BasicFieldsProps) {
  const { t } = useTranslation()
  const { time_zone } = useSession().tenant
  return (
    <>
      <TextInput label={t('Name')} required data-autofocus={isNew || undefined} {...field('name')} />
      <Select
        label={t('Time zone')}
        description={t('Of its roster: the hours of shifts are those of its clocks.')}
        placeholder={time_zone}
        data={Intl.supportedValuesOf('timeZone')}
        searchable
        clearable
        limit={50}
        {...field('time_zone')}
      />
      <NumberInput
        label={t('Wanted on duty')}
        description={t('How many at any time: where there are fewer, the roster has a gap.')}
        required
        min={1}
        max={100}
        allowDecimal={false}
        {...field('wanted')}
      />
    </>
  )
}
