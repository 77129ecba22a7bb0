import { Select, TextInput } from '@mantine/core'
import { useForm } from '@mantine/form'
import { useState } from 'react'
import { fetchClient, ifVersion, once, type Schema } from '@/api/client'
import { dayOf, dayStart } from '@/format/civil'
import { dayText } from '@/format/day'
import { useTranslation } from '@/i18n'
import { useSession } from '@/session'
import { DialogButton } from '@/ui/DialogButton'
import { Form } from '@/ui/Form'
import { useDone } from '../done'
import { useFittingPlans } from '../plans'
import { ProRata } from './ProRata'
import { planNow } from './planNow'

interface ChangePlanProps {
  line: Schema<'LineDocument'>
  customer: Schema<'CustomerDocument'>
}

/** Gives a line another plan, and shows before what that does to the fee. */
export function ChangePlan({ line, customer }: ChangePlanProps) {
  const { t } = useTranslation()
  return (
    <DialogButton
      label={t('Change the plan')}
      title={t('Another plan for line {{number}}', { number: line.number })}
      room="lg"
    >
      {(close) => <ChangeForm line={line} customer={customer} close={close} />}
    </DialogButton>
  )
}

function ChangeForm({ line, customer, close }: ChangePlanProps & { close: () => void }) {
  const { t } = useTranslation()
  const tell = useDone()
  // What is entered is about the record as it was when the form opened.
  const [read] = useState(line.version)
  const { time_zone } = useSession().tenant
  const [key] = useState(once)
  const [now] = useState(() => new Date())
  const today = dayOf(now, time_zone)
  const plans = useFittingPlans(customer)
  // A change that is set already can be replaced, or followed by a later one.
  const last = line.plans.at(-1)?.from
  const pending = last && Date.parse(last) > now.getTime() ? dayOf(new Date(last), time_zone) : undefined
  const first = pending ?? today
  const instantOf = (day: string) => (day === today ? null : dayStart(day, time_zone))
  const [wanted, setWanted] = useState<{ plan: string | null; from: string }>({ plan: null, from: first })
  const form = useForm({
    mode: 'uncontrolled',
    initialValues: { plan: null as string | null, from: first },
    onValuesChange: setWanted,
  })
  const send = ({ plan, from }: ReturnType<typeof form.getValues>, version?: number) =>
    fetchClient.POST('/api/v1/lines/{id}/plan', {
      params: { path: { id: line.id }, header: { ...key, ...ifVersion(version ?? read) } },
      body: { plan: plan ?? '', from: from ? instantOf(from) : null },
    })
  const leave = (message?: string) => {
    close()
    tell(message)
  }
  const others = plans.filter(({ id }) => id !== planNow(line) || line.plans.at(-1)?.plan !== id)
  const day = wanted.from || today
  return (
    <Form
      form={form}
      send={send}
      done={() => leave(t('The plan is changed.'))}
      reload={() => leave()}
      cancel={close}
      submit={t('Change the plan')}
    >
      <Select
        label={t('New plan')}
        data={others.map(({ id, name }) => ({ value: id, label: name }))}
        data-autofocus
        key={form.key('plan')}
        {...form.getInputProps('plan')}
      />
      <TextInput
        type="date"
        label={t('From')}
        description={
          pending
            ? t('A change on {{day}} is set already: it can be replaced, or a later one set.', {
                day: dayText(pending),
              })
            : t(
                'Today: from now on. The day of a change belongs to the new plan; calls that have begun keep their prices.',
              )
        }
        min={first}
        key={form.key('from')}
        {...form.getInputProps('from')}
      />
      {wanted.plan && (
        <ProRata line={line} mode={customer.mode} plan={wanted.plan} day={day} from={instantOf(day)} />
      )}
    </Form>
  )
}
