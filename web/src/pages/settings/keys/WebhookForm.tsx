import { Checkbox, Stack, Switch, TextInput } from '@mantine/core'
import { useForm } from '@mantine/form'
import { useQueryClient } from '@tanstack/react-query'
import { useState } from 'react'
import { fetchClient, ifVersion, type Schema } from '@/api/client'
import { useTranslation } from '@/i18n'
import { Form } from '@/ui/Form'
import { useKinds } from './kinds'
import { Secret } from './Secret'

export type Webhook = Schema<'WebhookDocument'>

interface WebhookFormProps {
  /** The one that is changed; a new one is made without. */
  webhook?: Webhook
  close: () => void
}

/** Makes a webhook, and shows its secret this once; or changes one. */
export function WebhookForm({ webhook, close }: WebhookFormProps) {
  const { t } = useTranslation()
  const queries = useQueryClient()
  const [secret, setSecret] = useState<string>()
  // What is entered is about the record as it was when the form opened.
  const [read] = useState(webhook?.version ?? 0)
  const form = useForm<Schema<'WebhookBody'>>({
    mode: 'uncontrolled',
    initialValues: {
      url: webhook?.url ?? '',
      kinds: webhook?.kinds ?? [],
      description: webhook?.description ?? '',
      enabled: webhook?.enabled ?? true,
    },
  })
  const kinds = useKinds()
  if (secret) return <Secret secret={secret} title={t('The secret that signs what is sent')} close={close} />
  const send = async (values: Schema<'WebhookBody'>, version?: number) => {
    const body = { ...values, description: values.description || null }
    if (webhook) {
      const header = ifVersion(version ?? read) as { 'If-Match': string }
      const params = { path: { id: webhook.id }, header }
      await fetchClient.PUT('/api/v1/webhooks/{id}', { params, body })
    } else {
      const { data } = await fetchClient.POST('/api/v1/webhooks', { body })
      setSecret(data?.secret)
    }
  }
  const done = () => {
    invalidateWebhooks(queries)
    if (webhook) close()
  }
  return (
    <Form
      form={form}
      send={send}
      done={done}
      reload={() => {
        invalidateWebhooks(queries)
        close()
      }}
      cancel={close}
      submit={webhook ? t('Save') : t('Make the webhook')}
    >
      <TextInput
        label={t('Address')}
        description={t('Where to: a public host, by HTTPS.')}
        placeholder="https://"
        type="url"
        data-autofocus
        key={form.key('url')}
        {...form.getInputProps('url')}
      />
      <TextInput
        label={t('What it is for')}
        key={form.key('description')}
        {...form.getInputProps('description')}
      />
      <Checkbox.Group label={t('It is told')} key={form.key('kinds')} {...form.getInputProps('kinds')}>
        <Stack gap={8} mt={6}>
          {kinds.map(({ kind, words }, position) => (
            <Checkbox
              key={kind}
              value={kind}
              label={words}
              description={kind}
              data-path={position === 0 ? 'kinds' : undefined}
            />
          ))}
        </Stack>
      </Checkbox.Group>
      <Switch
        label={t('Enabled')}
        key={form.key('enabled')}
        {...form.getInputProps('enabled', { type: 'checkbox' })}
      />
    </Form>
  )
}

/** Has the list of webhooks, and each of them, fetched again. */
export function invalidateWebhooks(queries: ReturnType<typeof useQueryClient>) {
  void queries.invalidateQueries({
    predicate: ({ queryKey }) => String(queryKey[1]).startsWith('/api/v1/webhooks'),
  })
}
