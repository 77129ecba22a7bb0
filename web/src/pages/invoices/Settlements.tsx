import { Anchor, Card, Group, Stack, Text, Title } from '@mantine/core'
import { Link } from '@tanstack/react-router'
import type { ReactNode } from 'react'
import { $api, type Schema } from '@/api/client'
import { Money } from '@/format/money'
import { Time } from '@/format/time'
import { useTranslation } from '@/i18n'
import { Failure } from '@/ui/states'
import type { Paper } from './paper'

/** What settles an invoice: payments, credits, credit notes. */
export function Settlements({ invoice }: { invoice: Paper }) {
  const { t } = useTranslation()
  const settlements = $api.useQuery('get', '/api/v1/invoices/{id}/settlements', {
    params: { path: { id: invoice.id ?? '' } },
  })
  const items = settlements.data?.items
  return (
    <Card withBorder padding="md">
      <Stack gap="xs">
        <Title order={2} size="h5">
          {t('What settles it')}
        </Title>
        {settlements.error && <Failure error={settlements.error} again={() => void settlements.refetch()} />}
        {items?.length === 0 && (
          <Text size="sm" c="dimmed">
            {t('Nothing yet.')}
          </Text>
        )}
        {items?.map((settlement) => (
          <Group key={settlement.source + settlement.at} justify="space-between" gap="md" wrap="nowrap">
            <Text size="sm">
              <Source customer={invoice.customer} {...settlement} />
              <Text span inherit c="dimmed">
                {` · ${t('settled on')} `}
                <Time at={settlement.at} style="date" />
              </Text>
            </Text>
            <Money amount={settlement.amount} currency={invoice.currency} fz="sm" />
          </Group>
        ))}
      </Stack>
    </Card>
  )
}

function Source({ kind, source, customer }: Schema<'AllocationDocument'> & { customer: string }) {
  const { t } = useTranslation()
  const places: Record<string, ReactNode> = {
    payment: (
      <Anchor underline="always" component={Link} to="/payments" search={{ customer } as never}>
        {t('Payment')}
      </Anchor>
    ),
    credit: (
      <Anchor underline="always" component={Link} to="/credits" search={{ customer } as never}>
        {t('Credit')}
      </Anchor>
    ),
    credit_note: (
      <Anchor underline="always" component={Link} to={`/credit-notes/${source}`}>
        {t('Credit note')}
      </Anchor>
    ),
  }
  return places[kind] ?? kind
}
