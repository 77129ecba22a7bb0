import { ActionIcon, Text, UnstyledButton } from '@mantine/core'
import { IconChevronDown, IconPhone, IconPhoneOff } from '@tabler/icons-react'
import { useEffect, useState } from 'react'
import { useTranslation } from '@/i18n'
import { BlockingDialog } from './BlockingDialog'
import classes from './dock.module.css'
import { Elsewhere } from './Elsewhere'
import { Handset } from './Handset'
import { LineChoice } from './LineChoice'
import { CallMeter } from './Meter'
import { isBusy, type PhoneNow, partner, phone, usePhone } from './phone'
import { noticeText, placeText } from './words'

/** The phone: a small bar while nothing happens. */
export default function Dock({ user }: { user: string }) {
  const { t } = useTranslation()
  const now = usePhone()
  const [isOpen, setOpen] = useState(false)
  const isRinging = now.state === 'ringing'
  useEffect(() => phone.belongTo(user), [user])
  // Who is called sees it at once; the focus stays where it is.
  useEffect(() => {
    if (isRinging) setOpen(true)
  }, [isRinging])
  const shape = [classes.dock, isOpen ? '' : classes.small, isRinging ? classes.ringing : '']
  return (
    <section className={shape.join(' ')} aria-label={t('Phone')} data-phone={now.place}>
      <Bar now={now} isOpen={isOpen} toggle={() => setOpen(!isOpen)} />
      {isOpen && (
        <div className={classes.body}>
          <Inside now={now} />
        </div>
      )}
      <BlockingDialog isAsked={now.asksForBlocking} />
    </section>
  )
}

interface BarProps {
  now: PhoneNow
  isOpen: boolean
  toggle: () => void
}

function Bar({ now, isOpen, toggle }: BarProps) {
  const { t } = useTranslation()
  return (
    <div className={classes.bar}>
      <UnstyledButton className={classes.open} onClick={toggle} aria-expanded={isOpen}>
        {now.place === 'off' ? (
          <IconPhone size={18} stroke={1.6} aria-hidden />
        ) : (
          <span className={classes.dot} data-place={now.place} />
        )}
        <Summary now={now} isLong={!isOpen} />
      </UnstyledButton>
      {isBusy(now) && !isOpen && (
        <ActionIcon
          color="red.9"
          variant="filled"
          size="lg"
          radius="xl"
          aria-label={t('Hang up')}
          onClick={() => phone.telephone.hangUp()}
        >
          <IconPhoneOff size={18} />
        </ActionIcon>
      )}
      {isOpen && (
        <ActionIcon variant="subtle" color="gray" size="lg" aria-label={t('Make small')} onClick={toggle}>
          <IconChevronDown size={18} />
        </ActionIcon>
      )}
    </div>
  )
}

/** What the phone does; while it is open, that is below. */
function Summary({ now, isLong }: { now: PhoneNow; isLong: boolean }) {
  const { t } = useTranslation()
  if (isBusy(now) && isLong)
    return (
      <Text size="sm" fw={600} truncate>
        {partner(now)} <CallMeter now={now} />
      </Text>
    )
  return (
    <Text size="sm" truncate>
      {now.place !== 'off' && now.line && (
        <Text span inherit fw={600} className="figures">
          {now.line.number}{' '}
        </Text>
      )}
      {!isBusy(now) && (isLong && now.notice ? noticeText(t, now.notice) : placeText(t, now))}
    </Text>
  )
}

function Inside({ now }: { now: PhoneNow }) {
  switch (now.place) {
    case 'off':
      return <LineChoice now={now} />
    case 'elsewhere':
    case 'refused':
      return <Elsewhere now={now} />
    default:
      return <Handset now={now} />
  }
}
