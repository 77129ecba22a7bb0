import { Anchor } from '@mantine/core'
import { Link } from '@tanstack/react-router'
import { useState } from 'react'
import { $api, type Schema } from '@/api/client'
import { Money } from '@/format/money'
import { Time } from '@/format/time'
import { useTranslation } from '@/i18n'
import { useSession } from '@/session'
import { DialogButton } from '@/ui/DialogButton'
import { type Column, List } from '@/ui/List'
import { Page } from '@/ui/Page'
import { listed, PAGES } from '@/ui/pages'
import { MoneySections } from '../Payments'
import { Codes } from './Codes'
import { NewBatch } from './NewBatch'
import { BatchState } from './state'

type Batch = Schema<'VoucherBatchDocument'>

/** All batches of vouchers, the newest first; or the codes of one that was just made, this once. */
export function Vouchers() {
  const [made, setMade] = useState<Schema<'NewVoucherBatchAnswer'>>()
  return made ? <Codes {...made} close={() => setMade(undefined)} /> : <Batches made={setMade} />
}

function Batches({ made }: { made: (answer: Schema<'NewVoucherBatchAnswer'>) => void }) {
  const { t } = useTranslation()
  const mayMake = useSession().is('owner', 'admin', 'clerk')
  const batches = $api.useInfiniteQuery(
    'get',
    '/api/v1/voucher-batches',
    { params: { query: { limit: 50 } } },
    PAGES,
  )
  const button = mayMake && (
    <DialogButton label={t('New vouchers')}>{(close) => <NewBatch made={made} close={close} />}</DialogButton>
  )
  return (
    <Page title={t('Vouchers')} actions={button}>
      <MoneySections />
      <List
        label={t('Vouchers')}
        columns={useColumns()}
        rowKey={({ id }) => id}
        empty={{ title: t('There are no vouchers yet.'), action: button }}
        {...listed(batches)}
      />
    </Page>
  )
}

function useColumns(): Column<Batch>[] {
  const { t } = useTranslation()
  return [
    {
      key: 'name',
      title: t('Name'),
      cell: ({ id, name }) => (
        <Anchor component={Link} to={`/vouchers/${id}`}>
          {name}
        </Anchor>
      ),
    },
    { key: 'made', title: t('Made'), cell: ({ created_at }) => <Time at={created_at} style="date" /> },
    {
      key: 'until',
      title: t('To be redeemed before'),
      cell: ({ expires_at }) => (expires_at ? <Time at={expires_at} style="date" /> : t('no end')),
    },
    { key: 'state', title: t('State'), cell: (batch) => <BatchState {...batch} /> },
    {
      key: 'redeemed',
      title: t('Redeemed'),
      cell: ({ redeemed, count }) => t('{{redeemed}} of {{count}}', { redeemed, count }),
      isFigure: true,
    },
    {
      key: 'amount',
      title: t('Worth'),
      cell: ({ amount, currency }) => <Money amount={amount} currency={currency} />,
      isFigure: true,
      onCard: 'beside',
    },
  ]
}
