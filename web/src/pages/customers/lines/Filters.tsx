import { Stack, Text } from '@mantine/core'
import type { Schema } from '@/api/client'
import { useTranslation } from '@/i18n'
import { DialogButton } from '@/ui/DialogButton'
import { FiltersForm } from './FiltersForm'

interface FiltersProps {
  line: Schema<'LineDocument'>
  mayChange: boolean
}

/** Which numbers a line may call and be called by. */
export function Filters({ line, mayChange }: FiltersProps) {
  const { t } = useTranslation()
  return (
    <>
      <Rules title={t('Who may call it')} rules={line.filters.in ?? []} />
      <Rules title={t('What it may call')} rules={line.filters.out ?? []} />
      {mayChange && (
        <DialogButton
          label={t('Change')}
          title={t('Filters')}
          variant="default"
          room="lg"
          style={{ alignSelf: 'start' }}
        >
          {(close) => <FiltersForm line={line} close={close} />}
        </DialogButton>
      )}
    </>
  )
}

function Rules({ title, rules }: { title: string; rules: Schema<'FilterRule'>[] }) {
  const { t } = useTranslation()
  return (
    <Stack gap={2}>
      <Text size="sm" fw={600}>
        {title}
      </Text>
      {rules.map((rule, place) => (
        // biome-ignore lint/suspicious/noArrayIndexKey: a rule has no other name than its place
        <Text key={place} size="sm" className="figures">
          {'allow' in rule
            ? t('{{place}}. allow {{pattern}}', { place: place + 1, pattern: rule.allow })
            : t('{{place}}. deny {{pattern}}', { place: place + 1, pattern: rule.deny })}
        </Text>
      ))}
      <Text size="sm" c="dimmed">
        {rules.length === 0 ? t('every number') : t('and every other number')}
      </Text>
    </Stack>
  )
}
