import { Anchor, Card, SimpleGrid, Stack, Text, Title } from '@mantine/core'
import { Link } from '@tanstack/react-router'
import type { ReactNode } from 'react'
import { Money } from '@/format/money'
import { useTranslation } from '@/i18n'
import { useSession } from '@/session'
import { DAYS, type DayKey, type Plan } from '../document'
import { WeekGrid } from '../week/WeekGrid'
import { WeekLegend } from '../week/WeekLegend'
import { weekOf } from '../week/week'
import { incrementsText, rateText, wholeRateText } from '../words'
import { useDecks } from './decks'

/** What a plan costs: figures, words, and the week. */
export function PlanFacts({ plan }: { plan: Plan }) {
  const { t } = useTranslation()
  return (
    <>
      <Figures plan={plan} />
      <Card withBorder component="section" aria-labelledby="week">
        <Title order={2} size="h4" id="week" mb="sm">
          {t('When calls cost what')}
        </Title>
        <PlanWeek plan={plan} />
      </Card>
    </>
  )
}

function Figures({ plan }: { plan: Plan }) {
  const { t } = useTranslation()
  const { currency, rate } = plan
  const { nameOf } = useDecks()
  return (
    <SimpleGrid cols={{ base: 2, lg: 4 }} spacing="sm">
      <Figure
        name={t('Monthly fee')}
        note={plan.kind === 'prepaid' ? t('taken when a period begins') : t('when a period ends')}
      >
        <Money amount={plan.monthly_fee} currency={currency} />
      </Figure>
      <Figure name={t('Calls')} note={rate ? restOf(plan) : undefined}>
        {plan.kind === 'fixed' ? t('in the fee') : rate ? rateText(rate, currency) : t('by the rate deck')}
      </Figure>
      <Figure name={t('Included')} note={t('for each line and period')}>
        {t('{{count}} minutes', {
          count: plan.included_minutes,
          defaultValue_one: '{{count}} minute',
          defaultValue_other: '{{count}} minutes',
        })}
      </Figure>
      {plan.deck ? (
        <Figure
          name={t('Rate deck')}
          note={
            plan.unlisted === 'refuse'
              ? t('other numbers are refused')
              : t("other numbers at the plan's own price")
          }
        >
          <Anchor component={Link} to={`/decks/${plan.deck}`}>
            {nameOf(plan.deck)}
          </Anchor>
        </Figure>
      ) : (
        <Figure name={t('Message')}>
          {plan.message_price === null ? (
            t('not sold')
          ) : (
            <Money amount={plan.message_price} currency={currency} />
          )}
        </Figure>
      )}
    </SimpleGrid>
  )
}

/** What there is to say about a rate besides its price. */
function restOf({ rate, currency }: Plan): string {
  if (!rate) return ''
  return wholeRateText(rate, currency).split(' · ').slice(1).join(' · ') || incrementsText(rate)
}

function Figure({ name, note, children }: { name: string; note?: string; children: ReactNode }) {
  return (
    <Card withBorder padding="sm">
      <Text size="sm" c="dimmed">
        {name}
      </Text>
      <Text fz="lg" fw={650}>
        {children}
      </Text>
      {note && (
        <Text size="xs" c="dimmed">
          {note}
        </Text>
      )}
    </Card>
  )
}

/** The plan's week, to be read. */
function PlanWeek({ plan }: { plan: Plan }) {
  const { t } = useTranslation()
  const { time_zone } = useSession().tenant
  const { currency, rate, kind, discount_periods } = plan
  if (kind === 'fixed') return <Text>{t("The fee covers all calls at the plan's own price.")}</Text>
  if (discount_periods.length === 0) {
    return <Text>{t('It costs the same at any time: there are no discount periods.')}</Text>
  }
  const week = weekOf(discount_periods)
  const hasHolidays = week.windows.some(({ day }) => day === 'holiday')
  return (
    <Stack gap="sm">
      <WeekLegend week={week} currency={currency} base={rate} />
      <WeekGrid week={week} currency={currency} base={rate} rows={hasHolidays ? WITH_HOLIDAYS : WEEKDAYS} />
      <Text size="xs" c="dimmed">
        {t('Times in {{zone}}.', { zone: plan.time_zone ?? time_zone })}
      </Text>
    </Stack>
  )
}

const WEEKDAYS: DayKey[] = DAYS.slice(0, 7)
const WITH_HOLIDAYS: DayKey[] = [...WEEKDAYS, 'holiday']
