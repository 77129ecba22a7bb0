import { Select, SimpleGrid, TextInput } from '@mantine/core'
import { useTranslation } from '@/i18n'
import { useSession } from '@/session'
import { useDecks } from './decks'
import type { PlanFormState } from './PlanForm'

const ZONES = Intl.supportedValuesOf('timeZone')

/** What of a plan is not about its own price. */
export function Elsewhere({ form }: { form: PlanFormState }) {
  const { t } = useTranslation()
  const { time_zone } = useSession().tenant
  const { decks } = useDecks()
  const { currency, deck } = form.values
  const fitting = decks.filter((each) => each.currency === currency)
  return (
    <SimpleGrid cols={{ base: 1, sm: 2 }} spacing="md">
      <Select
        label={t('Rate deck')}
        description={t('prices numbers by their prefixes')}
        placeholder={t('none')}
        data={fitting.map(({ id, name }) => ({ value: id, label: name }))}
        {...form.getInputProps('deck')}
        clearable
        searchable
      />
      {deck && (
        <Select
          label={t('Numbers without an entry')}
          description={t('that the rate deck does not know')}
          data={[
            { value: 'plan', label: t("at the plan's own price") },
            { value: 'refuse', label: t('are refused') },
          ]}
          {...form.getInputProps('unlisted')}
          allowDeselect={false}
        />
      )}
      <TextInput
        label={t('Price of a message')}
        description={t('empty where no messages are sold')}
        {...form.getInputProps('message_price')}
        inputMode="decimal"
        rightSection={currency}
        rightSectionWidth={52}
      />
      <Select
        label={t('Time zone of the discount periods')}
        description={t('empty for that of the house')}
        placeholder={time_zone}
        data={ZONES}
        value={form.values.time_zone || null}
        onChange={(zone) => form.setFieldValue('time_zone', zone ?? '')}
        error={form.errors.time_zone}
        data-path="time_zone"
        limit={50}
        clearable
        searchable
      />
    </SimpleGrid>
  )
}
