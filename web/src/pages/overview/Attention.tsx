import { Card, Group, Text, Title } from '@mantine/core'
import {
  IconAlertTriangle,
  IconBarrierBlock,
  IconCalendarX,
  IconChevronRight,
  IconCircleCheck,
  IconClipboardX,
  IconCoins,
  IconFileInvoice,
  IconHelpHexagon,
  IconPhoneOff,
} from '@tabler/icons-react'
import { Link } from '@tanstack/react-router'
import { $api } from '@/api/client'
import { useTranslation } from '@/i18n'
import classes from './overview.module.css'
import type { Standing } from './standing'
import { useUncovered } from './uncovered'

interface Matter {
  /** Whether it needs attention now. */
  isOn: boolean
  words: string
  to: string
  search?: Record<string, string | boolean>
  hash?: string
  icon: typeof IconCoins
}

/** What somebody should look at; each leads to where it is mended. */
export function Attention({ standing }: { standing: Standing }) {
  const { t } = useTranslation()
  const matters = useMatters(standing).filter(({ isOn }) => isOn)
  return (
    <Card withBorder component="section" aria-label={t('Needs attention')}>
      <Title order={2} size="h4" mb="xs">
        {t('Needs attention')}
      </Title>
      {matters.length === 0 ? (
        <Group gap="xs" c="dimmed">
          <IconCircleCheck size={20} aria-hidden />
          <Text>{t('Nothing. All is well.')}</Text>
        </Group>
      ) : (
        <ul className={classes.list}>
          {matters.map(({ words, to, search, hash, icon: Icon }) => (
            <li key={words}>
              <Link to={to} search={search as never} hash={hash} className={classes.matter}>
                <Icon size={20} stroke={1.6} aria-hidden />
                <Text span flex={1}>
                  {words}
                </Text>
                <IconChevronRight size={16} aria-hidden />
              </Link>
            </li>
          ))}
        </ul>
      )}
    </Card>
  )
}

function useMatters(standing: Standing): Matter[] {
  const { t } = useTranslation()
  const maintenance = $api.useQuery('get', '/api/v1/maintenance')
  const { open_alerts, top_up_requests } = standing
  return [
    {
      isOn: maintenance.data?.active ?? false,
      words: t('There is a maintenance: no call begins'),
      to: '/calls/live',
      icon: IconBarrierBlock,
    },
    {
      isOn: open_alerts > 0,
      words: t('{{count}} alerts of fraud', {
        count: open_alerts,
        defaultValue_one: '{{count}} alert of fraud',
        defaultValue_other: '{{count}} alerts of fraud',
      }),
      to: '/alerts',
      icon: IconAlertTriangle,
    },
    ...useRosterMatters(),
    ...useUsualMatters(standing),
    {
      isOn: top_up_requests > 0,
      words: t('{{count}} requests for a top-up', {
        count: top_up_requests,
        defaultValue_one: '{{count}} request for a top-up',
        defaultValue_other: '{{count}} requests for a top-up',
      }),
      to: '/overview',
      hash: 'requests',
      icon: IconCoins,
    },
  ]
}

/** Where nobody will answer, or too few. */
function useRosterMatters(): Matter[] {
  const { t } = useTranslation()
  return useUncovered().map(({ group: { id, name }, gaps, week }) => ({
    isOn: true,
    words: t('{{group}}: {{count}} gaps in the roster within two weeks', {
      group: name,
      count: gaps,
      defaultValue_one: '{{group}}: {{count}} gap in the roster within two weeks',
      defaultValue_other: '{{group}}: {{count}} gaps in the roster within two weeks',
    }),
    to: `/groups/${id}`,
    search: { week },
    icon: IconCalendarX,
  }))
}

function useUsualMatters({ failed_jobs, unrated_calls, suspended_lines, unpaid }: Standing): Matter[] {
  const { t } = useTranslation()
  return [
    {
      isOn: failed_jobs > 0,
      words: t('{{count}} jobs have failed', {
        count: failed_jobs,
        defaultValue_one: '{{count}} job has failed',
        defaultValue_other: '{{count}} jobs have failed',
      }),
      to: '/jobs',
      search: { state: 'failed' },
      icon: IconClipboardX,
    },
    {
      isOn: unrated_calls > 0,
      words: t('{{count}} calls wait for a price', {
        count: unrated_calls,
        defaultValue_one: '{{count}} call waits for a price',
        defaultValue_other: '{{count}} calls wait for a price',
      }),
      to: '/calls/unrated',
      icon: IconHelpHexagon,
    },
    {
      isOn: suspended_lines > 0,
      words: t('{{count}} lines are suspended', {
        count: suspended_lines,
        defaultValue_one: '{{count}} line is suspended',
        defaultValue_other: '{{count}} lines are suspended',
      }),
      to: '/lines',
      search: { suspended: true },
      icon: IconPhoneOff,
    },
    {
      isOn: unpaid.count > 0,
      words: t('{{count}} invoices are unpaid', {
        count: unpaid.count,
        defaultValue_one: '{{count}} invoice is unpaid',
        defaultValue_other: '{{count}} invoices are unpaid',
      }),
      to: '/invoices',
      search: { unpaid: true },
      icon: IconFileInvoice,
    },
  ]
}
