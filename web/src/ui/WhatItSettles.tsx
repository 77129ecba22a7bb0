import { NativeSelect, type NativeSelectProps, Skeleton, Table, Text } from '@mantine/core'
import { $api, type Schema } from '@/api/client'
import { Day } from '@/format/day'
import { isZero, Money } from '@/format/money'
import { useTranslation } from '@/i18n'
import { usePayer } from './payer'

type WhatItSettlesProps = NativeSelectProps & { customer: string }

/** What a customer has to pay, and which of it a payment settles first. */
export function WhatItSettles({ customer, ...props }: WhatItSettlesProps) {
  const { t } = useTranslation()
  const payer = usePayer(customer)
  const invoices = $api.useQuery('get', '/api/v1/invoices', {
    params: { query: { customer, limit: 500 } },
  }).data
  if (!payer || !invoices) return <Skeleton height={80} />
  if (payer.mode === 'prepaid')
    return (
      <Text size="sm" c="dimmed">
        {t('It is on the balance at once, and the customer gets a receipt.')}
      </Text>
    )
  // The newest come first, and the oldest is settled first.
  const open = invoices.items.filter((invoice) => !isZero(invoice.open)).reverse()
  if (open.length === 0)
    return (
      <Text size="sm" c="dimmed">
        {t('Nothing is to be paid: the next invoice uses it.')}
      </Text>
    )
  return (
    <>
      <NativeSelect
        label={t('Settles first')}
        data={[
          { value: '', label: t('the oldest unpaid invoice') },
          ...open.map(({ id, number }) => ({
            value: id ?? '',
            label: t('Invoice {{number}}', { number: number ?? '' }),
          })),
        ]}
        {...props}
      />
      <ToBePaid invoices={open} />
    </>
  )
}

function ToBePaid({ invoices }: { invoices: Schema<'PaperDocument'>[] }) {
  const { t } = useTranslation()
  return (
    <Table withRowBorders={false} verticalSpacing={2} aria-label={t('Still to be paid')}>
      <Table.Thead>
        <Table.Tr>
          <Table.Th>{t('Invoice')}</Table.Th>
          <Table.Th>{t('Due')}</Table.Th>
          <Table.Th ta="right">{t('Still to be paid')}</Table.Th>
        </Table.Tr>
      </Table.Thead>
      <Table.Tbody>
        {invoices.map(({ id, number, due_on, open, currency }) => (
          <Table.Tr key={id}>
            <Table.Td className="figures">{number}</Table.Td>
            <Table.Td>
              <Day on={due_on} />
            </Table.Td>
            <Table.Td ta="right">
              <Money amount={open} currency={currency} />
            </Table.Td>
          </Table.Tr>
        ))}
      </Table.Tbody>
    </Table>
  )
}
