import { Button, Group, Stack, Title } from '@mantine/core'
import { useState } from 'react'
import { useChanged } from '@/api/changed'
import { $api, fetchClient, ifVersion, type Schema } from '@/api/client'
import { Money } from '@/format/money'
import { Time } from '@/format/time'
import { useTranslation } from '@/i18n'
import { useSession } from '@/session'
import { type Column, List } from '@/ui/List'
import { useReversalKinds } from '@/ui/moneyWords'
import { CustomerName } from '@/ui/names'
import { listed, PAGES } from '@/ui/pages'
import { StateBadge } from '@/ui/StateBadge'
import { Failure } from '@/ui/states'

type Reversal = Schema<'ReversalDocument'>

/** Payments that went back, of a customer or of all; none of it where there are none. */
export function Reversals({ customer }: { customer?: string }) {
  const { t } = useTranslation()
  const kinds = useReversalKinds()
  const reversals = $api.useInfiniteQuery(
    'get',
    '/api/v1/reversals',
    { params: { query: { customer, limit: 20 } } },
    PAGES,
  )
  const columns: Column<Reversal>[] = [
    { key: 'at', title: t('Recorded'), cell: ({ made_at }) => <Time at={made_at} /> },
    {
      key: 'customer',
      title: t('Customer'),
      cell: ({ customer: id }) => (id ? <CustomerName id={id} /> : t('a payment that is not told of yet')),
    },
    { key: 'kind', title: t('What happened'), cell: ({ kind }) => kinds[kind] ?? kind },
    { key: 'reason', title: t('Reason'), cell: ({ reason }) => reason ?? <span aria-hidden>–</span> },
    { key: 'state', title: t('State'), cell: (reversal) => <State reversal={reversal} /> },
    {
      key: 'amount',
      title: t('Amount'),
      cell: ({ amount, currency }) => <Money amount={amount} currency={currency} />,
      isFigure: true,
      onCard: 'beside',
    },
  ]
  const list = listed(reversals)
  if (!list.rows?.length) return null
  return (
    <Stack gap="xs">
      <Title order={2} size="h5">
        {t('Payments that went back')}
      </Title>
      <List
        label={t('Payments that went back')}
        columns={columns}
        rowKey={({ id }) => id}
        empty={{ title: '' }}
        expected={2}
        {...list}
      />
    </Stack>
  )
}

/** How it stands; who may says what came of a dispute. */
function State({ reversal: { id, kind, state, version } }: { reversal: Reversal }) {
  const { t } = useTranslation()
  const mayDecide = useSession().is('owner', 'admin', 'clerk')
  const changed = useChanged()
  const [error, setError] = useState<unknown>()
  if (kind !== 'dispute') return <StateBadge state={state} />
  if (state !== 'open') return <StateBadge state={state === 'done' ? 'lost' : 'won'} />
  const decide = async (decided: string) => {
    setError(undefined)
    try {
      await fetchClient.PUT('/api/v1/reversals/{id}', {
        params: { path: { id }, header: ifVersion(version) as { 'If-Match': string } },
        body: { state: decided },
      })
    } catch (refusal) {
      setError(refusal)
    }
    void changed('payments', 'reversals', 'invoices', 'customers', 'lines')
  }
  return (
    <Stack gap={4}>
      <Group gap="xs">
        <StateBadge state="open" />
        {mayDecide && (
          <>
            <Button size="compact-xs" variant="default" onClick={() => void decide('undone')}>
              {t('Won')}
            </Button>
            <Button size="compact-xs" variant="default" onClick={() => void decide('done')}>
              {t('Lost')}
            </Button>
          </>
        )}
      </Group>
      {error !== undefined && <Failure error={error} />}
    </Stack>
  )
}
