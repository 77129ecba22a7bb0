import { SimpleGrid } from '@mantine/core'
import type { Schema } from '@/api/client'
import { useTranslation } from '@/i18n'
import { useMayChange } from '../rights'
import { LinePhone } from './LinePhone'
import { Section } from './Section'
import { SipAccount } from './SipAccount'

/** What the phones of a line register with: at the built-in exchange, and at an Asterisk. */
export function LinePhones({ line }: { line: Schema<'LineDocument'> }) {
  const { t } = useTranslation()
  const mayChange = useMayChange() && line.state !== 'closed'
  return (
    <SimpleGrid cols={{ base: 1, md: 2 }} spacing="md">
      <Section title={t('At the built-in exchange')}>
        <LinePhone line={line} mayChange={mayChange} />
      </Section>
      <Section title={t('Ordinary phone (SIP)')}>
        <SipAccount line={line.id} mayChange={mayChange} />
      </Section>
    </SimpleGrid>
  )
}
