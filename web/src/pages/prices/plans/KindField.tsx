import { Group, Radio } from '@mantine/core'
import { useTranslation } from '@/i18n'
import type { Plan } from '../document'

interface KindFieldProps {
  value: Plan['kind']
  change: (kind: Plan['kind']) => void
  /** Whether it stays what it is. */
  isFixed: boolean
}

/** How a plan is paid: it never changes. */
export function KindField({ value, change, isFixed }: KindFieldProps) {
  const { t } = useTranslation()
  const kinds = [
    { kind: 'postpaid', name: t('By invoice'), note: t('fee and calls, invoiced at the end of the period') },
    { kind: 'prepaid', name: t('In advance'), note: t('from the balance, while the call runs') },
    { kind: 'fixed', name: t('Fixed'), note: t("the fee covers all calls at the plan's own price") },
  ]
  return (
    <Radio.Group label={t('Paid')} value={value} onChange={(kind) => change(kind as Plan['kind'])}>
      <Group gap="lg" mt={6} align="flex-start">
        {kinds.map(({ kind, name, note }) => (
          <Radio key={kind} value={kind} label={name} description={note} disabled={isFixed} />
        ))}
      </Group>
    </Radio.Group>
  )
}
