import { Card, Group, Stack, Text, TextInput, Title } from '@mantine/core'
import { useForm } from '@mantine/form'
import { notifications } from '@mantine/notifications'
import { IconPencil } from '@tabler/icons-react'
import { useState } from 'react'
import { $api, fetchClient, ifVersion, type Schema } from '@/api/client'
import { useTranslation } from '@/i18n'
import { useSession } from '@/session'
import { DialogButton } from '@/ui/DialogButton'
import { Form } from '@/ui/Form'
import { Failure } from '@/ui/states'
import { useAgentsChanged } from './changed'

type Account = Schema<'BankAccountDocument'>

/** Where an agent is paid to: the number is whole for those alone who may change it. */
export function BankAccount({ agent }: { agent: string }) {
  const { t } = useTranslation()
  const session = useSession()
  const account = $api.useQuery('get', '/api/v1/agents/{id}/bank-account', {
    params: { path: { id: agent } },
  })
  const mayEdit = session.is('owner', 'admin', 'clerk') || session.agent === agent
  if (account.error) return <Failure error={account.error} again={() => void account.refetch()} />
  if (!account.data) return null
  const { holder, iban, ending, bic } = account.data
  return (
    <Card withBorder padding="md" maw={560} component="section" aria-label={t('Bank account')}>
      <Group justify="space-between" align="flex-start" wrap="nowrap">
        <Stack gap={2}>
          <Title order={2} size="h5">
            {t('Bank account')}
          </Title>
          {holder && <Text size="sm">{holder}</Text>}
          <Text size="sm" className={ending ? 'figures' : undefined} c={ending ? undefined : 'dimmed'}>
            {iban ? grouped(iban) : ending ? `… ${ending}` : t('It is not known where payouts go.')}
          </Text>
          {bic && (
            <Text size="sm" className="figures">
              {bic}
            </Text>
          )}
        </Stack>
        {mayEdit && (
          <DialogButton
            label={t('Change')}
            title={t('Bank account')}
            variant="default"
            size="xs"
            leftSection={<IconPencil size={16} />}
          >
            {(close) => <AccountForm account={account.data} close={close} />}
          </DialogButton>
        )}
      </Group>
    </Card>
  )
}

function grouped(iban: string) {
  return iban.match(/.{1,4}/g)?.join(' ') ?? iban
}

function AccountForm({ account, close }: { account: Account; close: () => void }) {
  const { t } = useTranslation()
  const changed = useAgentsChanged()
  // What is entered is about the record as it was when the form opened.
  const [read] = useState(account.version)
  const form = useForm({
    mode: 'uncontrolled',
    initialValues: {
      holder: account.holder ?? '',
      iban: account.iban ? grouped(account.iban) : '',
      bic: account.bic ?? '',
    },
  })
  const send = ({ holder, iban, bic }: typeof form.values, version?: number) =>
    fetchClient.PUT('/api/v1/agents/{id}/bank-account', {
      params: { path: { id: account.agent }, header: ifVersion(version ?? read) },
      body: { holder: holder.trim() || null, iban: iban.trim() || null, bic: bic.trim() || null },
    })
  const leave = (message?: string) => {
    close()
    changed()
    if (message) notifications.show({ message })
  }
  return (
    <Form
      form={form}
      send={send}
      done={() => leave(t('Saved. Bank files that are made already stay as they are.'))}
      reload={() => leave()}
      cancel={close}
      submit={t('Save')}
    >
      <TextInput
        label={t('IBAN')}
        description={t('Empty for no account.')}
        data-autofocus
        autoComplete="off"
        key={form.key('iban')}
        {...form.getInputProps('iban')}
      />
      <TextInput
        label={t('Account holder')}
        description={t("The agent's name, where it is empty.")}
        autoComplete="off"
        key={form.key('holder')}
        {...form.getInputProps('holder')}
      />
      <TextInput
        label={t('BIC')}
        description={t('Banks in Europe do not need it.')}
        autoComplete="off"
        key={form.key('bic')}
        {...form.getInputProps('bic')}
      />
    </Form>
  )
}
