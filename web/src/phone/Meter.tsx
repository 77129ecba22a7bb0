import { Text } from '@mantine/core'
import { useEffect, useState } from 'react'
import { amountText } from '@/format/money'
import { durationText } from '@/format/time'
import { useTranslation } from '@/i18n'
import { type PhoneNow, phone } from './phone'

/** How long the call is up, in seconds, as it goes. */
export function useSeconds(now: PhoneNow): number {
  const [seconds, setSeconds] = useState(0)
  const isUp = now.state === 'talking'
  useEffect(() => {
    if (!isUp) return
    const tick = () => setSeconds(phone.telephone.seconds())
    tick()
    const timer = setInterval(tick, 250)
    return () => clearInterval(timer)
  }, [isUp])
  return isUp ? seconds : 0
}

/** Time and cost of the call that is up, and with `isLong` for how long the balance allows it. */
export function CallMeter({ now, isLong }: { now: PhoneNow; isLong?: boolean }) {
  const { t } = useTranslation()
  const seconds = useSeconds(now)
  if (now.state !== 'talking') return null
  const { meter } = now
  const left = meter?.remaining_seconds
  const parts = [
    durationText(seconds),
    meter && amountText(meter.cost, meter.currency),
    isLong && typeof left === 'number' && t('{{time}} left', { time: durationText(left) }),
  ]
  return (
    <Text span inherit className="figures" role={isLong ? 'timer' : undefined}>
      {parts.filter(Boolean).join(' · ')}
    </Text>
  )
}
