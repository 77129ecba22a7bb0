import { Stack, Text } from '@mantine/core'
import { $api, type Schema } from '@/api/client'
import { useTranslation } from '@/i18n'
import { type Column, List } from '@/ui/List'
import { useAccounts } from '@/ui/moneyWords'
import { CustomerName } from '@/ui/names'
import { query, useDays } from './days'
import { figure, Report } from './Report'

/** What stands on the accounts, who owes for how long, and what is owed to whom. */
export function Balances() {
  return (
    <Stack gap="xl">
      <TrialBalance />
      <AgedDebt />
      <Liabilities />
    </Stack>
  )
}

function TrialBalance() {
  const { t } = useTranslation()
  const accounts = useAccounts()
  const { days, fields } = useDays()
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
  const file = `/api/v1/reports/trial-balance.csv${query(days)}`
  return (
    <Report title={t('Trial balance')} file={file}>
      <Text size="sm" c="dimmed">
        {t('The last whole month, where no days are chosen. Above zero in debit, below it in credit.')}
      </Text>
      {fields}
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
