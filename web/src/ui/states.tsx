// What is shown while there is nothing to show.
import { Alert, Button, Center, Group, Loader, Stack, Text } from '@mantine/core'
import { IconAlertTriangle, IconInbox, IconSearchOff } from '@tabler/icons-react'
import type { ReactNode } from 'react'
import { Refusal } from '@/api/problem'
import { useTranslation } from '@/i18n'

/** A page's worth of waiting. */
export function Waiting() {
  const { t } = useTranslation()
  return (
    <Center h="40vh">
      <Loader role="status" aria-label={t('Loading')} />
    </Center>
  )
}

/** What went wrong, with the request's id for whoever is asked about it, and another try. */
export function Failure({ error, again }: { error: unknown; again?: () => void }) {
  const { t } = useTranslation()
  const refusal = error instanceof Refusal ? error : undefined
  const words = refusal?.status === 0 ? t('Tollgate cannot be reached.') : (refusal?.message ?? String(error))
  return (
    <Alert color="red" icon={<IconAlertTriangle />} title={t('That did not work')} role="alert" my="md">
      <Stack gap="xs" align="flex-start">
        <Text size="sm">{words}</Text>
        {refusal?.requestId && (
          <Text size="xs" className="figures">
            {t('Request {{id}}', { id: refusal.requestId })}
          </Text>
        )}
        {again && (
          <Button size="xs" variant="default" onClick={again}>
            {t('Try again')}
          </Button>
        )}
      </Stack>
    </Alert>
  )
}

interface EmptyProps {
  title: string
  /** What is done first. */
  action?: ReactNode
  /** Whether there is something, but filters hide it. */
  isFiltered?: boolean
}

/** A list without rows. */
export function Empty({ title, action, isFiltered }: EmptyProps) {
  const { t } = useTranslation()
  const Icon = isFiltered ? IconSearchOff : IconInbox
  return (
    <Stack align="center" gap="sm" py="xl">
      <Icon size={40} stroke={1.2} aria-hidden />
      <Text>{isFiltered ? t('Nothing matches these filters.') : title}</Text>
      {!isFiltered && <Group>{action}</Group>}
    </Stack>
  )
}
