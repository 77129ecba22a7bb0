import { Anchor, SimpleGrid, Text, TextInput } from '@mantine/core'
import { useForm } from '@mantine/form'
import { Link, useNavigate } from '@tanstack/react-router'
import { useState } from 'react'
import { $api, fetchClient, once, type Schema } from '@/api/client'
import { Day } from '@/format/day'
import { Money } from '@/format/money'
import { Time } from '@/format/time'
import { useTranslation } from '@/i18n'
import { useSession } from '@/session'
import { DialogButton } from '@/ui/DialogButton'
import { Form } from '@/ui/Form'
import { type Column, List } from '@/ui/List'
import { Page } from '@/ui/Page'
import { listed, PAGES } from '@/ui/pages'
import { StateBadge } from '@/ui/StateBadge'
import { useAgentsChanged } from '../changed'

/** Files by which the bank pays agents, the newest first. */
export function PayoutFiles() {
  const { t } = useTranslation()
  const mayMake = useSession().is('owner', 'admin', 'clerk')
  const files = $api.useInfiniteQuery(
    'get',
    '/api/v1/payout-files',
    { params: { query: { limit: 50 } } },
    PAGES,
  )
  return (
    <Page
      title={t('Bank files')}
      actions={
        mayMake && (
          <DialogButton label={t('New bank file')}>{(close) => <NewFile close={close} />}</DialogButton>
        )
      }
    >
      <List
        label={t('Bank files')}
        columns={useColumns()}
        rowKey={({ id }) => id}
        empty={{ title: t('No file was made for the bank yet.') }}
        {...listed(files)}
      />
    </Page>
  )
}

function useColumns(): Column<Schema<'PayoutFileDocument'>>[] {
  const { t } = useTranslation()
  return [
    {
      key: 'made',
      title: t('Made'),
      cell: ({ id, made_at }) => (
        <Anchor component={Link} to={`/payout-files/${id}`}>
          <Time at={made_at} />
        </Anchor>
      ),
    },
    { key: 'on', title: t('To be paid on'), cell: ({ execution_on }) => <Day on={execution_on} /> },
    { key: 'state', title: t('State'), cell: ({ state }) => <StateBadge state={state} /> },
    { key: 'count', title: t('Payouts'), cell: ({ count }) => count, isFigure: true },
    { key: 'left', title: t('Left out'), cell: ({ left_out }) => left_out.length, isFigure: true },
    {
      key: 'sum',
      title: t('Sum'),
      cell: ({ sum, currency }) => <Money amount={sum} currency={currency} />,
      isFigure: true,
    },
  ]
}

/** Makes a file of all payouts that wait for one. */
function NewFile({ close }: { close: () => void }) {
  const { t } = useTranslation()
  const { tenant } = useSession()
  const changed = useAgentsChanged()
  const navigate = useNavigate()
  const [header] = useState(once)
  const form = useForm({ mode: 'uncontrolled', initialValues: { execution_on: '', currency: '' } })
  let made: string | undefined
  const send = async ({ execution_on, currency }: typeof form.values) => {
    const { data } = await fetchClient.POST('/api/v1/payout-files', {
      params: { header },
      body: { execution_on: execution_on || null, currency: currency.trim().toUpperCase() || null },
    })
    made = data?.id
  }
  const done = () => {
    close()
    changed()
    if (made) void navigate({ to: `/payout-files/${made}` })
  }
  return (
    <Form form={form} send={send} done={done} cancel={close} submit={t('Make the file')}>
      <Text size="sm">{t('All payouts come into it that are in no file yet and did not come back.')}</Text>
      <SimpleGrid cols={2} spacing="sm">
        <TextInput
          type="date"
          label={t('To be paid on')}
          description={t('The next working day, where it is empty.')}
          data-autofocus
          key={form.key('execution_on')}
          {...form.getInputProps('execution_on')}
        />
        <TextInput
          label={t('Currency')}
          description={t('For SEPA: EUR.')}
          placeholder={tenant.currency}
          maxLength={3}
          key={form.key('currency')}
          {...form.getInputProps('currency')}
        />
      </SimpleGrid>
    </Form>
  )
}
