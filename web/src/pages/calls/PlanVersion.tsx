import { Select } from '@mantine/core'
import { useState } from 'react'
import { $api } from '@/api/client'
import { timeText } from '@/format/time'
import { useTranslation } from '@/i18n'
import { useSession } from '@/session'

/** Chooses at which plan's prices, and of which time, a call is rated again. */
export function PlanVersion({ value, pick }: { value?: string; pick: (version?: string) => void }) {
  const { t } = useTranslation()
  const { time_zone } = useSession().tenant
  const [plan, setPlan] = useState<string | null>(null)
  const plans = $api.useQuery('get', '/api/v1/plans', { params: { query: { limit: 500 } } })
  const versions = $api.useQuery(
    'get',
    '/api/v1/plans/{id}/versions',
    { params: { path: { id: plan ?? '' } } },
    { enabled: Boolean(plan) },
  )
  return (
    <>
      <Select
        label={t('At the prices of')}
        placeholder={t('the plan that was in force for it')}
        data={plans.data?.items.map(({ id, name }) => ({ value: id, label: name })) ?? []}
        value={plan}
        onChange={(next) => {
          setPlan(next)
          pick(undefined)
        }}
        searchable
        clearable
        clearButtonProps={{ 'aria-label': t('Clear') }}
        nothingFoundMessage={t('Nothing found')}
      />
      {plan && (
        <Select
          label={t('Plan version')}
          placeholder={t('Choose one')}
          data={
            versions.data?.items.map(({ id, number, effective_at }) => ({
              value: id,
              label: t('{{number}}, from {{date}}', {
                number,
                date: timeText(effective_at, time_zone, 'date'),
              }),
            })) ?? []
          }
          value={value ?? null}
          onChange={(next) => pick(next ?? undefined)}
        />
      )}
    </>
  )
}
