import { Select, Text, TextInput } from '@mantine/core'
import { useForm } from '@mantine/form'
import { fetchClient, type Schema } from '@/api/client'
import { useTranslation } from '@/i18n'
import { useSession } from '@/session'
import { ConfirmButton } from '@/ui/ConfirmButton'
import { DialogButton } from '@/ui/DialogButton'
import { Form } from '@/ui/Form'
import { useDone } from '../done'
import { useSuspensionWords } from '../suspensionWords'

type Line = Schema<'LineDocument'>

const open = ({ suspensions }: Line) => suspensions.filter(({ to }) => !to).map(({ reason }) => reason)

/** Suspends a line by hand. */
export function SuspendLine({ line }: { line: Line }) {
  const { t } = useTranslation()
  const known = open(line)
  if (known.includes('manual') && known.includes('fraud')) return null
  return (
    <DialogButton
      label={t('Suspend')}
      title={t('Suspend line {{number}}', { number: line.number })}
      variant="default"
    >
      {(close) => <SuspendForm line={line} known={known} close={close} />}
    </DialogButton>
  )
}

function SuspendForm({ line, known, close }: { line: Line; known: string[]; close: () => void }) {
  const { t } = useTranslation()
  const tell = useDone()
  const reasons = [
    { value: 'manual', label: t('by hand') },
    { value: 'fraud', label: t('fraud') },
  ].filter(({ value }) => !known.includes(value))
  const form = useForm({
    mode: 'uncontrolled',
    initialValues: { reason: reasons[0]?.value ?? 'manual', note: '' },
  })
  const send = ({ reason, note }: ReturnType<typeof form.getValues>) =>
    fetchClient.PUT('/api/v1/lines/{id}/suspensions/{reason}', {
      params: { path: { id: line.id, reason } },
      body: { note: note.trim() || null },
    })
  const done = () => {
    close()
    tell(t('The line is suspended.'))
  }
  return (
    <Form form={form} send={send} done={done} cancel={close} submit={t('Suspend')}>
      <Text size="sm">{t('From now on it reaches emergency and service numbers only.')}</Text>
      <Select
        label={t('Why')}
        data={reasons}
        allowDeselect={false}
        key={form.key('reason')}
        {...form.getInputProps('reason')}
      />
      <TextInput
        label={t('Note')}
        description={t('For the staff; the customer does not see it.')}
        data-autofocus
        key={form.key('note')}
        {...form.getInputProps('note')}
      />
    </Form>
  )
}

/** Takes a reason from a suspended line, for each that there is. */
export function LiftSuspensions({ line }: { line: Line }) {
  const { t } = useTranslation()
  const tell = useDone()
  const words = useSuspensionWords()
  const session = useSession()
  const reasons = open(line).filter((reason) => reason !== 'fraud' || session.is('owner', 'admin'))
  const names: Record<string, string> = {
    dunning: t('Lift: unpaid invoices'),
    funds: t('Lift: fee not covered'),
    fraud: t('Lift: fraud'),
    manual: t('Lift the suspension'),
  }
  return reasons.map((reason) => (
    <ConfirmButton
      key={reason}
      label={names[reason] ?? reason}
      warning={t('The line is suspended because {{why}}. It is active again when no other reason is left.', {
        why: words[reason]?.why ?? reason,
      })}
      run={async () => {
        await fetchClient.DELETE('/api/v1/lines/{id}/suspensions/{reason}', {
          params: { path: { id: line.id, reason } },
        })
        tell(t('That reason is gone.'))
      }}
    />
  ))
}
