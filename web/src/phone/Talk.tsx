import { ActionIcon, Box, Group, Text, TextInput } from '@mantine/core'
import { IconSend } from '@tabler/icons-react'
import { type SubmitEvent, useEffect, useRef, useState } from 'react'
import { useTranslation } from '@/i18n'
import classes from './dock.module.css'
import { type PhoneNow, partner, phone } from './phone'

/** What the two write to each other beside what they say. */
export function Talk({ now }: { now: PhoneNow }) {
  const { t } = useTranslation()
  const [text, setText] = useState('')
  const list = useRef<HTMLOListElement>(null)
  const isUp = now.state === 'talking'
  const { said } = now
  useEffect(() => {
    if (said.length > 0) list.current?.scrollTo({ top: list.current.scrollHeight })
  }, [said])
  if (!isUp && said.length === 0) return null
  const send = (event: SubmitEvent<HTMLFormElement>) => {
    event.preventDefault()
    phone.telephone.write(text.trim())
    setText('')
  }
  const names = { me: t('You'), other: partner(now) || t('The other'), exchange: t('Exchange') }
  return (
    <>
      <Box
        component="ol"
        className={classes.said}
        ref={list}
        tabIndex={0}
        aria-label={t('What was written')}
        aria-live="polite"
      >
        {said.map(({ id, who, text }) => (
          <li key={id}>
            <b>{names[who]}:</b> {text}
          </li>
        ))}
        {said.length === 0 && (
          <Text component="li" size="sm" c="dimmed">
            {t('What you write is read by the other at once.')}
          </Text>
        )}
      </Box>
      {isUp && (
        <form onSubmit={send}>
          <Group gap={6} wrap="nowrap">
            <TextInput
              flex={1}
              size="sm"
              maxLength={2000}
              aria-label={t('Write to the other party')}
              placeholder={t('Write to the other party')}
              value={text}
              onChange={(event) => setText(event.currentTarget.value)}
            />
            <ActionIcon type="submit" size={36} aria-label={t('Send')}>
              <IconSend size={18} />
            </ActionIcon>
          </Group>
        </form>
      )}
    </>
  )
}
