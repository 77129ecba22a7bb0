import { ActionIcon, Group, Stack, Textarea } from '@mantine/core'
import { IconSend } from '@tabler/icons-react'
import { useQueryClient } from '@tanstack/react-query'
import { type KeyboardEvent, useRef, useState } from 'react'
import { fetchClient, once } from '@/api/client'
import { useTranslation } from '@/i18n'
import { Failure } from '@/ui/states'
import { Cost, useQuote } from './Cost'
import type { Message, Side } from './sides'

const LONGEST = 1600

interface ComposerProps {
  customer: string
  agent: string
  /** Who writes. */
  me: Side
  sent?: (message: Message) => void
}

/** A field to write to the other one. Customers see what it costs before they send it. The first message begins the conversation. */
export function Composer({ customer, agent, me, sent }: ComposerProps) {
  const { t } = useTranslation()
  const [text, setText] = useState('')
  const quote = useQuote(customer, agent, me === 'customer')
  const { send, isSending, refusal } = useSending({ customer, agent })
  const isReady = text.trim() !== '' && !quote?.refusal && !isSending
  const go = async () => {
    if (!isReady) return
    const message = await send(text)
    if (!message) return
    setText('')
    sent?.(message)
  }
  const press = (event: KeyboardEvent) => {
    // While a character is being composed, Enter belongs to that.
    if (event.key !== 'Enter' || event.shiftKey || event.nativeEvent.isComposing) return
    event.preventDefault()
    void go()
  }
  return (
    <Stack gap={4}>
      {Boolean(refusal) && !quote?.refusal && <Failure error={refusal} />}
      <Group gap="xs" align="flex-end" wrap="nowrap">
        <Textarea
          aria-label={t('Your message')}
          placeholder={t('Your message')}
          autosize
          minRows={1}
          maxRows={6}
          maxLength={LONGEST}
          flex={1}
          value={text}
          onChange={(event) => setText(event.currentTarget.value)}
          onKeyDown={press}
        />
        <ActionIcon
          size={36}
          aria-label={t('Send')}
          onClick={() => void go()}
          loading={isSending}
          disabled={!isReady}
        >
          <IconSend size={18} />
        </ActionIcon>
      </Group>
      {me === 'customer' && <Cost quote={quote} />}
    </Stack>
  )
}

/** Sends messages: each once, also where it is tried again as no answer came. */
function useSending(parties: { customer: string; agent: string }) {
  const queries = useQueryClient()
  const tried = useRef({ text: '', header: once() })
  const [isSending, setSending] = useState(false)
  const [refusal, setRefusal] = useState<unknown>()
  const send = async (text: string): Promise<Message | undefined> => {
    if (tried.current.text !== text) tried.current = { text, header: once() }
    setSending(true)
    setRefusal(undefined)
    try {
      const { data } = await fetchClient.POST('/api/v1/messages', {
        params: { header: tried.current.header },
        body: { ...parties, text },
      })
      tried.current = { text: '', header: once() }
      return data
    } catch (error) {
      setRefusal(error)
    } finally {
      // Where it was refused, what it would cost and why it cannot be sent may be another, too.
      await queries.invalidateQueries({
        predicate: ({ queryKey }) => /\/(conversations|messages)/.test(String(queryKey[1])),
      })
      setSending(false)
    }
  }
  return { send, isSending, refusal }
}
