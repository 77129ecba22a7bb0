import { Text } from '@mantine/core'
import { Time } from '@/format/time'
import { useTranslation } from '@/i18n'
import { useAgentNames } from '../group'
import type { GroupCall } from './words'
import { backText } from './words'

/** That somebody was called back, by whom, and what came of it; nothing, where nobody was. */
export function CalledBack({ back }: { back: GroupCall['called_back'] }) {
  const { t } = useTranslation()
  const nameOf = useAgentNames()
  if (!back) return null
  const name = back.agent ? nameOf(back.agent) : '–'
  return (
    <Text size="sm" role="status">
      {t('Called back by {{name}}', { name })} · <Time at={back.at} /> · {backText(back.result)}
    </Text>
  )
}
