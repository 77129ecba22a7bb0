import { Stack, Text, Title } from '@mantine/core'
import { getRouteApi } from '@tanstack/react-router'
import { $api, type Schema } from '@/api/client'
import { Time } from '@/format/time'
import { useTranslation } from '@/i18n'
import { Facts } from '@/ui/Facts'
import { List } from '@/ui/List'
import { CustomerName } from '@/ui/names'
import { Page } from '@/ui/Page'
import { Failure, Waiting } from '@/ui/states'
import { Running } from './BillRuns'
import { Totals } from './Totals'

const route = getRouteApi('/frame/bill-runs/$id')

/** What a bill run did. */
export function BillRun() {
  const { t } = useTranslation()
  const { id } = route.useParams()
  const run = $api.useQuery(
    'get',
    '/api/v1/bill-runs/{id}',
    { params: { path: { id } } },
    { refetchInterval: ({ state }) => (state.data && !state.data.finished_at ? 2000 : false) },
  )
  if (run.error) return <Failure error={run.error} again={() => void run.refetch()} />
  if (!run.data) return <Waiting />
  const { started_at, finished_at, issued, failed, totals, failures } = run.data
  return (
    <Page title={t('Bill run')}>
      <Facts
        facts={[
          { title: t('Began'), value: <Time at={started_at} style="exact" /> },
          { title: t('Ended'), value: finished_at ? <Time at={finished_at} style="exact" /> : <Running /> },
          { title: t('Invoices issued'), value: issued },
          { title: t('Could not be billed'), value: failed },
          { title: t('Total'), value: <Totals totals={totals} />, isStrong: true },
        ]}
      />
      {!finished_at && (
        <Text size="sm">
          {t('One that was broken off is gone on with by the next: run the bills again.')}
        </Text>
      )}
      {failed > 0 && <Failed failures={failures} failed={failed} />}
    </Page>
  )
}

function Failed({ failures, failed }: { failures: Schema<'RunFailureDocument'>[]; failed: number }) {
  const { t } = useTranslation()
  return (
    <Stack gap="xs">
      <Title order={2} size="h4">
        {t('Could not be billed')}
      </Title>
      <Text size="sm">
        {t(
          'Put right what the reason names, then run the bills again. Whom a later run has billed is not billed twice.',
        )}
      </Text>
      <List
        label={t('Could not be billed')}
        columns={[
          { key: 'customer', title: t('Customer'), cell: ({ customer }) => <CustomerName id={customer} /> },
          { key: 'reason', title: t('Reason'), cell: ({ reason }) => reason },
        ]}
        rows={failures}
        rowKey={({ customer }) => customer}
        empty={{ title: '' }}
      />
      {failed > failures.length && (
        <Text size="sm" c="dimmed">
          {t('These are the first of them.')}
        </Text>
      )}
    </Stack>
  )
}
