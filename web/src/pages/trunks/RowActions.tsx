import { Group } from '@mantine/core'
import type { ReactNode } from 'react'
import { useTranslation } from '@/i18n'
import { ConfirmButton } from '@/ui/ConfirmButton'
import { DialogButton } from '@/ui/DialogButton'

interface RowActionsProps {
  /** What kind of record it is: the heading of the form. */
  title: string
  /** Which one it is, for people who hear it. */
  name: string
  /** What it leads to when it is deleted. */
  warning: string
  remove: () => Promise<unknown>
  /** The form that changes it. */
  children: (close: () => void) => ReactNode
}

/** What can be done with a row: it is changed, or deleted. */
export function RowActions({ title, name, warning, remove, children }: RowActionsProps) {
  const { t } = useTranslation()
  return (
    <Group gap={6} justify="flex-end" wrap="nowrap">
      <DialogButton
        label={t('Change')}
        aria-label={t('Change {{name}}', { name })}
        title={title}
        room="lg"
        size="compact-xs"
        variant="default"
      >
        {children}
      </DialogButton>
      <ConfirmButton
        label={t('Delete')}
        aria-label={t('Delete {{name}}', { name })}
        size="compact-xs"
        warning={warning}
        run={remove}
      />
    </Group>
  )
}
