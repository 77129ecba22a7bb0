import { Button, Group, Modal, Text } from '@mantine/core'
import { useDisclosure } from '@mantine/hooks'
import { notifications } from '@mantine/notifications'
import { useQueryClient } from '@tanstack/react-query'
import { useNavigate } from '@tanstack/react-router'
import { useState } from 'react'
import { fetchClient, once } from '@/api/client'
import { useTranslation } from '@/i18n'
import { Confirm } from '@/ui/Confirm'
import { ConfirmButton } from '@/ui/ConfirmButton'
import { DialogButton } from '@/ui/DialogButton'
import { Secret } from './Secret'
import { invalidateWebhooks, type Webhook, WebhookForm } from './WebhookForm'

/** What can be done with a webhook. */
export function WebhookActions({ webhook }: { webhook: Webhook }) {
  const { t } = useTranslation()
  const queries = useQueryClient()
  const navigate = useNavigate()
  const params = { path: { id: webhook.id } }
  const remove = async () => {
    await fetchClient.DELETE('/api/v1/webhooks/{id}', { params })
    await navigate({ to: '/keys', search: { tab: 'webhooks' } })
    invalidateWebhooks(queries)
    notifications.show({ message: t('The webhook is gone.') })
  }
  return (
    <>
      <TestButton webhook={webhook} />
      <DialogButton label={t('Change')} title={t('Webhook')} variant="default">
        {(close) => <WebhookForm key={webhook.version} webhook={webhook} close={close} />}
      </DialogButton>
      <RotateButton webhook={webhook} />
      <ConfirmButton
        label={t('Delete')}
        warning={t('What is on its way to it is not sent any more.')}
        color="red"
        variant="outline"
        run={remove}
      />
    </>
  )
}

function TestButton({ webhook }: { webhook: Webhook }) {
  const { t } = useTranslation()
  const queries = useQueryClient()
  const [isSending, setSending] = useState(false)
  const test = async () => {
    setSending(true)
    try {
      const params = { path: { id: webhook.id }, header: once() }
      await fetchClient.POST('/api/v1/webhooks/{id}/test', { params })
      notifications.show({ message: t('A test is on its way: see below how it goes.') })
    } catch (error) {
      notifications.show({ color: 'red', message: String(error) })
    } finally {
      invalidateWebhooks(queries)
      setSending(false)
    }
  }
  return (
    <Button size="xs" onClick={test} loading={isSending}>
      {t('Send a test')}
    </Button>
  )
}

/** Gives it a new secret, and shows it this once. */
function RotateButton({ webhook }: { webhook: Webhook }) {
  const { t } = useTranslation()
  const queries = useQueryClient()
  const [isOpen, { open, close }] = useDisclosure()
  const [secret, setSecret] = useState<string>()
  const rotate = async () => {
    const params = { path: { id: webhook.id } }
    const { data } = await fetchClient.POST('/api/v1/webhooks/{id}/rotate', { params })
    setSecret(data?.secret)
    invalidateWebhooks(queries)
  }
  return (
    <Group>
      <Button size="xs" variant="default" onClick={open}>
        {t('New secret')}
      </Button>
      <Confirm isOpen={isOpen} close={close} title={t('New secret')} action={t('New secret')} run={rotate}>
        <Text size="sm">
          {t(
            'For a day both the new secret and the one before sign what is sent: time to give it to the receiver.',
          )}
        </Text>
      </Confirm>
      <Modal
        opened={secret !== undefined}
        onClose={() => setSecret(undefined)}
        title={t('New secret')}
        closeOnClickOutside={false}
        closeButtonProps={{ 'aria-label': t('Close') }}
      >
        {secret && (
          <Secret
            secret={secret}
            title={t('The secret that signs what is sent')}
            close={() => setSecret(undefined)}
          />
        )}
      </Modal>
    </Group>
  )
}
