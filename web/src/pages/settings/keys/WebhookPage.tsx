import { Alert, Anchor, Stack, Text, Title } from '@mantine/core'
import { getRouteApi, Link } from '@tanstack/react-router'
import { $api } from '@/api/client'
import { Time } from '@/format/time'
import { useTranslation } from '@/i18n'
import { Facts } from '@/ui/Facts'
import { Page } from '@/ui/Page'
import { Failure, Waiting } from '@/ui/states'
import { Deliveries } from './Deliveries'
import { useKinds } from './kinds'
import { WebhookActions } from './WebhookActions'
import type { Webhook } from './WebhookForm'
import { WebhookState } from './Webhooks'

const route = getRouteApi('/frame/keys/webhooks/$id')

/** A webhook, and how what was sent to it went. */
export function WebhookPage() {
  const { t } = useTranslation()
  const { id } = route.useParams()
  const webhook = $api.useQuery('get', '/api/v1/webhooks/{id}', { params: { path: { id } } })
  if (webhook.isPending) return <Waiting />
  if (!webhook.data) return <Failure error={webhook.error} again={() => webhook.refetch()} />
  return (
    <Page
      title={t('Webhook')}
      mark={<WebhookState webhook={webhook.data} />}
      actions={<WebhookActions webhook={webhook.data} />}
    >
      <Anchor component={Link} to="/keys" search={{ tab: 'webhooks' } as never} fz="sm">
        {t('All webhooks')}
      </Anchor>
      <Trouble webhook={webhook.data} />
      <About webhook={webhook.data} />
      <Stack gap="xs" component="section">
        <Title order={2} size="h4">
          {t('Deliveries')}
        </Title>
        <Deliveries webhook={id} />
      </Stack>
    </Page>
  )
}

function About({ webhook }: { webhook: Webhook }) {
  const { t } = useTranslation()
  const kinds = useKinds()
  const told = webhook.kinds.map((kind) => kinds.find((one) => one.kind === kind)?.words ?? kind)
  const { url, description, created_at, old_secret_until } = webhook
  const both = old_secret_until && Date.parse(old_secret_until) > Date.now()
  return (
    <Facts
      facts={[
        { title: t('Address'), value: <span style={{ overflowWrap: 'anywhere' }}>{url}</span> },
        { title: t('What it is for'), value: description ?? '–' },
        { title: t('It is told'), value: told.join(', ') },
        { title: t('Made'), value: <Time at={created_at} /> },
        ...(both
          ? [{ title: t('The old secret signs, too, until'), value: <Time at={old_secret_until} /> }]
          : []),
      ]}
    />
  )
}

function Trouble({ webhook: { disabled_because, failing_since } }: { webhook: Webhook }) {
  const { t } = useTranslation()
  if (!disabled_because && !failing_since) return null
  return (
    <Alert color={disabled_because ? 'red' : 'yellow'} title={t('It does not work')}>
      <Text size="sm">
        {disabled_because === 'gone'
          ? t('It was disabled: the address says that it is gone for good.')
          : disabled_because
            ? t('It was disabled: nothing came through for three days.')
            : t('Nothing has come through since:')}{' '}
        {!disabled_because && <Time at={failing_since} />}
      </Text>
    </Alert>
  )
}
