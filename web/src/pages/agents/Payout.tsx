import { Alert, Button, Group, TextInput } from '@mantine/core'
import { useForm } from '@mantine/form'
import { notifications } from '@mantine/notifications'
import { IconArrowBackUp, IconDownload } from '@tabler/icons-react'
import { getRouteApi } from '@tanstack/react-router'
import { useState } from 'react'
import { $api, fetchClient, once, type Schema } from '@/api/client'
import { Period } from '@/format/day'
import { isZero, Money } from '@/format/money'
import { Time } from '@/format/time'
import { useTranslation } from '@/i18n'
import { Beside } from '@/pages/invoices/PaperPage'
import { useSession } from '@/session'
import { DialogButton } from '@/ui/DialogButton'
import { Facts } from '@/ui/Facts'
import { Form } from '@/ui/Form'
import { AgentName } from '@/ui/names'
import { Page } from '@/ui/Page'
import { PaperFrame } from '@/ui/PaperFrame'
import { StateBadge } from '@/ui/StateBadge'
import { Failure, Waiting } from '@/ui/states'
import { useAgentsChanged } from './changed'

type Record = Schema<'PayoutDocument'>

const route = getRouteApi('/frame/payouts/$id')

/** A payout with its statement as the agent gets it. */
export function Payout() {
  const { id } = route.useParams()
  const query = $api.useQuery(
    'get',
    '/api/v1/payouts/{id}',
    { params: { path: { id } } },
    // Its file and its page have addresses of their own.
    { select: (answer) => answer as Record },
  )
  if (query.data) return <Known payout={query.data} />
  if (query.error) return <Failure error={query.error} again={() => void query.refetch()} />
  return <Waiting />
}

function Known({ payout }: { payout: Record }) {
  const { t } = useTranslation()
  const mayBounce = useSession().is('owner', 'admin', 'clerk') && payout.state === 'paid'
  const title = t('Payout {{number}}', { number: payout.number })
  return (
    <Page
      title={title}
      mark={<StateBadge state={payout.state} />}
      actions={
        <>
          <Button
            component="a"
            href={`/api/v1/payouts/${payout.id}.pdf`}
            download
            variant="default"
            size="xs"
            leftSection={<IconDownload size={16} />}
          >
            {t('Download PDF')}
          </Button>
          {mayBounce && (
            <DialogButton
              label={t('It came back')}
              title={t('The bank returned {{number}}', { number: payout.number })}
              variant="default"
              leftSection={<IconArrowBackUp size={16} />}
            >
              {(close) => <BounceForm payout={payout.id} close={close} />}
            </DialogButton>
          )}
        </>
      }
    >
      {payout.state === 'bounced' && (
        <Alert color="red" title={t('The bank returned it')}>
          <Group gap="sm">
            <Time at={payout.bounced_at} />
            {payout.bounce_reason}
          </Group>
        </Alert>
      )}
      <Beside
        paper={<PaperFrame address={`/api/v1/payouts/${payout.id}.html`} title={title} />}
        side={<Sums payout={payout} />}
      />
    </Page>
  )
}

/** How the amount came about. */
function Sums({ payout }: { payout: Record }) {
  const { t } = useTranslation()
  const { statement, currency } = payout
  const money = (amount: string | undefined) => <Money amount={amount} currency={currency} />
  // What did not happen is not worth a line.
  const where = (title: string, amount: string | undefined) =>
    amount && !isZero(amount) ? [{ title, value: money(amount) }] : []
  return (
    <Facts
      facts={[
        { title: t('Agent'), value: <AgentName id={payout.agent} /> },
        { title: t('Period'), value: <Period of={payout.period} /> },
        { title: t('Date'), value: <Time at={payout.made_at} /> },
        { title: t('Calls'), value: statement?.calls ?? '–' },
        { title: t('Messages'), value: statement?.messages ?? '–' },
        { title: t('Charged'), value: money(statement?.charged) },
        { title: t('Tax in it'), value: money(statement?.tax) },
        { title: t("The house's part"), value: money(statement?.tenant_part) },
        { title: t("Agent's part"), value: money(statement?.agent_part) },
        ...where(t('Carried over'), statement?.carried_over),
        ...where(t('Corrected'), statement?.corrected),
        ...where(t('Came back'), statement?.returned),
        ...where(t('Stays on the account'), statement?.remaining),
        { title: t('Paid out'), value: money(payout.amount), isStrong: true },
      ]}
    />
  )
}

function BounceForm({ payout, close }: { payout: string; close: () => void }) {
  const { t } = useTranslation()
  const changed = useAgentsChanged()
  const [header] = useState(once)
  const form = useForm({ mode: 'uncontrolled', initialValues: { reason: '' } })
  const send = ({ reason }: typeof form.values) =>
    fetchClient.POST('/api/v1/payouts/{id}/bounce', {
      params: { path: { id: payout }, header },
      body: { reason: reason.trim() || null },
    })
  const done = () => {
    close()
    changed()
    notifications.show({ message: t("The amount is on the agent's account again.") })
  }
  return (
    <Form form={form} send={send} done={done} cancel={close} submit={t('Take it back')}>
      <TextInput
        label={t('Reason')}
        description={t(
          "What the bank says. The amount is on the agent's account again, and can be paid out at once.",
        )}
        data-autofocus
        key={form.key('reason')}
        {...form.getInputProps('reason')}
      />
    </Form>
  )
}
