import { $api } from '@/api/client'
import { Money } from '@/format/money'
import { useTranslation } from '@/i18n'
import { planOf } from '../document'
import { rateText } from '../words'

/** What a plan of the list costs now. */
export function PlanPrice({ id, of }: { id: string; of: 'fee' | 'calls' }) {
  const { t } = useTranslation()
  const { data } = $api.useQuery(
    'get',
    '/api/v1/plans/{id}',
    { params: { path: { id } } },
    { staleTime: 60_000 },
  )
  if (!data?.in_force) return <span aria-hidden>–</span>
  const { monthly_fee, currency, rate, kind } = planOf(data.in_force)
  if (of === 'fee') return <Money amount={monthly_fee} currency={currency} />
  if (kind === 'fixed') return t('in the fee')
  return rate ? rateText(rate, currency) : t('by the rate deck')
}
