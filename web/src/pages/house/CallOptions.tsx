import { Checkbox, NativeSelect, Select, SimpleGrid, TextInput } from '@mantine/core'
import type { UseFormReturnType } from '@mantine/form'
import { $api } from '@/api/client'
import { useTranslation } from '@/i18n'
import { useSession } from '@/session'
import type { Options } from './importOptions'
import { Mapping } from './Mapping'

/** How a file of calls is read. */
export function CallOptions({ form }: { form: UseFormReturnType<Options> }) {
  const { t } = useTranslation()
  const { time_zone } = useSession().tenant
  const { format, create_missing } = form.values
  return (
    <>
      {format === 'asterisk_csv' && (
        <NativeSelect
          label={t('Who pays')}
          data={[
            { value: 'src', label: t('the line with the caller’s number') },
            { value: 'accountcode', label: t('the customer or line of the account code') },
          ]}
          {...form.getInputProps('customer_by')}
        />
      )}
      {format === 'csv' && <Mapping form={form} />}
      <SimpleGrid cols={{ base: 1, xs: 3 }} spacing="sm">
        <TextInput
          label={t('Time zone')}
          description={t('Of times without one')}
          placeholder={time_zone}
          {...form.getInputProps('time_zone')}
        />
        <NativeSelect
          label={t('Encoding')}
          description={t('How the text is written')}
          data={[
            { value: 'utf-8', label: 'UTF-8' },
            { value: 'latin-1', label: 'Latin-1' },
          ]}
          {...form.getInputProps('encoding')}
        />
        <TextInput
          label={t('Switch')}
          description={t('Only with several: its name')}
          {...form.getInputProps('system')}
        />
      </SimpleGrid>
      <Checkbox
        label={t('Make customers of payers who are not known')}
        description={t('Each with a line on one plan. Else their calls wait for a price.')}
        {...form.getInputProps('create_missing', { type: 'checkbox' })}
      />
      {create_missing && <PlanChoice form={form} />}
    </>
  )
}

function PlanChoice({ form }: { form: UseFormReturnType<Options> }) {
  const { t } = useTranslation()
  const plans = $api.useQuery('get', '/api/v1/plans', { params: { query: { limit: 500 } } }).data
  return (
    <Select
      label={t('Plan of these lines')}
      required
      searchable
      data={plans?.items.map(({ id, name }) => ({ value: id, label: name })) ?? []}
      {...form.getInputProps('plan')}
    />
  )
}
