import { Card, Stack, Text, Title } from '@mantine/core'
import { $api } from '@/api/client'
import { useTranslation } from '@/i18n'
import { RecordingList } from '@/pages/recordings/RecordingList'
import { VoicemailSwitch } from '@/pages/recordings/VoicemailSwitch'
import { Failure } from '@/ui/states'
import { OwnPage } from './OwnCustomer'

/** The messages that callers left for a customer's lines, and which of them take some. */
export function Voicemail() {
  const { t } = useTranslation()
  return <OwnPage title={t('My voicemail')}>{(customer) => <Messages customer={customer} />}</OwnPage>
}

function Messages({ customer }: { customer: string }) {
  const { t } = useTranslation()
  const path = { params: { path: { id: customer } } }
  const lines = $api.useQuery('get', '/api/v1/customers/{id}/lines', path)
  if (lines.error && !lines.data) return <Failure error={lines.error} again={() => void lines.refetch()} />
  const all = lines.data?.items ?? []
  const open = all.filter(({ state }) => state !== 'closed')
  return (
    <Stack gap="xl">
      <RecordingList
        filters={{ customer, kind: 'voicemail' }}
        whose={({ line }) =>
          t('Line {{number}}', { number: all.find(({ id }) => id === line)?.number ?? '…' })
        }
      />
      {open.length > 0 && (
        <Card
          withBorder
          padding="md"
          maw={560}
          component="section"
          aria-label={t('Which lines take messages')}
        >
          <Stack gap="sm">
            <Title order={2} size="h5">
              {t('Which lines take messages')}
            </Title>
            <Text size="sm" c="dimmed">
              {t('Callers may leave one where nobody takes their call, and it is not forwarded.')}
            </Text>
            {open.map((line) => (
              <VoicemailSwitch
                key={line.id}
                line={line}
                mayChange
                label={t('Line {{number}}', { number: line.number })}
              />
            ))}
          </Stack>
        </Card>
      )}
    </Stack>
  )
}
