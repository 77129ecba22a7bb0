import { SegmentedControl, Text } from '@mantine/core'
import { useForm } from '@mantine/form'
import { notifications } from '@mantine/notifications'
import { useState } from 'react'
import { useChanged } from '@/api/changed'
import { fetchClient, once } from '@/api/client'
import { weekdayText } from '@/format/day'
import { useTranslation } from '@/i18n'
import { HoursField } from '@/pages/groups/roster/HoursField'
import { hoursText } from '@/pages/groups/words'
import { useSession } from '@/session'
import { Form } from '@/ui/Form'
import { dateOfPart, type OwnShift } from './shift'

interface OfferFormProps {
  shift: OwnShift
  /** The date of the group on which it begins. */
  date: string
  /** Its hours, and which of them are offered at first. */
  whole: string
  hours: string
  close: () => void
}

interface Values {
  scope: 'whole' | 'part'
  hours: string
}

/** Offers a shift, or a part of it, to the others of its group. */
export function OfferForm({ shift, date, whole, hours, close }: OfferFormProps) {
  const { t } = useTranslation()
  const changed = useChanged()
  const { time_zone: here } = useSession().tenant
  const { group, group_name, time_zone, duty } = shift
  const [key] = useState(once)
  const isWhole = whole === hours
  const form = useForm<Values>({
    mode: 'controlled',
    initialValues: { scope: isWhole ? 'whole' : 'part', hours },
  })
  const { scope } = form.getValues()
  const send = ({ scope, hours }: Values) => {
    const part = scope === 'whole' ? whole : hours
    return fetchClient.POST('/api/v1/agents/{id}/swaps', {
      params: { path: { id: duty.agent }, header: key },
      body: { group, date: dateOfPart(date, whole, part), hours: part },
    })
  }
  const leave = () => {
    close()
    notifications.show({ message: t('The others are told of it.') })
    void changed('agents')
  }
  return (
    <Form form={form} send={send} done={leave} cancel={close} submit={t('Offer it')}>
      <Text size="sm">
        {`${group_name} · ${weekdayText(date, 'long')} · `}
        <span className="figures">{hoursText(whole)}</span>
      </Text>
      {isWhole && (
        <SegmentedControl
          fullWidth
          aria-label={t('What is offered')}
          data={[
            { value: 'whole', label: t('The whole shift') },
            { value: 'part', label: t('A part of it') },
          ]}
          {...form.getInputProps('scope')}
        />
      )}
      {scope === 'part' && <HoursField {...form.getInputProps('hours')} />}
      {time_zone !== here && (
        <Text size="sm" c="dimmed">
          {t('Times in {{zone}}.', { zone: time_zone })}
        </Text>
      )}
      <Text size="sm" c="dimmed">
        {t(
          'Until somebody takes it you are on duty as before. Whoever wants mails about shifts gets one now.',
        )}
      </Text>
    </Form>
  )
}
