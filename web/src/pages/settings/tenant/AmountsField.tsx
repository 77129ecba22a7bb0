import { Box, Button, Checkbox, Group, Input, Select, Stack, TextInput } from '@mantine/core'
import { IconPlus } from '@tabler/icons-react'
import { useId, useState } from 'react'
import { amountText } from '@/format/money'
import { useTranslation } from '@/i18n'
import { decimal, shifted } from './decimal'
import type { Amounts } from './document'
import { type FieldProps, useField } from './fields'
import { useSettings } from './SectionForm'

interface AmountsFieldProps extends FieldProps {
  /** What holds for a currency without an amount, in minor units, where Tollgate ships something. */
  shipped?: number
}

/** Amounts by currency: a row for the tenant's own, and for each other that has one. */
export function AmountsField(props: AmountsFieldProps) {
  const { key, value, change } = useField(props)
  return <Rows key={key} {...props} value={value as Amounts} change={change} />
}

interface RowsProps extends AmountsFieldProps {
  value: Amounts
  change: (amounts: Amounts) => void
}

function Rows({ at, label, help, shipped, value, change }: RowsProps) {
  const { t } = useTranslation()
  const id = useId()
  const { errors, getValues } = useSettings()
  const own = getValues().currency
  const [amounts, setAmounts] = useState(value)
  const [currencies, setCurrencies] = useState(() => [...new Set([own, ...Object.keys(value)])])
  const set = (currency: string, amount: string | null | undefined) => {
    const { [currency]: _, ...others } = amounts
    const next = amount === undefined ? others : { ...others, [currency]: amount }
    setAmounts(next)
    change(next)
  }
  return (
    <Box role="group" aria-labelledby={id}>
      <Input.Label id={id} component="div">
        {label}
      </Input.Label>
      {help && <Input.Description>{help}</Input.Description>}
      <Stack gap="xs" mt={6}>
        {currencies.map((currency) => (
          <Row
            key={currency}
            {...{ currency, label, shipped }}
            path={`${at}.${currency}`}
            amount={amounts[currency]}
            error={errors[`${at}.${currency}`]}
            set={(amount) => set(currency, amount)}
          />
        ))}
        <AddCurrency
          label={t('Another currency for: {{what}}', { what: label })}
          taken={currencies}
          add={(currency) => setCurrencies([...currencies, currency])}
        />
      </Stack>
    </Box>
  )
}

interface RowProps {
  currency: string
  label: string
  path: string
  shipped?: number
  amount: string | null | undefined
  error: React.ReactNode
  set: (amount: string | null | undefined) => void
}

function Row({ currency, label, path, shipped, amount, error, set }: RowProps) {
  const { t } = useTranslation()
  return (
    <Group gap="md">
      <TextInput
        aria-label={`${label}, ${currency}`}
        data-path={path}
        error={error}
        inputMode="decimal"
        leftSection={currency}
        leftSectionWidth={52}
        maw={240}
        disabled={amount === null}
        placeholder={shipped === undefined ? t('none') : shippedText(shipped, currency)}
        defaultValue={amount ?? ''}
        onChange={(event) => set(decimal(event.currentTarget.value) || undefined)}
      />
      {shipped !== undefined && (
        <Checkbox
          label={t('no limit')}
          checked={amount === null}
          onChange={(event) => set(event.currentTarget.checked ? null : undefined)}
        />
      )}
    </Group>
  )
}

function shippedText(minorUnits: number, currency: string): string {
  const { maximumFractionDigits = 2 } = new Intl.NumberFormat('en', {
    style: 'currency',
    currency,
  }).resolvedOptions()
  return amountText(shifted(String(minorUnits), -maximumFractionDigits), currency)
}

function AddCurrency({ label, taken, add }: { label: string; taken: string[]; add: (code: string) => void }) {
  const { t } = useTranslation()
  const [isOpen, setOpen] = useState(false)
  if (!isOpen) {
    return (
      <Group>
        <Button
          variant="subtle"
          size="compact-sm"
          leftSection={<IconPlus size={14} />}
          aria-label={label}
          onClick={() => setOpen(true)}
        >
          {t('Another currency')}
        </Button>
      </Group>
    )
  }
  return (
    <Select
      aria-label={label}
      placeholder={t('Currency')}
      searchable
      autoFocus
      maw={240}
      data={Intl.supportedValuesOf('currency').filter((code) => !taken.includes(code))}
      onChange={(code) => {
        if (code) add(code)
        setOpen(false)
      }}
    />
  )
}
