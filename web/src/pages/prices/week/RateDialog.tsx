import { ActionIcon, Button, Group, Modal, Stack } from '@mantine/core'
import { useDisclosure } from '@mantine/hooks'
import { IconAdjustments } from '@tabler/icons-react'
import { useState } from 'react'
import { useTranslation } from '@/i18n'
import type { Rate } from '../document'
import { RateFields } from '../plans/RateFields'
import { draftOf, rateOf } from '../plans/rate'

interface RateDialogProps {
  rate: Rate
  currency: string
  save: (rate: Rate) => void
}

/** Gives a discount period a whole rate of its own: other steps, increments, another connect fee. */
export function RateDialog(props: RateDialogProps) {
  const { t } = useTranslation()
  const [isOpen, { open, close }] = useDisclosure()
  const label = t('A whole rate of its own')
  return (
    <>
      <ActionIcon variant="subtle" color="gray" onClick={open} aria-label={label} title={label}>
        <IconAdjustments size={16} />
      </ActionIcon>
      <Modal
        opened={isOpen}
        onClose={close}
        title={label}
        size="lg"
        closeButtonProps={{ 'aria-label': t('Close') }}
      >
        <Fields {...props} close={close} />
      </Modal>
    </>
  )
}

function Fields({ rate, currency, save, close }: RateDialogProps & { close: () => void }) {
  const { t } = useTranslation()
  const [draft, setDraft] = useState(() => draftOf(rate))
  return (
    <Stack>
      <RateFields rate={draft} change={setDraft} currency={currency} />
      <Group justify="flex-end" gap="xs">
        <Button variant="default" onClick={close}>
          {t('Cancel')}
        </Button>
        <Button
          onClick={() => {
            save(rateOf(draft))
            close()
          }}
        >
          {t('Take it')}
        </Button>
      </Group>
    </Stack>
  )
}
