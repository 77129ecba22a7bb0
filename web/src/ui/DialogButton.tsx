import { Button, type ButtonProps, Modal } from '@mantine/core'
import { useDisclosure } from '@mantine/hooks'
import { useLocation, useNavigate } from '@tanstack/react-router'
import { type ReactNode, useEffect } from 'react'
import { useTranslation } from '@/i18n'

interface DialogButtonProps extends Omit<ButtonProps, 'children'> {
  /** What the button says, and the dialog's heading. */
  label: string
  /** The heading, where it is another. */
  title?: string
  /** What the address has behind `#` where it asks for the dialog. */
  anchor?: string
  /** How wide the dialog is. */
  room?: 'md' | 'lg' | 'xl'
  /** What is in the dialog; made anew each time that it opens. */
  children: (close: () => void) => ReactNode
}

/** A button that opens a dialog. */
export function DialogButton({ label, title, anchor, room = 'md', children, ...props }: DialogButtonProps) {
  const { t } = useTranslation()
  const [isOpen, { open, close }] = useDisclosure()
  const isAsked = useLocation({ select: ({ hash }) => hash !== '' && hash === anchor })
  const navigate = useNavigate()
  useEffect(() => {
    if (!isAsked) return
    open()
    void navigate({ to: '.', search: true, hash: '', replace: true })
  }, [isAsked, open, navigate])
  return (
    <>
      <Button {...props} onClick={open}>
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
