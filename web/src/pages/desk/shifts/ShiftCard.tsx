import { Badge, Card, Group, Stack, Text } from '@mantine/core'
import { weekdayText } from '@/format/day'
import { useTranslation } from '@/i18n'
import { ShiftTime } from '@/pages/groups/ShiftTime'
import { SwapState } from '@/pages/groups/swaps/SwapState'
import type { Swap } from '@/pages/groups/swaps/swap'
import { hoursText } from '@/pages/groups/words'
import { DialogButton } from '@/ui/DialogButton'
import { OfferForm } from './OfferForm'
import { type OwnShift, offerable, offersOf } from './shift'
import { Withdraw } from './Withdraw'

interface ShiftCardProps {
  shift: OwnShift
  /** The day under which it stands. */
  day: string
  /** The swaps that its agent is part of. */
  swaps: Swap[]
}

/** A shift of one's own: when and where, why, and what is offered of it. */
export function ShiftCard({ shift, day, swaps }: ShiftCardProps) {
  const offers = offersOf(shift, swaps)
  const isAllOffered = offers.some(({ from, until }) => from <= shift.from && shift.until <= until)
  return (
    <Card withBorder padding="sm" role="listitem">
      <Stack gap={6}>
        <Group justify="space-between" gap="xs" wrap="nowrap" align="flex-start">
          <div>
            <Text fw={650} component="div">
              <ShiftTime shift={shift} />
            </Text>
            <Group gap={8}>
              <Text size="sm">{shift.group_name}</Text>
              <Marks shift={shift} />
            </Group>
            <Reason shift={shift} swaps={swaps} />
          </div>
          {!isAllOffered && <Offer shift={shift} day={day} />}
        </Group>
        {offers.map((swap) => (
          <Offered key={swap.id} swap={swap} isWhole={isAllOffered} />
        ))}
      </Stack>
    </Card>
  )
}

function Marks({ shift: { from, duty } }: { shift: OwnShift }) {
  const { t } = useTranslation()
  return (
    <>
      {Date.parse(from) <= Date.now() && (
        <Badge variant="light" color="green">
          {t('now')}
        </Badge>
      )}
      {duty.skipped === 'blackout' && (
        <Badge variant="light" color="red">
          {t('on a date without shifts')}
        </Badge>
      )}
    </>
  )
}

/** What puts one there, where it is not what every week does. */
function Reason({ shift: { duty }, swaps }: Pick<ShiftCardProps, 'shift' | 'swaps'>) {
  const { t } = useTranslation()
  if (duty.shift) return null
  const name = swaps.find(({ agent }) => agent.id === duty.in_place_of)?.agent.name
  return (
    <Text size="sm" c="dimmed">
      {name
        ? t('in the place of {{name}}, on this date alone', { name })
        : duty.in_place_of
          ? t('in somebody else’s place, on this date alone')
          : t('added, on this date alone')}
    </Text>
  )
}

function Offer({ shift, day }: Pick<ShiftCardProps, 'shift' | 'day'>) {
  const { t } = useTranslation()
  const { date, hours: whole } = shift
  const part = offerable(shift, Date.now())
  if (!date || !whole || !part) return null
  return (
    <DialogButton
      label={t('Offer')}
      title={t('Offer the shift to others')}
      aria-label={t('Offer: {{day}}, {{hours}}', { day: weekdayText(day, 'long'), hours: hoursText(whole) })}
      variant="default"
      size="xs"
      flex="none"
    >
      {(close) => <OfferForm shift={shift} date={date} whole={whole} hours={part.hours} close={close} />}
    </DialogButton>
  )
}

/** What is offered of it, and who has taken that where a coordinator still has to approve. */
function Offered({ swap, isWhole }: { swap: Swap; isWhole: boolean }) {
  const { t } = useTranslation()
  return (
    <Group justify="space-between" gap="xs">
      <Group gap={8}>
        <SwapState swap={swap} />
        <Text size="sm">
          {!isWhole && <span className="figures">{hoursText(swap.hours)} </span>}
          {swap.taken_by && t('{{name}} takes it', { name: swap.taken_by.name })}
        </Text>
      </Group>
      <Withdraw swap={swap} />
    </Group>
  )
}
