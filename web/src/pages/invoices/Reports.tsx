import { Button, Group, Stack, Text, TextInput, Title } from '@mantine/core'
import { IconDownload } from '@tabler/icons-react'
import { getRouteApi } from '@tanstack/react-router'
import type { ReactNode } from 'react'
import { $api, type Schema } from '@/api/client'
import { Money } from '@/format/money'
import { useTranslation } from '@/i18n'
import { type Column, List } from '@/ui/List'
import { useAccounts } from '@/ui/moneyWords'
import { CustomerName } from '@/ui/names'
import { Page } from '@/ui/Page'

const route = getRouteApi('/frame/reports')

/** What an accountant asks for at the end of a month. */
export function Reports() {
  const { t } = useTranslation()
  return (
    <Page title={t('Reports')}>
      <Stack gap="xl">
        <TrialBalance />
        <AgedDebt />
        <Liabilities />
      </Stack>
    </Page>
  )
}

interface ReportProps {
  title: string
  file: string
  children: ReactNode
}

/** A report with its heading, and its file for spreadsheets. */
function Report({ title, file, children }: ReportProps) {
  const { t } = useTranslation()
  return (
    <Stack gap="xs" component="section" aria-label={title}>
      <Group justify="space-between">
        <Title order={2} size="h4">
          {title}
        </Title>
        <Button
          component="a"
          href={file}
          download
          variant="default"
          size="xs"
          leftSection={<IconDownload size={14} />}
          aria-label={t('Download CSV: {{title}}', { title })}
        >
          {t('Download CSV')}
        </Button>
      </Group>
      {children}
    </Stack>
  )
}

/** A column of amounts, each in the currency of its row. */
function figure<Row extends { currency: string }>(
  key: string,
  title: string,
  amount: (row: Row) => string,
): Column<Row> {
  return {
    key,
    title,
    cell: (row) => <Money amount={amount(row)} currency={row.currency} />,
    isFigure: true,
  }
}

function TrialBalance() {
  const { t } = useTranslation()
  const accounts = useAccounts()
  const { from, to } = route.useSearch()
  const navigate = route.useNavigate()
  const days = from && to ? { from, to } : undefined
  const balance = $api.useQuery('get', '/api/v1/reports/trial-balance', { params: { query: days ?? {} } })
  const names: Record<string, string> = { ...accounts, customers: t('Customers'), agents: t('Agents') }
  type Row = Schema<'AccountRow'>
  const columns: Column<Row>[] = [
    { key: 'account', title: t('Account'), cell: ({ account }) => names[account] ?? account },
    figure<Row>('opening', t('At the beginning'), ({ opening }) => opening),
    figure<Row>('debit', t('Debit'), ({ debit }) => debit),
    figure<Row>('credit', t('Credit side'), ({ credit }) => credit),
    figure<Row>('closing', t('At the end'), ({ closing }) => closing),
  ]
  const file = `/api/v1/reports/trial-balance.csv${days ? `?${new URLSearchParams(days)}` : ''}`
  const date = (name: 'from' | 'to', label: string, value: string | undefined) => (
    <TextInput
      type="date"
      size="xs"
      label={label}
      defaultValue={value}
      onChange={({ currentTarget }) =>
        void navigate({ search: { from, to, [name]: currentTarget.value || undefined }, replace: true })
      }
    />
  )
  return (
    <Report title={t('Trial balance')} file={file}>
      <Text size="sm" c="dimmed">
        {t('The last whole month, where no days are chosen. Above zero in debit, below it in credit.')}
      </Text>
      <Group>
        {date('from', t('From'), from)}
        {date('to', t('Up to, without'), to)}
      </Group>
      <List
        label={t('Trial balance')}
        columns={columns}
        rowKey={({ account, currency }) => `${account} ${currency}`}
        rows={balance.data?.accounts}
        error={balance.error}
        again={() => void balance.refetch()}
        empty={{ title: t('Nothing had moved until then.') }}
      />
    </Report>
  )
}

function AgedDebt() {
  const { t } = useTranslation()
  const debt = $api.useQuery('get', '/api/v1/reports/aged-debt')
  type Row = Schema<'DebtRow'>
  const columns: Column<Row>[] = [
    { key: 'customer', title: t('Customer'), cell: ({ customer }) => <CustomerName id={customer} /> },
    figure<Row>('not_due', t('Not due'), ({ not_due }) => not_due),
    figure<Row>('first', t('1 to 30 days'), ({ days_1_to_30 }) => days_1_to_30),
    figure<Row>('second', t('31 to 60'), ({ days_31_to_60 }) => days_31_to_60),
    figure<Row>('third', t('61 to 90'), ({ days_61_to_90 }) => days_61_to_90),
    figure<Row>('older', t('Older'), ({ older }) => older),
    figure<Row>('total', t('In all'), ({ total }) => total),
  ]
  return (
    <Report title={t('Who owes for how long')} file="/api/v1/reports/aged-debt.csv">
      <List
        label={t('Who owes for how long')}
        columns={columns}
        rowKey={({ customer, currency }) => `${customer} ${currency}`}
        rows={debt.data?.items}
        error={debt.error}
        again={() => void debt.refetch()}
        empty={{ title: t('Nobody owes anything.') }}
      />
    </Report>
  )
}

function Liabilities() {
  const { t } = useTranslation()
  const owed = $api.useQuery('get', '/api/v1/reports/liabilities')
  const names: Record<string, string> = {
    prepaid: t('Prepaid customers'),
    postpaid: t('Postpaid customers'),
    agents: t('Agents'),
  }
  type Row = Schema<'OwedRow'>
  const columns: Column<Row>[] = [
    { key: 'whose', title: t('Whose'), cell: ({ whose }) => names[whose] ?? whose },
    { key: 'accounts', title: t('Accounts'), cell: ({ accounts }) => accounts, isFigure: true },
    figure<Row>('has', t('Owed to them'), ({ has }) => has),
    figure<Row>('promotional', t('Promotional credit in it'), ({ promotional }) => promotional),
    figure<Row>('owes', t('Owed by them'), ({ owes }) => owes),
  ]
  return (
    <Report title={t('What is owed to whom')} file="/api/v1/reports/liabilities.csv">
      <List
        label={t('What is owed to whom')}
        columns={columns}
        rowKey={({ whose, currency }) => `${whose} ${currency}`}
        rows={owed.data?.items}
        error={owed.error}
        again={() => void owed.refetch()}
        empty={{ title: t('All accounts are at zero.') }}
      />
    </Report>
  )
}
