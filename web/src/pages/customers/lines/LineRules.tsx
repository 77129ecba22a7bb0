import { Anchor, SimpleGrid } from '@mantine/core'
import { Link } from '@tanstack/react-router'
import type { Schema } from '@/api/client'
import { useTranslation } from '@/i18n'
import { VoicemailSwitch } from '@/pages/recordings/VoicemailSwitch'
import { useMayChange } from '../rights'
import { Blocking } from './Blocking'
import { CallLimit } from './CallLimit'
import { Filters } from './Filters'
import { Forwarding } from './Forwarding'
import { Section } from './Section'

/** Whose calls come to a line, which numbers it calls, and where its calls go that its phone does not take. */
export function LineRules({ line }: { line: Schema<'LineDocument'> }) {
  const { t } = useTranslation()
  const mayRead = useMayChange()
  const mayChange = mayRead && line.state !== 'closed'
  return (
    <SimpleGrid cols={{ base: 1, md: 2 }} spacing="md">
      <Section title={t('Call blocking')}>
        <Blocking id={line.id} mayChange={mayChange} />
      </Section>
      <Section title={t('Forwarding')}>
        <Forwarding line={line} mayChange={mayChange} />
      </Section>
      <Section title={t('Voicemail')}>
        <VoicemailSwitch line={line} mayChange={mayChange} />
        {mayRead && (
          <Anchor component={Link} to="/recordings" search={{ line: line.id } as never} fz="sm">
            {t('What was recorded of it')}
          </Anchor>
        )}
      </Section>
      <Section title={t('Filters')}>
        <Filters line={line} mayChange={mayChange} />
      </Section>
      <Section title={t('Calls at once')}>
        <CallLimit line={line} mayChange={mayChange} />
      </Section>
    </SimpleGrid>
  )
}
