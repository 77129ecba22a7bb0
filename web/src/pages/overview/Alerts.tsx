import { Anchor, Card, TextInput, Title } from '@mantine/core'
import { useForm } from '@mantine/form'
import { notifications } from '@mantine/notifications'
import { useQueryClient } from '@tanstack/react-query'
import { Link } from '@tanstack/react-router'
import { $api, fetchClient, type Schema } from '@/api/client'
import { Time } from '@/format/time'
import { useTranslation } from '@/i18n'
import { useSession } from '@/session'
import { DialogButton } from '@/ui/DialogButton'
import { Form } from '@/ui/Form'
import { type Column, List } from '@/ui/List'
import { listed, PAGES } from '@/ui/pages'
import { CustomerName } from '../calls/names'

type Alert = Schema<'AlertDocument'>

/** The alerts that nobody has looked at. */
export function Alerts() {
  const { t } = useTranslation()
  const query = { params: { query: { open: true, limit: 20 } } }
  const alerts = $api.useInfiniteQuery('get', '/api/v1/alerts', query, PAGES)
  return (
    <Card withBorder component="section" id="alerts" aria-label={t('Alerts')}>
      <Title order={2} size="h4" mb="xs">
        {t('Alerts')}
      </Title>
      <List
        label={t('Alerts')}
        columns={useColumns()}
        rowKey={({ id }) => id}
        expected={2}
        empty={{ title: t('There are no open alerts.') }}
        {...listed(alerts)}
      />
    </Card>
  )
}

function useColumns(): Column<Alert>[] {
  const { t } = useTranslation()
  const isLead = useSession().is('owner', 'admin')
  const limits = useLimits()
  const columns: Column<Alert>[] = [
    { key: 'customer', title: t('Customer'), cell: ({ customer }) => <CustomerName id={customer} /> },
    { key: 'limit', title: t('Limit'), cell: ({ limit }) => limits[limit] ?? limit },
    { key: 'detail', title: t('What happened'), cell: ({ detail }) => detail },
    { key: 'to', title: t('Number called'), cell: ({ to }) => <span className="figures">{to}</span> },
    {
      key: 'lines',
      title: t('Lines'),
      cell: ({ suspended, line }) => (
        <Anchor component={Link} to={`/lines/${line}`}>
          {suspended ? t('suspended') : t('go on')}
        </Anchor>
      ),
    },
    { key: 'raised', title: t('Raised'), cell: ({ raised_at }) => <Time at={raised_at} />, isFigure: true },
  ]
  if (!isLead) return columns
  return [
    ...columns,
    {
      key: 'review',
      title: t('Review'),
      cell: (alert) => (
        <DialogButton
          size="compact-sm"
          variant="default"
          label={t('Reviewed')}
          title={t('I have looked at it')}
        >
          {(close) => <Review alert={alert} close={close} />}
        </DialogButton>
      ),
      isFigure: true,
    },
  ]
}

function useLimits(): Record<string, string> {
  const { t } = useTranslation()
  return {
    set_ups_per_minute: t('calls begun a minute'),
    high_cost_calls: t('dear calls at once'),
    spend_per_day: t('spent a day'),
    cost_per_call: t('cost of a call'),
    risky_prefix: t('risky destination'),
  }
}

/** Says that an alert was looked at; lines that were suspended for it go on. */
function Review({ alert, close }: { alert: Alert; close: () => void }) {
  const { t } = useTranslation()
  const queries = useQueryClient()
  const form = useForm({ mode: 'uncontrolled', initialValues: { note: '' } })
  const send = ({ note }: { note: string }) =>
    fetchClient.PUT('/api/v1/alerts/{id}/review', {
      params: { path: { id: alert.id } },
      body: { note: note.trim() || null },
    })
  const done = () => {
    close()
    notifications.show({ message: t('The alert is reviewed.') })
    for (const address of ['/api/v1/alerts', '/api/v1/overview'])
      void queries.invalidateQueries({ queryKey: ['get', address] })
  }
  return (
    <Form form={form} send={send} done={done} cancel={close} submit={t('Reviewed')}>
      <TextInput
        label={t('What was found')}
        description={
          alert.suspended
            ? t('Lines stay suspended for fraud until somebody lifts it, on the page of the line.')
            : undefined
        }
        data-autofocus
        key={form.key('note')}
        {...form.getInputProps('note')}
      />
    </Form>
  )
}
