import { ActionIcon, Button, Group, Modal, Stack, Text, TextInput } from '@mantine/core'
import { IconX } from '@tabler/icons-react'
import { type ReactNode, type SubmitEvent, useCallback, useEffect, useState } from 'react'
import { useTranslation } from '@/i18n'
import { phone } from './phone'
import type { Blocking } from './protocol'

export function BlockingButton({ icon }: { icon: ReactNode }) {
  const { t } = useTranslation()
  const [isOpen, setOpen] = useState(false)
  return (
    <>
      <Button
        variant="subtle"
        color="gray"
        size="compact-sm"
        leftSection={icon}
        onClick={() => setOpen(true)}
      >
        {t('Call blocking')}
      </Button>
      <BlockedNumbers isOpen={isOpen} close={() => setOpen(false)} />
    </>
  )
}

/** Opens when call blocking was dialled: #70. */
export function BlockingDialog({ isAsked }: { isAsked: boolean }) {
  return <BlockedNumbers isOpen={isAsked} close={() => phone.telephone.blockingShown()} />
}

function BlockedNumbers({ isOpen, close }: { isOpen: boolean; close: () => void }) {
  const { t } = useTranslation()
  return (
    <Modal
      opened={isOpen}
      onClose={close}
      title={t('Call blocking')}
      closeButtonProps={{ 'aria-label': t('Close') }}
    >
      <List />
    </Modal>
  )
}

function List() {
  const { t } = useTranslation()
  const [numbers, setNumbers] = useState<string[]>()
  const [isRefused, setRefused] = useState(false)
  const change = useCallback(async (what: Blocking) => {
    setRefused(false)
    await phone.blocking(what).then(setNumbers, () => setRefused(true))
  }, [])
  useEffect(() => void change({ action: 'list' }), [change])
  const add = (event: SubmitEvent<HTMLFormElement>) => {
    event.preventDefault()
    const number = String(new FormData(event.currentTarget).get('number')).trim()
    if (number) void change({ action: 'add', number })
    event.currentTarget.reset()
  }
  return (
    <Stack gap="sm">
      {numbers?.length === 0 && <Text size="sm">{t('No numbers are blocked.')}</Text>}
      {numbers?.map((number) => (
        <Group key={number} justify="space-between">
          <Text className="figures">{number}</Text>
          <ActionIcon
            variant="default"
            aria-label={t('Unblock {{number}}', { number })}
            onClick={() => void change({ action: 'remove', number })}
          >
            <IconX size={16} />
          </ActionIcon>
        </Group>
      ))}
      <form onSubmit={add}>
        <Group align="end" gap="xs" wrap="nowrap">
          <TextInput
            name="number"
            label={t('Block calls from')}
            inputMode="tel"
            maxLength={32}
            flex={1}
            error={isRefused && t('The exchange does not take this number.')}
          />
          <Button type="submit">{t('Block')}</Button>
        </Group>
      </form>
    </Stack>
  )
}
