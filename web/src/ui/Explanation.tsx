import { Badge, Group, Stack, Table, Text, VisuallyHidden } from '@mantine/core'
import type { ReactNode } from 'react'
import { amountText, isZero, Money } from '@/format/money'
import { durationText, timeText } from '@/format/time'
import { useTranslation } from '@/i18n'
import { useSession } from '@/session'

/** Increments that follow each other at one price. */
export interface Segment {
  starts_at: string
  seconds: number
  increments: number
  price: string
  per_seconds: number
  amount: string
  /** The position of the discount period in the plan. */
  discount_period?: number | null
  step?: number
}

/** What explains a price: the charge of `GET /api/v1/calls/{id}`, or the answer of `POST /api/v1/quotes`, which has less. */
export interface Charge {
  connect_fee: string
  segments: Segment[]
  total: string
  source?: { kind: string; prefix?: string }
  /** Whether the plan's fee covers the call. */
  covered?: boolean
  allowance_seconds?: number
  /** Those of them that were the plan's included minutes. */
  included_seconds?: number
  sum?: string | null
  rounding?: { decimals: number; mode: string }
  minimum_applied?: boolean
  maximum_applied?: boolean
  split?: { agent: string; tenant: string; tax?: string }
}

interface ExplanationProps {
  charge: Charge
  currency: string
  /** What the plan's discount periods are called, by their position in it. */
  periods?: ReactNode[]
  /** Where the plan has a zone of its own. */
  timeZone?: string
}

/** How a price came about, from the connect fee down to the total: a ladder with what each rung costs. */
export function Explanation({ charge, currency, periods, timeZone }: ExplanationProps) {
  const { t } = useTranslation()
  const tenant = useSession().tenant
  const zone = timeZone ?? tenant.time_zone
  const { connect_fee, segments, total, sum } = charge
  const isRounded = Boolean(sum) && sum !== total && !charge.minimum_applied && !charge.maximum_applied
  return (
    <Stack gap="xs">
      <Table withRowBorders verticalSpacing={6} horizontalSpacing={0}>
        <caption>
          <VisuallyHidden>{t('How the price came about')}</VisuallyHidden>
        </caption>
        <Table.Tbody>
          {!isZero(connect_fee) && (
            <Rung title={t('Connect fee')} detail={t('once a call')}>
              <Money amount={connect_fee} currency={currency} />
            </Rung>
          )}
          <FreeSeconds charge={charge} />
          {segments.map((segment) => (
            <Rung
              key={segment.starts_at}
              title={<Window charge={charge} segment={segment} periods={periods} />}
              detail={<Reckoning segment={segment} currency={currency} zone={zone} />}
            >
              <Money amount={segment.amount} currency={currency} />
            </Rung>
          ))}
          {sum && (segments.length > 1 || isRounded) && (
            <Rung title={t('Sum')}>
              <Money amount={sum} currency={currency} />
            </Rung>
          )}
          <Adjustment charge={charge} currency={currency} isRounded={isRounded} />
        </Table.Tbody>
        <Table.Tfoot>
          <Rung title={<Text fw={700}>{t('Total')}</Text>}>
            <Money amount={total} currency={currency} fw={700} fz="lg" />
          </Rung>
          <Parts charge={charge} currency={currency} />
        </Table.Tfoot>
      </Table>
      <Nothing charge={charge} />
      <Text size="xs" c="dimmed">
        {t('Times in {{zone}}.', { zone })}
      </Text>
    </Stack>
  )
}

function Rung({ title, detail, children }: { title: ReactNode; detail?: ReactNode; children?: ReactNode }) {
  return (
    <Table.Tr>
      <Table.Th scope="row" fw={500}>
        {title}
        {detail && (
          <Text size="sm" c="dimmed" fw={400}>
            {detail}
          </Text>
        )}
      </Table.Th>
      <Table.Td ta="right" pl="md" className="figures">
        {children}
      </Table.Td>
    </Table.Tr>
  )
}

/** Which price is in force: that of a discount period, or of what else priced the call. */
function Window({ charge, segment, periods }: { charge: Charge; segment: Segment; periods?: ReactNode[] }) {
  const { t } = useTranslation()
  const { discount_period: period, step } = segment
  const sources: Record<string, string> = {
    agent: t("The agent's price"),
    deck: t('Rate deck, prefix {{prefix}}', { prefix: charge.source?.prefix }),
    plan: t("The plan's own price"),
    route: t("The route's buying rate"),
  }
  const isDiscounted = period !== null && period !== undefined
  const named = isDiscounted
    ? (periods?.[period] ?? t('Discount period {{number}}', { number: period + 1 }))
    : (sources[charge.source?.kind ?? ''] ?? t('Talk'))
  return (
    <Group gap="xs">
      <span>{named}</span>
      {Boolean(step) && (
        <Badge variant="default" size="sm" radius="sm">
          {t('Step {{number}}', { number: Number(step) + 1 })}
        </Badge>
      )}
    </Group>
  )
}

/** When a segment begins, what it costs, and how many increments it has. */
function Reckoning({ segment, currency, zone }: { segment: Segment; currency: string; zone: string }) {
  const { t } = useTranslation()
  const { starts_at, seconds, increments, price, per_seconds } = segment
  const amount = amountText(price, currency)
  const priced =
    per_seconds === 60
      ? t('{{amount}} a minute', { amount })
      : t('{{amount}} for {{seconds}} s', { amount, seconds: per_seconds })
  const counted = t('{{increments}} × {{seconds}} s', { increments, seconds: seconds / increments })
  return (
    <>
      <time dateTime={starts_at} className="figures">
        {t('from {{time}}', { time: timeText(starts_at, zone, 'second') })}
      </time>
      {` · ${priced} · ${counted} = ${durationText(seconds)}`}
    </>
  )
}

function FreeSeconds({ charge }: { charge: Charge }) {
  const { t } = useTranslation()
  const { allowance_seconds = 0, included_seconds = 0 } = charge
  if (allowance_seconds === 0) return null
  const isIncluded = included_seconds > 0
  return (
    <Rung
      title={isIncluded ? t('Included minutes') : t('Allowance')}
      detail={
        isIncluded ? t("covered by the plan's monthly fee") : t('free seconds that were granted before')
      }
    >
      {durationText(allowance_seconds)}
    </Rung>
  )
}

/** What was done to the sum. */
function Adjustment(props: { charge: Charge; currency: string; isRounded: boolean }) {
  const { t } = useTranslation()
  const { charge, currency, isRounded } = props
  const total = <Money amount={charge.total} currency={currency} />
  const modes: Record<string, string> = {
    half_up: t('half up'),
    half_even: t('half to even'),
    up: t('up'),
    down: t('down'),
  }
  const { decimals, mode } = charge.rounding ?? { decimals: 0, mode: '' }
  if (charge.minimum_applied) return <Rung title={t('Raised to the minimum charge')}>{total}</Rung>
  if (charge.maximum_applied) return <Rung title={t('Capped at the maximum charge')}>{total}</Rung>
  if (!isRounded) return null
  return (
    <Rung
      title={t('Rounded once, at the end')}
      detail={t('to {{decimals}} decimals, {{mode}}', { decimals, mode: modes[mode] ?? mode })}
    >
      {total}
    </Rung>
  )
}

/** Whose the total is. */
function Parts({ charge, currency }: { charge: Charge; currency: string }) {
  const { t } = useTranslation()
  const isStaff = useSession().is('owner', 'admin', 'clerk', 'auditor')
  const { agent, tenant, tax } = charge.split ?? { agent: '0', tenant: '0' }
  // A quote knows no tax, which comes off before the parts are made.
  const isShared = isStaff && tax !== undefined && !isZero(agent)
  const parts = [
    { name: t('of it tax'), amount: tax ?? '0' },
    { name: t("of it the agent's"), amount: isShared ? agent : '0' },
    { name: t('of it yours'), amount: isShared ? tenant : '0' },
  ]
  return parts
    .filter(({ amount }) => !isZero(amount))
    .map(({ name, amount }) => (
      <Rung key={name} title={<Text c="dimmed">{name}</Text>}>
        <Money amount={amount} currency={currency} c="dimmed" />
      </Rung>
    ))
}

/** Why nothing is charged, where nothing is. */
function Nothing({ charge }: { charge: Charge }) {
  const { t } = useTranslation()
  const { source, covered, segments, allowance_seconds = 0 } = charge
  if (source?.kind === 'free') return <Text size="sm">{t('Calls to this number are free.')}</Text>
  if (covered) return <Text size="sm">{t("The plan's monthly fee covers this call.")}</Text>
  if (segments.length > 0 || allowance_seconds > 0) return null
  return <Text size="sm">{t('Not answered, or too short to cost anything.')}</Text>
}
