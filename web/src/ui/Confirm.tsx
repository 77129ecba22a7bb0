import { Modal } from '@mantine/core'
import { useForm } from '@mantine/form'
import { type ReactNode, useState } from 'react'
import { once } from '@/api/client'
import { useTranslation } from '@/i18n'
import { Form } from './Form'

interface ConfirmProps {
  isOpen: boolean
  close: () => void
  title: string
  /** What it leads to. */
  children: ReactNode
  /** What the button says that does it. */
  action: string
  /** Does it, under this key: however often the button is pressed, it is done once. */
  run: (key: ReturnType<typeof once>) => Promise<unknown>
}

/** Says what something leads to before it is done. */
export function Confirm({ isOpen, close, title, ...question }: ConfirmProps) {
  const { t } = useTranslation()
  return (
    <Modal opened={isOpen} onClose={close} title={title} closeButtonProps={{ 'aria-label': t('Close') }}>
      <Question close={close} {...question} />
    </Modal>
  )
}

function Question({ close, children, action, run }: Omit<ConfirmProps, 'isOpen' | 'title'>) {
  const form = useForm()
  const [key] = useState(once)
  return (
    <Form form={form} send={() => run(key)} done={close} cancel={close} submit={action}>
      {children}
    </Form>
  )
}
