import { ActionIcon, Code, CopyButton, Group, Stack, Text } from '@mantine/core'
import { IconCheck, IconCopy } from '@tabler/icons-react'
import type { ReactNode } from 'react'
import type { Schema } from '@/api/client'
import { useTranslation } from '@/i18n'

interface TypedProps {
  account: Schema<'SipAccountDocument'>
  /** Where it was made just now. */
  password?: string
}

/** What is typed into a phone for it to register. */
export function Typed({ account: { username, realm, asterisk }, password }: TypedProps) {
  const { t } = useTranslation()
  return (
    <Stack component="dl" gap={6} m={0}>
      <Fact title={t('User name')} text={username} />
      {password && <Fact title={t('Password')} text={password} />}
      <Fact title={t('Realm')} text={realm} />
      <Row title={t('Server')}>
        <Text size="sm" ta="right">
          {asterisk
            ? t('the address of the Asterisk {{name}}', { name: asterisk })
            : t('the address of your Asterisk')}
        </Text>
      </Row>
    </Stack>
  )
}

/** A fact that is copied, or read off letter by letter. */
function Fact({ title, text }: { title: string; text: string }) {
  const { t } = useTranslation()
  return (
    <Row title={title}>
      <Code fz="sm" style={{ overflowWrap: 'anywhere' }}>
        {text}
      </Code>
      <CopyButton value={text}>
        {({ copied, copy }) => (
          <ActionIcon
            variant="subtle"
            onClick={copy}
            aria-label={copied ? t('Copied') : t('Copy: {{what}}', { what: title })}
          >
            {copied ? <IconCheck size={16} /> : <IconCopy size={16} />}
          </ActionIcon>
        )}
      </CopyButton>
    </Row>
  )
}

function Row({ title, children }: { title: string; children: ReactNode }) {
  return (
    <Group justify="space-between" gap="md" wrap="nowrap" mih={28}>
      <Text component="dt" size="sm" c="dimmed">
        {title}
      </Text>
      <Group component="dd" gap={4} m={0} wrap="nowrap" justify="flex-end">
        {children}
      </Group>
    </Group>
  )
}
