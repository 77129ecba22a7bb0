import { Button, Card, Group, Stack, Text, Textarea, TextInput, Title } from '@mantine/core'
import { useForm } from '@mantine/form'
import { useState } from 'react'
import { useChanged } from '@/api/changed'
import { $api, fetchClient, once, type Schema } from '@/api/client'
import { dayText } from '@/format/day'
import { Money } from '@/format/money'
import { useTranslation } from '@/i18n'
import { useSession } from '@/session'
import { CustomerSelect } from '@/ui/CustomerSelect'
import { DialogButton } from '@/ui/DialogButton'
import { Form } from '@/ui/Form'
import { More } from '@/ui/List'
import { useName } from '@/ui/names'
import { listed, PAGES } from '@/ui/pages'
import { Failure } from '@/ui/states'

type Row = Schema<'BankRowDocument'>
type Candidate = Schema<'BankCandidateDocument'>

/** What of the bank's money has to be looked at; none of it where all is decided. */
export function Waiting() {
  const { t } = useTranslation()
  const rows = $api.useInfiniteQuery(
    'get',
    '/api/v1/bank-rows',
    { params: { query: { state: 'waiting', limit: 20 } } },
    PAGES,
  )
  const list = listed(rows)
  if (list.error && !list.rows) return <Failure error={list.error} again={list.again} />
  if (!list.rows?.length) return null
  return (
    <Stack gap="xs" component="section" aria-label={t('To be looked at')}>
      <Title order={2} size="h5">
        {t('To be looked at')}
      </Title>
      {list.rows.map((row) => (
        <WaitingRow key={row.id} {...row} />
      ))}
      {list.more && <More {...list.more} />}
    </Stack>
  )
}

function WaitingRow(row: Row) {
  const { t } = useTranslation()
  const doubts = useDoubts()
  const mayDecide = useSession().is('owner', 'admin', 'clerk')
  const { amount, currency, booked_on, payer, account, text, doubt, candidates } = row
  return (
    <Card withBorder padding="sm">
      <Stack gap="xs">
        <Group justify="space-between" align="baseline">
          <Text fw={600}>{payer ?? t('Nobody is named')}</Text>
          <Money amount={amount} currency={currency} fw={600} />
        </Group>
        <Text size="sm" style={{ overflowWrap: 'anywhere' }}>
          {[dayText(booked_on), account, text].filter(Boolean).join(' · ')}
        </Text>
        <Text size="sm" c="dimmed">
          {doubt ? doubts[doubt] : t('It was not looked at yet.')}
        </Text>
        {mayDecide && (
          <Group gap="xs">
            {candidates.slice(0, 3).map((candidate) => (
              <TakeFor key={candidate.customer} row={row} candidate={candidate} />
            ))}
            <DialogButton label={t('Another customer')} size="xs" variant="default">
              {(close) => <TakeForm row={row} close={close} />}
            </DialogButton>
            <DialogButton label={t('Set aside')} size="xs" variant="subtle">
              {(close) => <SetAside row={row} close={close} />}
            </DialogButton>
          </Group>
        )}
      </Stack>
    </Card>
  )
}

/** A button that takes it for a customer to whom something points. */
function TakeFor({ row, candidate }: { row: Row; candidate: Candidate }) {
  const { t } = useTranslation()
  const decided = useDecided()
  const [key] = useState(once)
  const [error, setError] = useState<unknown>()
  const { customer, invoice, invoice_number } = candidate
  const name = useName(customer) ?? '…'
  const take = async () => {
    setError(undefined)
    try {
      const params = { path: { id: row.id }, header: key }
      await fetchClient.POST('/api/v1/bank-rows/{id}/payments', { params, body: { customer, invoice } })
      decided()
    } catch (refusal) {
      setError(refusal)
    }
  }
  return (
    <Stack gap={4}>
      <Button size="xs" onClick={() => void take()}>
        {[name, invoice_number && t('invoice {{number}}', { number: invoice_number })]
          .filter(Boolean)
          .join(', ')}
      </Button>
      {error !== undefined && <Failure error={error} />}
    </Stack>
  )
}

interface DecisionProps {
  row: Row
  close: () => void
}

function TakeForm({ row, close }: DecisionProps) {
  const { t } = useTranslation()
  const decided = useDecided()
  const [key] = useState(once)
  const form = useForm({
    mode: 'uncontrolled',
    initialValues: { customer: '', invoice: '' },
    validate: { customer: (customer) => (customer ? undefined : t('Which customer?')) },
  })
  return (
    <Form
      form={form}
      send={({ customer, invoice }) =>
        fetchClient.POST('/api/v1/bank-rows/{id}/payments', {
          params: { path: { id: row.id }, header: key },
          body: { customer, invoice: invoice.trim() || null },
        })
      }
      done={() => {
        close()
        decided()
      }}
      cancel={close}
      submit={t('Take the payment')}
    >
      <CustomerSelect
        label={t('Customer')}
        required
        key={form.key('customer')}
        {...form.getInputProps('customer')}
      />
      <TextInput
        label={t('Invoice')}
        description={t('Its number; the oldest unpaid one, where nothing is entered')}
        key={form.key('invoice')}
        {...form.getInputProps('invoice')}
      />
    </Form>
  )
}

function SetAside({ row, close }: DecisionProps) {
  const { t } = useTranslation()
  const decided = useDecided()
  const form = useForm({
    mode: 'uncontrolled',
    initialValues: { reason: '' },
    validate: { reason: (reason) => (reason.trim() ? undefined : t('Why?')) },
  })
  return (
    <Form
      form={form}
      send={(body) =>
        fetchClient.POST('/api/v1/bank-rows/{id}/set-aside', { params: { path: { id: row.id } }, body })
      }
      done={() => {
        close()
        decided()
      }}
      cancel={close}
      submit={t('Set aside')}
    >
      <Textarea
        label={t('Reason')}
        description={t('What it is, since it is no payment of a customer')}
        required
        data-autofocus
        autosize
        minRows={2}
        maxLength={500}
        key={form.key('reason')}
        {...form.getInputProps('reason')}
      />
    </Form>
  )
}

function useDecided() {
  const changed = useChanged()
  return () => void changed('bank-files', 'bank-rows', 'payments', 'invoices', 'customers', 'lines')
}

function useDoubts(): Record<string, string> {
  const { t } = useTranslation()
  return {
    nobody: t('Nothing points to a customer.'),
    one_sign: t('Too little points to a customer.'),
    several_customers: t('It may be of several customers.'),
    several_invoices: t('The amount fits several invoices, and none is named.'),
    currency: t('The account of the customer is in another currency.'),
    refused: t('The customer is closed, or the invoice was paid meanwhile.'),
  }
}
