import { Button, type ButtonProps, Modal } from '@mantine/core'
import { useDisclosure } from '@mantine/hooks'
import type { ReactNode } from 'react'
import { useTranslation } from '@/i18n'

interface DialogButtonProps extends Omit<ButtonProps, 'children'> {
  /** What the button says, and the dialog's heading. */
  label: string
  /** The heading, where it is another. */
  title?: string
  /** How wide the dialog is. */
  room?: 'md' | 'lg' | 'xl'
  /** What is in the dialog; made anew each time that it opens. */
  children: (close: () => void) => ReactNode
}

/** A button that opens a dialog. */
export function DialogButton({ label, title, room = 'md', children, ...props }: DialogButtonProps) {
  const { t } = useTranslation()
  const [isOpen, { open, close }] = useDisclosure()
  return (
    <>
      <Button size="xs" {...props} onClick={open}>
        {label}
      </Button>
      <Modal
        opened={isOpen}
        onClose={close}
        title={title ?? label}
        size={room}
        closeButtonProps={{ 'aria-label': t('Close') }}
      >
        {children(close)}
      </Modal>
    </>
  )
}
