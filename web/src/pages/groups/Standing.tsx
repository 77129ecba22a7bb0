// How a group stands just now.
import { Badge, Skeleton, Text } from '@mantine/core'
import { $api } from '@/api/client'
import { timeText } from '@/format/time'
import { useTranslation } from '@/i18n'
import { type Group, useAgentNames, useZone } from './group'
import { gapText } from './words'

const TWO_WEEKS = 14 * 86_400_000

/** A minute: nobody tells when a shift begins. */
const SOON = { refetchInterval: 60_000 }

/** Who is on duty now. */
export function useOnDuty({ id }: Group) {
  return $api.useQuery('get', '/api/v1/groups/{id}/on-duty', { params: { path: { id } } }, SOON)
}

/** Who answers now, in the order in which they are rung. */
export function NowOnDuty({ group }: { group: Group }) {
  const { t } = useTranslation()
  const nameOf = useAgentNames()
  const now = useOnDuty(group)
  if (!now.data) return now.error ? '–' : <Skeleton height={14} width={90} />
  const { closed_for } = now.data
  const agents = now.data.agents.filter(({ skipped }) => !skipped)
  if (closed_for)
    return (
      <Badge variant="light" color="gray">
        {t('Closed: {{name}}', { name: closed_for })}
      </Badge>
    )
  if (agents.length === 0)
    return (
      <Badge variant="light" color="red">
        {t('nobody')}
      </Badge>
    )
  return agents.map(({ agent }) => nameOf(agent)).join(', ')
}

/** Where too few are on duty next, within two weeks. */
export function NextGap({ group }: { group: Group }) {
  const { t } = useTranslation()
  const zone = useZone(group)
  const params = { path: { id: group.id } }
  const gaps = $api.useQuery('get', '/api/v1/groups/{id}/gaps', { params }, SOON)
  if (!gaps.data) return gaps.error ? '–' : <Skeleton height={14} width={90} />
  const [next] = gaps.data.items
  if (!next) return t('none within two weeks')
  const isNow = Date.parse(next.from) <= Date.now()
  // The server looks two weeks ahead: what lasts as long lasts longer.
  const isEndless = Date.parse(next.until) - Date.parse(next.from) >= TWO_WEEKS
  const when = !isNow
    ? t('from {{time}}', { time: timeText(next.from, zone) })
    : isEndless
      ? t('now, for two weeks at least')
      : t('now, until {{time}}', { time: timeText(next.until, zone) })
  return (
    <Text span inherit c="red" fw={500} title={`${gapText(next, group.wanted)}, ${zone}`}>
      {when}
    </Text>
  )
}
