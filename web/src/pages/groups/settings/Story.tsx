import { Card, List, Text, Title } from '@mantine/core'
import { useTranslation } from '@/i18n'
import { type Group, useAgentNames } from '../group'
import { useOnDuty } from '../Standing'
import { storyOf } from './told'
import { useGroups } from './useGroups'
import type { AnsweringValues } from './values'

/** What callers of a group come to, step by step, with whoever would be rung now. */
export function Story({ group, answering }: { group: Group; answering: AnsweringValues }) {
  const { t } = useTranslation()
  const nameOf = useAgentNames()
  const groups = useGroups()
  const now = useOnDuty(group).data?.agents.filter(({ skipped }) => !skipped)
  const steps = storyOf(answering, (id) => groups.find((each) => each.id === id)?.name ?? '…')
  const names = now?.map(({ agent }) => nameOf(agent)).join(', ')
  return (
    <Card withBorder padding="md" component="section" aria-label={t('What callers come to')}>
      <Title order={2} size="h4" mb="xs">
        {t('What callers come to')}
      </Title>
      <List type="ordered" size="sm" spacing={6} style={{ overflowWrap: 'anywhere' }}>
        {steps.map((step) => (
          <List.Item key={step}>{step}</List.Item>
        ))}
      </List>
      {names !== undefined && (
        <Text size="sm" c="dimmed" mt="xs">
          {names ? t('On duty now: {{names}}.', { names }) : t('Nobody is on duty now.')}
        </Text>
      )}
    </Card>
  )
}
