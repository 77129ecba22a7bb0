import { Badge, Button, Code, Group, Modal, Stack, Text } from '@mantine/core'
import { notifications } from '@mantine/notifications'
import { useState } from 'react'
import { $api, fetchClient, type once, type Schema } from '@/api/client'
import { Time } from '@/format/time'
import { useTranslation } from '@/i18n'
import { ConfirmButton } from '@/ui/ConfirmButton'
import { type Column, List } from '@/ui/List'
import { listed, PAGES } from '@/ui/pages'

type Delivery = Schema<'DeliveryDocument'>

/** What was and is on its way to a webhook, the newest first. */
export function Deliveries({ webhook }: { webhook: string }) {
  const { t } = useTranslation()
  const [opened, setOpened] = useState<string>()
  const deliveries = $api.useInfiniteQuery(
    'get',
    '/api/v1/webhooks/{id}/deliveries',
    { params: { path: { id: webhook }, query: { limit: 50 } } },
    // Deliveries have no hints of their own: while one is on its way it is looked for often.
    {
      ...PAGES,
      refetchInterval: ({ state }) =>
        state.data?.pages.some(({ items }) => items.some((item) => item.state === 'pending')) ? 2_000 : false,
    },
  )
  const list = listed(deliveries)
  const shown = list.rows?.find(({ id }) => id === opened)
  const columns: Column<Delivery>[] = [
    { key: 'kind', title: t('Event'), cell: ({ kind }) => kind },
    { key: 'at', title: t('When'), cell: ({ created_at }) => <Time at={created_at} style="exact" /> },
    { key: 'state', title: t('State'), cell: ({ state }) => <DeliveryState state={state} /> },
    {
      key: 'answer',
      title: t('Last answer'),
      cell: ({ attempts }) => (
        <Text inherit lineClamp={1} maw={360}>
          <Answer attempt={attempts.at(-1)} />
        </Text>
      ),
    },
    { key: 'tries', title: t('Tries'), cell: ({ attempts }) => attempts.length, isFigure: true },
    {
      key: 'more',
      title: t('More'),
      cell: (delivery) => (
        <Button size="compact-xs" variant="default" onClick={() => setOpened(delivery.id)}>
          {t('Show')}
        </Button>
      ),
      isFigure: true,
    },
  ]
  return (
    <>
      <List
        label={t('Deliveries')}
        columns={columns}
        rowKey={({ id }) => id}
        empty={{ title: t('Nothing was sent yet.') }}
        {...list}
      />
      <Modal
        opened={shown !== undefined}
        onClose={() => setOpened(undefined)}
        title={shown?.kind}
        size="lg"
        closeButtonProps={{ 'aria-label': t('Close') }}
      >
        {shown && <Sent delivery={shown} webhook={webhook} again={() => void deliveries.refetch()} />}
      </Modal>
    </>
  )
}

function DeliveryState({ state }: { state: string }) {
  const { t } = useTranslation()
  const words: Record<string, string> = {
    pending: t('on its way'),
    delivered: t('delivered'),
    failed: t('given up'),
  }
  const color = state === 'delivered' ? 'green' : state === 'failed' ? 'red' : 'yellow'
  return (
    <Badge variant="light" color={color} radius="sm" miw="max-content">
      {words[state] ?? state}
    </Badge>
  )
}

function Answer({ attempt }: { attempt: Schema<'AttemptDocument'> | undefined }) {
  const { t } = useTranslation()
  if (!attempt) return t('none yet')
  return attempt.status ?? attempt.error ?? '–'
}

interface SentProps {
  delivery: Delivery
  webhook: string
  again: () => void
}

/** What was sent, and what came back. */
function Sent({ delivery, webhook, again }: SentProps) {
  const { t } = useTranslation()
  const redeliver = async (header: ReturnType<typeof once>) => {
    const params = { path: { id: webhook, delivery: delivery.id }, header }
    await fetchClient.POST('/api/v1/webhooks/{id}/deliveries/{delivery}/redeliver', { params })
    again()
    notifications.show({ message: t('It is on its way once more.') })
  }
  return (
    <Stack gap="sm">
      <Group justify="space-between">
        <Text size="sm" c="dimmed" style={{ overflowWrap: 'anywhere' }}>
          webhook-id {delivery.event}
        </Text>
        {delivery.state !== 'pending' && (
          <ConfirmButton
            label={t('Send once more')}
            warning={t('The receiver knows it by the same webhook-id as before.')}
            run={redeliver}
          />
        )}
      </Group>
      <Code block>{JSON.stringify(delivery.body, null, 2)}</Code>
      {delivery.attempts.map((attempt) => (
        <Stack key={attempt.at} gap={4}>
          <Text size="sm">
            <Time at={attempt.at} style="exact" /> · {attempt.duration_ms} ms · <Answer attempt={attempt} />
          </Text>
          {attempt.answer && <Code block>{attempt.answer}</Code>}
        </Stack>
      ))}
    </Stack>
  )
}
