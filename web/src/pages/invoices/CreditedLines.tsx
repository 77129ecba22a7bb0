import { Checkbox, Group, Stack, Text, TextInput } from '@mantine/core'
import type { UseFormReturnType } from '@mantine/form'
import { Money } from '@/format/money'
import { useTranslation } from '@/i18n'
import type { NewCreditNote } from './CreditNoteForm'
import type { Paper } from './paper'

interface CreditedLinesProps {
  invoice: Paper
  form: UseFormReturnType<NewCreditNote>
}

/** Chooses lines of an invoice, and how much of each is taken back. */
export function CreditedLines({ invoice, form }: CreditedLinesProps) {
  const { t } = useTranslation()
  const { lines } = form.values
  const choose = (line: number, isChosen: boolean) => {
    if (isChosen) form.insertListItem('lines', { line, amount: '' })
    else
      form.removeListItem(
        'lines',
        lines.findIndex((chosen) => chosen.line === line),
      )
    form.clearFieldError('lines')
  }
  return (
    <Stack gap="xs">
      {invoice.lines.map(({ name, number, calls, amount }, place) => {
        const at = lines.findIndex(({ line }) => line === place)
        const what = [number, name, calls === null ? '' : t('calls')].filter(Boolean).join(' · ')
        return (
          // biome-ignore lint/suspicious/noArrayIndexKey: the lines of an invoice never change, and are known by their place
          <Group key={place} justify="space-between" gap="sm" align="flex-start">
            <Checkbox
              label={what}
              checked={at >= 0}
              onChange={(event) => choose(place, event.currentTarget.checked)}
              description={<Money amount={amount} currency={invoice.currency} />}
            />
            {at >= 0 && (
              <TextInput
                w={180}
                aria-label={t('How much of it')}
                placeholder={t('all that is left')}
                inputMode="decimal"
                {...form.getInputProps(`lines.${at}.amount`)}
              />
            )}
          </Group>
        )
      })}
      {form.errors.lines && (
        <Text size="sm" c="red" role="alert">
          {form.errors.lines}
        </Text>
      )}
    </Stack>
  )
}
