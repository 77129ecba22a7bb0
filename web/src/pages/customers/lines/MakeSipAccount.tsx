import { Text, TextInput } from '@mantine/core'
import { useForm } from '@mantine/form'
import { useRef } from 'react'
import { fetchClient, type Schema } from '@/api/client'
import { useTranslation } from '@/i18n'
import { Form } from '@/ui/Form'

interface MakeSipAccountProps {
  /** The line's id. */
  line: string
  /** The one that gets a new password; without it one is made. */
  account?: Schema<'SipAccountDocument'>
  /** It is made: this once with its password. */
  done: (made: Schema<'SipAccountWithPassword'>) => void
  close: () => void
}

/** Makes the SIP account of a line, or gives it a new password. */
export function MakeSipAccount({ line, account, done, close }: MakeSipAccountProps) {
  const { t } = useTranslation()
  const made = useRef<Schema<'SipAccountWithPassword'>>(undefined)
  const form = useForm({ mode: 'uncontrolled', initialValues: { asterisk: account?.asterisk ?? '' } })
  const send = async ({ asterisk }: { asterisk: string }) => {
    const { data } = await fetchClient.POST('/api/v1/lines/{id}/sip-account', {
      params: { path: { id: line } },
      body: { asterisk: asterisk.trim() || null },
    })
    made.current = data
  }
  return (
    <Form
      form={form}
      send={send}
      done={() => {
        close()
        if (made.current) done(made.current)
      }}
      cancel={close}
      submit={account ? t('Make a new password') : t('Make the account')}
    >
      {account && (
        <Text size="sm">{t('The password that it has opens nothing any more; the user name stays.')}</Text>
      )}
      <TextInput
        label={t('Asterisk')}
        description={t(
          'Where the phone registers: its name in Tollgate’s configuration, or empty for the only one.',
        )}
        autoCapitalize="none"
        spellCheck={false}
        data-autofocus
        key={form.key('asterisk')}
        {...form.getInputProps('asterisk')}
      />
    </Form>
  )
}
