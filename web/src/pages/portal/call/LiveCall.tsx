import { amountText } from '@/format/money'
import { durationText } from '@/format/time'
import { useTranslation } from '@/i18n'
import { useSeconds } from '@/phone/Meter'
import { type PhoneNow, phone } from '@/phone/phone'
import { heardText } from '@/phone/words'
import { LiveCard } from './LiveCard'

/** The call of this page's phone: time and cost as they go. */
export function LiveCall({ now, name }: { now: PhoneNow; name: string }) {
  const { t } = useTranslation()
  const seconds = useSeconds(now)
  const { meter } = now
  const left = meter?.remaining_seconds
  return (
    <LiveCard
      seconds={seconds}
      amount={meter && amountText(meter.cost, meter.currency)}
      words={heardText(t, now)}
      aside={typeof left === 'number' && t('{{time}} left', { time: durationText(left) })}
      hangUpLabel={t('Hang up the call to {{name}}', { name })}
      hangUp={() => phone.telephone.hangUp()}
    />
  )
}
