import { Anchor } from '@mantine/core'
import { Link } from '@tanstack/react-router'
import type { Schema } from '@/api/client'
import { Time } from '@/format/time'
import { useTranslation } from '@/i18n'
import type { Column } from '@/ui/List'
import { StateBadge } from '@/ui/StateBadge'
import { usePlanNames } from '../plans'
import { planNow } from './planNow'

/** What a list shows of each line. */
export function useLineColumns(): Column<Schema<'LineDocument'>>[] {
  const { t } = useTranslation()
  const plans = usePlanNames()
  return [
    {
      key: 'number',
      title: t('Number'),
      cell: ({ id, number }) => (
        <Anchor component={Link} to={`/lines/${id}`} className="figures">
          {number}
        </Anchor>
      ),
    },
    { key: 'plan', title: t('Plan'), cell: (line) => plans.get(planNow(line) ?? '') ?? '–' },
    { key: 'state', title: t('State'), cell: ({ state }) => <StateBadge state={state} />, onCard: 'beside' },
    {
      key: 'opened',
      title: t('Opened'),
      cell: ({ opened_at }) => <Time at={opened_at} style="date" />,
      isFigure: true,
      onCard: 'never',
    },
  ]
}
