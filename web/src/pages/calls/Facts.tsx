import { Anchor, Text } from '@mantine/core'
import { Link } from '@tanstack/react-router'
import { Fragment, type ReactNode } from 'react'
import type { Schema } from '@/api/client'
import { Duration, Time } from '@/format/time'
import { useTranslation } from '@/i18n'
import { AgentName, CustomerName, useName } from '@/ui/names'
import classes from './calls.module.css'
import { wholeSeconds } from './columns'
import { useCallPlan } from './plan'
import { Elapsed } from './Ticking'
import { useCauses, useDirections } from './words'

type CallDocument = Schema<'CallDocument'>

/** Who, from where, to where, how long; what a call does not have is not spoken of. */
export function Facts({ call }: { call: CallDocument }) {
  const { t } = useTranslation()
  const directions = useDirections()
  const causes = useCauses()
  const { customer, line, agent, cause, price } = call
  const facts: [string, ReactNode][] = [
    [t('Customer'), customer && <CustomerName id={customer} />],
    [t('Line'), line && <LineNumber id={line} />],
    [t('Agent'), agent && <AgentName id={agent} />],
    [t('Direction'), directions[call.direction] ?? call.direction],
    [t('Answered'), call.answered_at && <Time at={call.answered_at} style="exact" />],
    [t('Ended'), call.ended_at && <Time at={call.ended_at} style="exact" />],
    [t('Duration'), call.answered_at && <Lasting call={call} />],
    [t('Cause of the end'), cause && `${causes[cause] ?? ''} (Q.850: ${cause})`.trim()],
    [t('Account code'), call.account_code],
    [t('Plan'), price?.plan_version && <PlanName call={call} />],
    [t('Deck version'), price?.deck_version && <Id>{price.deck_version}</Id>],
    [t('Origin'), call.origin && <Id>{call.origin}</Id>],
    [t('Import'), call.import && <Id>{call.import}</Id>],
    [t('Id'), <Id key="id">{call.id}</Id>],
  ]
  return (
    <dl className={classes.facts}>
      {facts
        .filter(([, value]) => value)
        .map(([name, value]) => (
          <Fragment key={name}>
            <Text component="dt" size="sm" c="dimmed">
              {name}
            </Text>
            <Text component="dd" size="sm">
              {value}
            </Text>
          </Fragment>
        ))}
    </dl>
  )
}

/** How long it was, or how long it is already. */
function Lasting({ call: { answered_at, duration_seconds } }: { call: CallDocument }) {
  if (answered_at && !duration_seconds) return <Elapsed since={answered_at} />
  return <Duration seconds={wholeSeconds(duration_seconds)} />
}

function LineNumber({ id }: { id: string }) {
  return (
    <Anchor component={Link} to={`/lines/${id}`} className="figures">
      {useName(id) ?? '…'}
    </Anchor>
  )
}

/** The plan and its version; the version's id alone where the line had another plan then. */
function PlanName({ call }: { call: CallDocument }) {
  const { t } = useTranslation()
  const plan = useCallPlan(call)
  if (!plan) return <Id>{call.price?.plan_version}</Id>
  return (
    <Anchor component={Link} to={`/plans/${plan.id}`}>
      {plan.name}, {t('version {{number}}', { number: plan.number })}
    </Anchor>
  )
}

function Id({ children }: { children: ReactNode }) {
  return (
    <Text span size="xs" ff="monospace" className={classes.id}>
      {children}
    </Text>
  )
}
