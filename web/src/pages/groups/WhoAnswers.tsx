import { Alert, Badge, Card, List, Group as Row, Skeleton, Stack, Text, TextInput } from '@mantine/core'
import { IconLock, IconPhoneOff } from '@tabler/icons-react'
import { keepPreviousData } from '@tanstack/react-query'
import { useState } from 'react'
import { $api, type Schema } from '@/api/client'
import { instantOf, wallOf } from '@/format/civil'
import { useTranslation } from '@/i18n'
import { AgentName } from '@/ui/names'
import { Failure } from '@/ui/states'
import { type Group, useAgentNames, useZone } from './group'
import { reasonText, skippedText, spanText } from './words'

/** Tells who answers at any instant, in which order, and why. */
export function WhoAnswers({ group }: { group: Group }) {
  const { t } = useTranslation()
  const zone = useZone(group)
  const [wall, setWall] = useState(() => wallOf(new Date(), zone))
  const at = instantOf(wall, zone)
  const asked = $api.useQuery(
    'get',
    '/api/v1/groups/{id}/on-duty',
    { params: { path: { id: group.id }, query: { at } } },
    { enabled: at !== undefined, placeholderData: keepPreviousData },
  )
  return (
    <Stack gap="md" maw={640}>
      <TextInput
        type="datetime-local"
        label={t('When?')}
        description={t('Times in {{zone}}.', { zone })}
        maw={320}
        value={wall}
        onChange={(event) => setWall(event.currentTarget.value)}
      />
      {Boolean(asked.error) && <Failure error={asked.error} again={() => void asked.refetch()} />}
      <div aria-live="polite" aria-busy={asked.isFetching}>
        {asked.data ? <Answer found={asked.data} zone={zone} /> : asked.isPending && <Skeleton height={80} />}
      </div>
    </Stack>
  )
}

function Answer({ found, zone }: { found: Schema<'OnDutyDocument'>; zone: string }) {
  const { t } = useTranslation()
  const nameOf = useAgentNames()
  if (found.closed_for)
    return (
      <Alert color="gray" icon={<IconLock />} title={t('Closed: {{name}}', { name: found.closed_for })}>
        {t('Calls go to voicemail')}
      </Alert>
    )
  if (found.agents.length === 0)
    return (
      <Alert color="red" icon={<IconPhoneOff />} title={t('Nobody is on duty')}>
        {t('Calls go to voicemail')}
      </Alert>
    )
  return (
    <Card withBorder padding="md">
      <List type="ordered" spacing="sm" aria-label={t('Who answers?')}>
        {found.agents.map((duty) => (
          <List.Item key={duty.agent}>
            <Row gap={6} align="baseline">
              <AgentName id={duty.agent} />
              <Text span size="sm">
                {reasonText(duty, nameOf)}
              </Text>
              {duty.skipped && (
                <Badge variant="light" color="yellow">
                  {skippedText(duty)}
                </Badge>
              )}
            </Row>
            <Text size="sm" c="dimmed" className="figures" style={{ whiteSpace: 'normal' }}>
              {spanText(duty.from, duty.until, zone)}
            </Text>
          </List.Item>
        ))}
      </List>
    </Card>
  )
}
