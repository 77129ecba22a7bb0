import { Anchor, Stack, Text } from '@mantine/core'
import { useTranslation } from '@/i18n'
import { Facts } from '@/ui/Facts'
import { type Agent, percentText } from './agent'
import { languageName } from './languages'
import { Phones } from './Phones'
import { MessagePrices, Rates } from './RateText'

/** What there is to know of an agent. */
export function AgentFacts({ agent }: { agent: Agent }) {
  const { t, language } = useTranslation()
  const languages = agent.languages.map((tag) => languageName(tag, language)).join(', ')
  return (
    <Stack gap="md">
      {agent.about && (
        <Text size="sm" style={{ whiteSpace: 'pre-wrap' }}>
          {agent.about}
        </Text>
      )}
      <Facts
        facts={[
          { title: t('Rate'), value: <Rates prices={agent.prices} />, isStrong: true },
          { title: t('A message'), value: <MessagePrices prices={agent.prices} /> },
          { title: t('Share'), value: percentText(agent.share) },
          { title: t('Number'), value: <span className="figures">{agent.number ?? '–'}</span> },
          { title: t('Phones'), value: <Phones agent={agent} /> },
          { title: t('E-mail'), value: agent.email && <Mail address={agent.email} /> },
          { title: t('Languages'), value: languages || '–' },
          { title: t('Time zone'), value: agent.time_zone ?? t('as the house') },
        ]}
      />
    </Stack>
  )
}

function Mail({ address }: { address: string }) {
  return (
    <Anchor href={`mailto:${address}`} style={{ overflowWrap: 'anywhere' }}>
      {address}
    </Anchor>
  )
}
