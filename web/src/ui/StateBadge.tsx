import { Badge } from '@mantine/core'
import { useTranslation } from '@/i18n'

const GOOD = ['won', 'active', 'answered', 'paid', 'online', 'done', 'rated', 'delivered', 'sent', 'made']
const BAD = ['lost', 'suspended', 'bounced', 'failed', 'overdue', 'unrated', 'refused', 'dead']
const QUIET = [
  'undone',
  'closed',
  'void',
  'offline',
  'cancelled',
  'revoked',
  'ended',
  'credited',
  'written_off',
  'withdrawn',
]

/** The state of a record, in words and, beside them, a colour. */
export function StateBadge({ state }: { state: string }) {
  const { t } = useTranslation()
  const words: Record<string, string> = {
    active: t('active'),
    suspended: t('suspended'),
    closed: t('closed'),
    answered: t('answered'),
    busy: t('busy'),
    no_answer: t('no answer'),
    refused: t('refused'),
    cancelled: t('cancelled'),
    failed: t('failed'),
    draft: t('draft'),
    issued: t('issued'),
    part_paid: t('part paid'),
    paid: t('paid'),
    void: t('void'),
    overdue: t('overdue'),
    online: t('online'),
    away: t('away'),
    offline: t('offline'),
    rated: t('rated'),
    unrated: t('unrated'),
    credited: t('credited'),
    bounced: t('bounced'),
    written_off: t('written off'),
    waiting: t('waiting'),
    running: t('running'),
    done: t('done'),
    undone: t('undone'),
    open: t('open'),
    won: t('won'),
    lost: t('lost'),
    made: t('made'),
    withdrawn: t('withdrawn'),
  }
  const color = GOOD.includes(state)
    ? 'green'
    : BAD.includes(state)
      ? 'red'
      : QUIET.includes(state)
        ? 'gray'
        : 'yellow'
  return (
    <Badge variant="light" color={color} radius="sm">
      {words[state] ?? state.replaceAll('_', ' ')}
    </Badge>
  )
}
