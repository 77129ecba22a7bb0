import { Anchor, Badge, Stack, Text } from '@mantine/core'
import { Link } from '@tanstack/react-router'
import { $api } from '@/api/client'
import { useTranslation } from '@/i18n'
import { DialogButton } from '@/ui/DialogButton'
import { type Column, List } from '@/ui/List'
import { type Webhook, WebhookForm } from './WebhookForm'

/** The addresses that are told of what happens. */
export function Webhooks() {
  const { t } = useTranslation()
  const webhooks = $api.useQuery('get', '/api/v1/webhooks', {})
  const columns: Column<Webhook>[] = [
    {
      key: 'url',
      title: t('Address'),
      cell: ({ id, url }) => (
        <Anchor component={Link} to={`/keys/webhooks/${id}`} style={{ overflowWrap: 'anywhere' }}>
          {url}
        </Anchor>
      ),
    },
    { key: 'description', title: t('What it is for'), cell: ({ description }) => description ?? '–' },
    {
      key: 'kinds',
      title: t('It is told'),
      cell: ({ kinds }) =>
        t('{{count}} events', {
          count: kinds.length,
          defaultValue_one: '{{count}} event',
          defaultValue_other: '{{count}} events',
        }),
    },
    { key: 'state', title: t('State'), cell: (webhook) => <WebhookState webhook={webhook} /> },
  ]
  return (
    <Stack gap="sm">
      <Text size="sm" c="dimmed">
        {t('Tollgate tells these addresses what happens, signed, and tries again where they do not answer.')}
      </Text>
      <List
        label={t('Webhooks')}
        columns={columns}
        rows={webhooks.data?.items}
        rowKey={({ id }) => id}
        error={webhooks.error}
        again={() => void webhooks.refetch()}
        empty={{ title: t('There are no webhooks yet.'), action: <NewWebhook /> }}
      />
    </Stack>
  )
}

/** Makes a webhook. */
export function NewWebhook() {
  const { t } = useTranslation()
  return (
    <DialogButton label={t('New webhook')} size="sm">
      {(close) => <WebhookForm close={close} />}
    </DialogButton>
  )
}

/** Whether a webhook works. */
export function WebhookState({ webhook }: { webhook: Webhook }) {
  const { t } = useTranslation()
  const { enabled, disabled_because, failing_since } = webhook
  const [color, words] = !enabled
    ? disabled_because
      ? (['red', t('disabled by itself')] as const)
      : (['gray', t('disabled')] as const)
    : failing_since
      ? (['yellow', t('failing')] as const)
      : (['green', t('enabled')] as const)
  return (
    <Badge variant="light" color={color} radius="sm">
      {words}
    </Badge>
  )
}
