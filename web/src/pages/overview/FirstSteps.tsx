import { Anchor, Card, Group, Stack, Text, ThemeIcon, Title } from '@mantine/core'
import { IconCheck } from '@tabler/icons-react'
import { Link } from '@tanstack/react-router'
import { $api } from '@/api/client'
import { isZero } from '@/format/money'
import { useTranslation } from '@/i18n'
import type { Standing } from './standing'

interface Step {
  isDone: boolean
  name: string
  why: string
  to: string
}

/** What there is to do first, until a call was charged. Where there is revenue, nothing is asked about it. */
export function FirstSteps({ standing }: { standing: Standing }) {
  const isQuiet = standing.calls_now === 0 && standing.revenue_days.every(({ amount }) => isZero(amount))
  return isQuiet ? <Steps /> : null
}

function useSteps(): Step[] | undefined {
  const { t } = useTranslation()
  const one = { params: { query: { limit: 1 } } }
  const plans = $api.useQuery('get', '/api/v1/plans', one).data
  const customers = $api.useQuery('get', '/api/v1/customers', one).data
  const lines = $api.useQuery('get', '/api/v1/lines', one).data
  const calls = $api.useQuery('get', '/api/v1/calls', one).data
  if (!plans || !customers || !lines || !calls) return undefined
  return [
    {
      isDone: plans.items.length > 0,
      name: t('Make a plan'),
      why: t('What a line costs by the month and by the minute.'),
      to: '/plans/new',
    },
    {
      isDone: customers.items.length > 0,
      name: t('Make a customer'),
      why: t('Who pays, in advance or by invoice.'),
      to: '/customers',
    },
    {
      isDone: lines.items.length > 0,
      name: t('Open a line'),
      why: t('A number with a plan, on the page of its customer.'),
      to: '/customers',
    },
    {
      isDone: calls.items.length > 0,
      name: t('Make a call'),
      why: t(
        'With the phone at the edge of this page, or any other of the line; here you see what it costs.',
      ),
      to: '/calls/live',
    },
  ]
}

function Steps() {
  const { t } = useTranslation()
  const steps = useSteps()
  if (!steps || steps.every(({ isDone }) => isDone)) return null
  const next = steps.find(({ isDone }) => !isDone)
  return (
    <Card withBorder component="section" aria-label={t('First steps')}>
      <Title order={2} size="h4" mb="sm">
        {t('First steps')}
      </Title>
      <Stack component="ol" gap="sm" m={0} p={0} style={{ listStyle: 'none' }}>
        {steps.map((step, position) => (
          <Group component="li" key={step.name} gap="sm" wrap="nowrap" align="flex-start">
            <ThemeIcon radius="xl" variant={step === next ? 'filled' : 'default'} aria-hidden>
              {step.isDone ? <IconCheck size={16} /> : <Text size="sm">{position + 1}</Text>}
            </ThemeIcon>
            <div>
              {step.isDone ? (
                <Text c="dimmed">
                  {step.name} · {t('done')}
                </Text>
              ) : (
                <Anchor component={Link} to={step.to} fw={step === next ? 650 : undefined}>
                  {step.name}
                </Anchor>
              )}
              <Text size="sm" c="dimmed">
                {step.why}
              </Text>
            </div>
          </Group>
        ))}
      </Stack>
    </Card>
  )
}
