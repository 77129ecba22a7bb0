import { Alert, Button, Group, Stack, Text } from '@mantine/core'
import type { UseFormReturnType } from '@mantine/form'
import { useBlocker } from '@tanstack/react-router'
import { type ReactNode, useEffect, useRef, useState } from 'react'
import { Refusal } from '@/api/problem'
import { useTranslation } from '@/i18n'
import { Failure } from './states'

interface FormProps<Values> {
  form: UseFormReturnType<Values>
  /** Sends what was entered. `version` is the one that somebody else has made, where theirs is to be overwritten. */
  send: (values: Values, version?: number) => Promise<unknown>
  /** What happens once it is sent. */
  done: () => void
  /** Reads the record again, where somebody else has changed it. */
  reload?: () => void
  cancel?: () => void
  /** What the button says. */
  submit: string
  children: ReactNode
}

/**
 * A form that sends itself: what the server finds wrong stands at its field, the first of which gets the focus, and whoever leaves with
 * something unsaved is asked.
 */
export function Form<Values>({ form, send, done, reload, cancel, submit, children }: FormProps<Values>) {
  const { t } = useTranslation()
  const [refusal, setRefusal] = useState<unknown>()
  const [isSending, setSending] = useState(false)
  const button = useRef<HTMLButtonElement>(null)
  // While it is sent the button takes no focus: whoever goes by the keyboard finds it again where it was.
  useEffect(() => {
    if (!isSending && refusal && document.activeElement === document.body) button.current?.focus()
  }, [isSending, refusal])
  useBlocker({
    shouldBlockFn: () => form.isDirty() && !window.confirm(t('Leave without saving?')),
    enableBeforeUnload: () => form.isDirty(),
  })
  const sent = async (version?: number) => {
    setSending(true)
    setRefusal(undefined)
    try {
      await send(form.getValues(), version)
      form.resetDirty()
      done()
    } catch (error) {
      const fields = error instanceof Refusal ? known(form, error.fields) : {}
      form.setErrors(fields)
      const [first] = Object.keys(fields)
      if (first) form.getInputNode(first)?.focus()
      setRefusal(first ? undefined : error)
    } finally {
      setSending(false)
    }
  }
  const stale = refusal instanceof Refusal && refusal.isStale ? refusal : undefined
  return (
    <form onSubmit={form.onSubmit(() => sent())} noValidate>
      <Stack gap="sm">
        {children}
        {stale && (
          <Stale
            reload={() => {
              setRefusal(undefined)
              reload?.()
            }}
            keep={() => sent(Number((stale.problem as { current_version?: number }).current_version))}
          />
        )}
        {Boolean(refusal) && !stale && <Failure error={refusal} />}
        <Group justify="flex-end" gap="xs">
          {cancel && (
            <Button variant="default" onClick={cancel}>
              {t('Cancel')}
            </Button>
          )}
          <Button type="submit" ref={button} loading={isSending}>
            {submit}
          </Button>
        </Group>
      </Stack>
    </form>
  )
}

/** What is wrong with fields that the form has, of one of several where it has one field for all; about others it has to speak as a whole. */
function known<Values>(form: UseFormReturnType<Values>, fields: Record<string, string>) {
  const faults = Object.entries(fields).map(([path, fault]) => [nearest(form, path), fault])
  return faults.length > 0 && faults.every(([path]) => path) ? Object.fromEntries(faults) : {}
}

/** The field itself, or that which is around it. */
function nearest<Values>(form: UseFormReturnType<Values>, path: string): string {
  for (let field = path; field; field = field.slice(0, Math.max(field.lastIndexOf('.'), 0)))
    if (form.getInputNode(field) !== null) return field
  return ''
}

/** Brings what has just come to where it is seen. */
function seen(element: HTMLElement | null) {
  element?.scrollIntoView({ block: 'nearest' })
}

function Stale({ reload, keep }: { reload?: () => void; keep: () => void }) {
  const { t } = useTranslation()
  return (
    <Alert color="yellow" role="alert" ref={seen} title={t('Somebody else has changed this meanwhile')}>
      <Stack gap="xs">
        <Text size="sm">{t('Take their version and enter yours again, or overwrite it with yours.')}</Text>
        <Group gap="xs">
          <Button size="xs" variant="default" onClick={reload}>
            {t('Reload')}
          </Button>
          <Button size="xs" variant="default" onClick={keep}>
            {t('Keep mine')}
          </Button>
        </Group>
      </Stack>
    </Alert>
  )
}
