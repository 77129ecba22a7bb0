import { Alert, Anchor, List } from '@mantine/core'
import { Link } from '@tanstack/react-router'
import { useTranslation } from '@/i18n'

interface Noted {
  unrated_reasons?: Record<string, number>
  ambiguous?: { rows: number; lines: number[] }
  refused_customers?: { external_reference: string; reason: string }[]
}

/** What else is to be known of an import of calls. */
export function ImportNotes({ summary }: { summary: Noted }) {
  const { t } = useTranslation()
  const reasons = Object.entries(summary.unrated_reasons ?? {})
  const refused = summary.refused_customers ?? []
  const { rows = 0, lines = [] } = summary.ambiguous ?? {}
  if (reasons.length + refused.length + rows === 0) return null
  return (
    <Alert color="yellow" title={t('To be looked at')}>
      <List size="sm" spacing={4}>
        {reasons.map(([reason, count]) => (
          <List.Item key={reason}>
            {t('{{count}} calls wait for a price: {{reason}}', {
              count,
              reason: reason.replaceAll('_', ' '),
              defaultValue_one: '{{count}} call waits for a price: {{reason}}',
              defaultValue_other: '{{count}} calls wait for a price: {{reason}}',
            })}{' '}
            <Anchor component={Link} to="/calls/unrated">
              {t('Show them')}
            </Anchor>
          </List.Item>
        ))}
        {refused.map(({ external_reference, reason }) => (
          <List.Item key={external_reference}>
            {t('{{reference}} could not become a customer: {{reason}}', {
              reference: external_reference,
              reason,
            })}
          </List.Item>
        ))}
        {rows > 0 && (
          <List.Item>
            {t('In an hour that the clocks showed twice, the first was taken: lines {{lines}}', {
              lines: lines.join(', '),
            })}
          </List.Item>
        )}
      </List>
    </Alert>
  )
}
