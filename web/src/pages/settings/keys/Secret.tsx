import { Alert, Button, Code, CopyButton, Group, Stack, Text } from '@mantine/core'
import { IconCheck, IconCopy } from '@tabler/icons-react'
import { useTranslation } from '@/i18n'

interface SecretProps {
  secret: string
  /** What it is for. */
  title: string
  close: () => void
}

/** A secret that is shown this once. */
export function Secret({ secret, title, close }: SecretProps) {
  const { t } = useTranslation()
  return (
    <Stack gap="md">
      <Alert color="yellow" title={title}>
        <Text size="sm">{t('Copy it now: it is shown this once, and kept nowhere.')}</Text>
      </Alert>
      <Code block style={{ overflowWrap: 'anywhere', whiteSpace: 'pre-wrap' }}>
        {secret}
      </Code>
      <Group justify="space-between">
        <Copy text={secret} />
        <Button onClick={close}>{t('I have it')}</Button>
      </Group>
    </Stack>
  )
}

/** Copies a text. */
export function Copy({ text }: { text: string }) {
  const { t } = useTranslation()
  return (
    <CopyButton value={text}>
      {({ copied, copy }) => (
        <Button
          variant="default"
          onClick={copy}
          leftSection={copied ? <IconCheck size={16} /> : <IconCopy size={16} />}
        >
          {copied ? t('Copied') : t('Copy')}
        </Button>
      )}
    </CopyButton>
  )
}
