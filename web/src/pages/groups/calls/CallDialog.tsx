import { Badge, List, Modal, Group as Row, Skeleton, Stack, Text } from '@mantine/core'
import { useState } from 'react'
import { $api } from '@/api/client'
import { timeText } from '@/format/time'
import { useTranslation } from '@/i18n'
import { languageName } from '@/pages/agents/languages'
import { Facts } from '@/ui/Facts'
import { Failure } from '@/ui/states'
import { useAgentNames } from '../group'
import { useMayChange } from '../rights'
import { callerText } from '../words'
import { CallBack } from './CallBack'
import { CalledBack } from './CalledBack'
import { NoteForm } from './NoteForm'
import {
  attemptText,
  backText,
  type GroupCall,
  isCallingBack,
  resultColor,
  resultText,
  waitedText,
} from './words'

/** While somebody is being called back. */
const SOON = 2000

interface CallDialogProps {
  /** Of which call; it is closed without one. */
  id: string | undefined
  zone: string
  close: () => void
}

/** A call to a group, and what is noted of it. */
export function CallDialog({ id, zone, close }: CallDialogProps) {
  const { t } = useTranslation()
  return (
    <Modal
      opened={id !== undefined}
      onClose={close}
      title={t('Call')}
      closeButtonProps={{ 'aria-label': t('Close') }}
    >
      {id && <Content id={id} zone={zone} close={close} />}
    </Modal>
  )
}

function Content({ id, zone, close }: CallDialogProps & { id: string }) {
  const call = $api.useQuery(
    'get',
    '/api/v1/group-calls/{id}',
    { params: { path: { id } } },
    { refetchInterval: ({ state }) => (state.data && isCallingBack([state.data]) ? SOON : false) },
  )
  // What is typed is about the call as it was read: only who asks for it anew gives that up.
  const [reading, setReading] = useState(0)
  const again = () => call.refetch().then(() => setReading(reading + 1))
  if (call.error) return <Failure error={call.error} again={() => void again()} />
  if (!call.data) return <Skeleton height={240} />
  return <Known key={reading} call={call.data} zone={zone} again={again} close={close} />
}

interface KnownProps {
  call: GroupCall
  zone: string
  again: () => Promise<unknown>
  close: () => void
}

function Known({ call, zone, again, close }: KnownProps) {
  const { t, language } = useTranslation()
  const mayChange = useMayChange()
  const { caller, called_at, result, note, outcome } = call
  const spoken = call.language ? [{ title: t('Language'), value: languageName(call.language, language) }] : []
  return (
    <Stack gap="md">
      <Row gap="xs">
        <Text fw={650}>{callerText(caller)}</Text>
        <Badge variant="light" color={resultColor(result)}>
          {call.answers ? backText(result) : resultText(result)}
        </Badge>
      </Row>
      <Facts
        facts={[
          { title: t('Called'), value: `${timeText(called_at, zone)}, ${zone}` },
          { title: t('Waited'), value: waitedText(call) },
          ...spoken,
        ]}
      />
      <Attempts call={call} zone={zone} />
      {call.answers && <Text size="sm">{t('This call was a call back.')}</Text>}
      <CalledBack back={call.called_back} />
      {mayChange && <CallBack group={call.group} of={{ call: call.id }} caller={caller} />}
      {mayChange ? (
        <NoteForm call={call} reload={() => void again()} close={close} />
      ) : (
        <Text size="sm" style={{ whiteSpace: 'pre-wrap' }}>
          {[outcome, note].filter(Boolean).join('\n') || t('Nothing is noted.')}
        </Text>
      )}
    </Stack>
  )
}

/** Who was rung, the first first. */
function Attempts({ call: { attempts }, zone }: { call: GroupCall; zone: string }) {
  const { t } = useTranslation()
  const nameOf = useAgentNames()
  if (attempts.length === 0)
    return (
      <Text size="sm" c="dimmed">
        {t('Nobody was rung.')}
      </Text>
    )
  return (
    <List type="ordered" size="sm" aria-label={t('Who was rung')}>
      {attempts.map(({ agent, at, result }) => (
        <List.Item key={`${agent} ${at}`}>
          {`${nameOf(agent)} ${attemptText(result)}`}
          <Text span inherit c="dimmed" className="figures">
            {` · ${timeText(at, zone, 'second')}`}
          </Text>
        </List.Item>
      ))}
    </List>
  )
}
