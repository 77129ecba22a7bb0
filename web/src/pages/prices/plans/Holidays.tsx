import { Radio, Stack, Text } from '@mantine/core'
import { DatePickerInput } from '@mantine/dates'
import '@mantine/dates/styles.css'
import { $api } from '@/api/client'
import { dayText } from '@/format/day'
import { useTranslation } from '@/i18n'
import type { PlanFormState } from './PlanForm'

/** Which dates the holidays of the week are. */
export function Holidays({ form }: { form: PlanFormState }) {
  const { t } = useTranslation()
  const tenant = $api.useQuery('get', '/api/v1/tenant', {}, { staleTime: 60_000 })
  const { holidays: ofHouse = [] } = (tenant.data?.settings ?? {}) as { holidays?: string[] }
  const { hasHolidays } = form.values
  return (
    <Stack gap="xs">
      <Radio.Group
        label={t('Holidays')}
        value={hasHolidays ? 'own' : 'house'}
        onChange={(value) => form.setFieldValue('hasHolidays', value === 'own')}
      >
        <Stack gap={6} mt={6}>
          <Radio
            value="house"
            label={t('those of the house')}
            description={ofHouse.map(dayText).join(' · ') || t('There are none in the settings.')}
          />
          <Radio value="own" label={t("the plan's own")} />
        </Stack>
      </Radio.Group>
      {hasHolidays && (
        <DatePickerInput
          type="multiple"
          aria-label={t('Dates of the holidays')}
          placeholder={t('Choose dates')}
          {...form.getInputProps('holidays')}
          clearable
          maw={480}
        />
      )}
      {hasHolidays && form.values.holidays.length === 0 && (
        <Text size="sm" c="dimmed">
          {t('Without dates, no day is a holiday.')}
        </Text>
      )}
    </Stack>
  )
}
