import { Alert, Anchor, Group, Stack, Text } from '@mantine/core'
import { Link } from '@tanstack/react-router'
import { Refusal } from '@/api/problem'
import { Money } from '@/format/money'
import { useTranslation } from '@/i18n'
import { Explanation } from '@/ui/Explanation'
import { Failure } from '@/ui/states'
import { Swatch } from '../week/Swatch'
import { weekOf } from '../week/week'
import { windowText } from '../words'
import type { Answer, Reason } from './question'

interface OutcomeProps {
  outcome: Answer | Reason | undefined
  error: unknown
}

/** What the call would cost, and how that comes about; or why it has no price. */
export function Outcome({ outcome, error }: OutcomeProps) {
  const { t } = useTranslation()
  if (error) return <NoPrice error={error} />
  if (!outcome) return <Text c="dimmed">{t('Choose a plan or a line, and whom to call.')}</Text>
  if (outcome === 'no_plan') return <Alert color="yellow">{t('The line has no plan at that time.')}</Alert>
  if (outcome === 'no_agent_price') {
    return (
      <Alert color="yellow">{t("The agent has no price in the plan's currency: the call is refused.")}</Alert>
    )
  }
  return <Priced answer={outcome} />
}

function NoPrice({ error }: { error: unknown }) {
  const { t } = useTranslation()
  const reason = error instanceof Refusal ? reasonOf(error) : undefined
  const words: Record<string, string> = {
    unlisted_destination: t('The rate deck has no entry for this number, and the plan refuses such calls.'),
    unrated: t('Nothing prices this call: the plan has no price of its own, and its rate deck no entry.'),
  }
  const known = reason && words[reason]
  if (!known) return <Failure error={error} />
  return (
    <Alert color="yellow" title={t('The call is refused before it starts')}>
      {known}
    </Alert>
  )
}

function reasonOf({ problem }: Refusal): string | undefined {
  return (problem as { error?: { reason?: string } } | undefined)?.error?.reason
}

function Priced({ answer }: { answer: Answer }) {
  const { t } = useTranslation()
  const { plan, version, currency, charge, isDeckOfNow } = answer
  const { windows } = weekOf(plan.discount_periods)
  const names = windows.map((window) => (
    <Group key={windowText(window)} gap={6} component="span">
      <Swatch price={window.price} />
      {windowText(window)}
    </Group>
  ))
  const isAgents = charge.source?.kind === 'agent'
  const isGross = isAgents || plan.kind === 'prepaid'
  return (
    <Stack gap="sm">
      <Money amount={charge.total} currency={currency} fz={36} fw={700} lh={1.1} />
      <Text size="sm" c="dimmed">
        {plan.name} · {t('Version {{number}}', { number: version.number })}
      </Text>
      <Explanation
        charge={charge}
        currency={currency}
        periods={names}
        timeZone={plan.time_zone ?? undefined}
      />
      <Stack gap={4}>
        <Text size="sm" c="dimmed">
          {isGross ? t('Tax is in it.') : t('Before tax: the invoice adds it.')}
        </Text>
        {plan.included_minutes > 0 && !isAgents && (
          <Text size="sm" c="dimmed">
            {t('Included minutes of the plan that are left come first: they are not counted here.')}
          </Text>
        )}
        {isDeckOfNow && plan.deck && (
          <Text size="sm" c="dimmed">
            {t('By the rate deck as it is now:')}{' '}
            <Anchor component={Link} to={`/decks/${plan.deck}`}>
              {t('show it')}
            </Anchor>
          </Text>
        )}
      </Stack>
    </Stack>
  )
}
