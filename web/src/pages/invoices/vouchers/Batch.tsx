import { Anchor } from '@mantine/core'
import { notifications } from '@mantine/notifications'
import { getRouteApi, Link } from '@tanstack/react-router'
import { useChanged } from '@/api/changed'
import { $api, fetchClient, type once, type Schema } from '@/api/client'
import { Money } from '@/format/money'
import { Time } from '@/format/time'
import { useTranslation } from '@/i18n'
import { useSession } from '@/session'
import { ActorName } from '@/ui/ActorName'
import { ConfirmButton } from '@/ui/ConfirmButton'
import { Facts } from '@/ui/Facts'
import { type Column, List } from '@/ui/List'
import { CustomerName } from '@/ui/names'
import { Page } from '@/ui/Page'
import { listed, PAGES } from '@/ui/pages'
import { Failure, Waiting } from '@/ui/states'
import { BatchState, isOver } from './state'

const route = getRouteApi('/frame/vouchers/$id')

/** A batch of vouchers: what they are worth, and who has redeemed them. */
export function Batch() {
  const { t } = useTranslation()
  const { id } = route.useParams()
  const mayRevoke = useSession().is('owner', 'admin', 'clerk')
  const batch = $api.useQuery('get', '/api/v1/voucher-batches/{id}', { params: { path: { id } } })
  if (batch.error) return <Failure error={batch.error} again={() => void batch.refetch()} />
  if (!batch.data) return <Waiting />
  const { name, amount, currency, count, redeemed, expires_at, created_at, created_by } = batch.data
  const facts = [
    { title: t('Each is worth'), value: <Money amount={amount} currency={currency} />, isStrong: true },
    { title: t('Redeemed'), value: t('{{redeemed}} of {{count}}', { redeemed, count }) },
    {
      title: t('To be redeemed before'),
      value: expires_at ? <Time at={expires_at} style="exact" /> : t('no end'),
    },
    { title: t('Made'), value: <Time at={created_at} style="exact" /> },
    { title: t('By'), value: <ActorName actor={created_by} /> },
  ]
  return (
    <Page
      title={name}
      mark={<BatchState {...batch.data} />}
      actions={mayRevoke && !isOver(batch.data) && <Revoke {...batch.data} />}
    >
      <Facts facts={facts} />
      <Each id={id} />
    </Page>
  )
}

function Revoke({ id, count, redeemed }: Schema<'VoucherBatchDocument'>) {
  const { t } = useTranslation()
  const changed = useChanged()
  const revoke = async (header: ReturnType<typeof once>) => {
    const params = { path: { id }, header }
    await fetchClient.POST('/api/v1/voucher-batches/{id}/revoke', { params })
    void changed('voucher-batches')
    notifications.show({ message: t('The vouchers are worth nothing any more.') })
  }
  return (
    <ConfirmButton
      label={t('Revoke')}
      warning={t(
        'The {{left}} vouchers that nobody has redeemed are worth nothing from now on. It cannot be taken back.',
        { left: count - redeemed },
      )}
      run={revoke}
    />
  )
}

function Each({ id }: { id: string }) {
  const { t } = useTranslation()
  const vouchers = $api.useInfiniteQuery(
    'get',
    '/api/v1/voucher-batches/{id}/vouchers',
    { params: { path: { id }, query: { limit: 100 } } },
    PAGES,
  )
  const columns: Column<Schema<'VoucherDocument'>>[] = [
    { key: 'position', title: t('No.'), cell: ({ position }) => position },
    {
      key: 'code',
      title: t('Code'),
      cell: ({ ending }) => (
        <span className="figures" title={t('Only its end is known.')}>
          …-{ending}
        </span>
      ),
    },
    {
      key: 'by',
      title: t('Redeemed by'),
      cell: ({ redeemed_by }) =>
        redeemed_by ? <CustomerName id={redeemed_by} /> : <span aria-hidden>–</span>,
    },
    {
      key: 'at',
      title: t('On'),
      cell: ({ redeemed_at, redeemed_by }) =>
        redeemed_at ? (
          <Anchor component={Link} to="/payments" search={{ customer: redeemed_by } as never}>
            <Time at={redeemed_at} />
          </Anchor>
        ) : (
          <span aria-hidden>–</span>
        ),
      isFigure: true,
    },
  ]
  return (
    <List
      label={t('Vouchers')}
      columns={columns}
      rowKey={({ position }) => String(position)}
      empty={{ title: '' }}
      {...listed(vouchers)}
    />
  )
}
