import { Blockquote, Button, Group, Stack, Text } from '@mantine/core'
import { useQuery } from '@tanstack/react-query'
import { useState } from 'react'
import { $api } from '@/api/client'
import { useTranslation } from '@/i18n'
import { Player } from '@/pages/recordings/Player'
import { Failure } from '@/ui/states'
import { audioOf, isTyped, type Message, typedText } from './audio'

interface ContentProps {
  message: Message
  /** Who has left it, for people who hear it. */
  who: string
}

/** What a caller has said or typed. */
export function Content({ message, who }: ContentProps) {
  const { t } = useTranslation()
  if (isTyped(message)) return <Typed message={message} who={who} />
  return (
    <Stack gap="xs">
      <Group>
        <Player src={audioOf(message)} name={t('Message of {{who}}', { who })} />
      </Group>
      <Transcript id={message.id} />
    </Stack>
  )
}

/** What was typed, once somebody wants to read it: that is written down, as hearing is. */
function Typed({ message, who }: ContentProps) {
  const { t } = useTranslation()
  const [isRead, setRead] = useState(false)
  const text = useQuery({
    queryKey: ['typed', message.id],
    queryFn: () => typedText(message),
    enabled: isRead,
    staleTime: Number.POSITIVE_INFINITY,
  })
  if (text.error) return <Failure error={text.error} again={() => void text.refetch()} />
  if (text.data === undefined)
    return (
      <Button
        size="compact-sm"
        variant="light"
        w="max-content"
        loading={text.isFetching}
        aria-label={t('Read: {{who}}', { who })}
        onClick={() => setRead(true)}
      >
        {t('Read')}
      </Button>
    )
  return <Quote text={text.data} />
}

/** What was understood of a spoken message. */
function Transcript({ id }: { id: string }) {
  const { t } = useTranslation()
  const message = $api.useQuery('get', '/api/v1/group-messages/{id}', { params: { path: { id } } })
  const transcript = message.data?.transcript
  if (!transcript) return null
  return (
    <div>
      <Text size="xs" c="dimmed">
        {t('Understood by a machine')}
      </Text>
      <Quote text={transcript} />
    </div>
  )
}

function Quote({ text }: { text: string }) {
  return (
    <Blockquote p="sm" m={0} fz="sm" style={{ whiteSpace: 'pre-wrap', overflowWrap: 'anywhere' }}>
      {text}
    </Blockquote>
  )
}
