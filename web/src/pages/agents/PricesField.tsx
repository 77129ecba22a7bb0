import { Button, Fieldset, Select, SimpleGrid, Stack, TextInput } from '@mantine/core'
import { IconPlus, IconTrash } from '@tabler/icons-react'
import { useState } from 'react'
import { useTranslation } from '@/i18n'
import { RateFields } from '@/pages/prices/plans/RateFields'
import type { FieldsProps } from './AgentFields'
import { isPerMinute, NEW_PRICE, type PriceValues, withSteps } from './agentValues'

/** What calls and messages cost, for customers of each currency. */
export function PricesField({ form }: FieldsProps) {
  const { t } = useTranslation()
  const [prices, setPrices] = useState(form.getValues().prices)
  const change = (next: Record<string, PriceValues>) => {
    setPrices(next)
    form.setFieldValue('prices', next)
  }
  const current = () => form.getValues().prices
  const currencies = Intl.supportedValuesOf('currency').filter((code) => !(code in prices))
  return (
    <Stack gap="sm">
      {Object.keys(prices).map((currency) => (
        <Price
          key={currency}
          form={form}
          currency={currency}
          remove={() => {
            const { [currency]: _, ...others } = current()
            change(others)
          }}
        />
      ))}
      <Select
        aria-label={t('Prices in another currency')}
        placeholder={t('Prices in another currency')}
        leftSection={<IconPlus size={14} />}
        data={currencies}
        searchable
        value={null}
        onChange={(currency) => currency && change({ ...current(), [currency]: NEW_PRICE })}
        maw={280}
      />
    </Stack>
  )
}

interface CurrencyProps extends FieldsProps {
  currency: string
}

interface PriceProps extends CurrencyProps {
  remove: () => void
}

function Price({ form, currency, remove }: PriceProps) {
  const { t } = useTranslation()
  return (
    <Fieldset legend={t('Prices in {{currency}}', { currency })} p="sm">
      <Stack gap="sm">
        <RatePart form={form} currency={currency} />
        <Button
          variant="subtle"
          size="xs"
          leftSection={<IconTrash size={14} />}
          onClick={remove}
          style={{ alignSelf: 'flex-start' }}
        >
          {t('No prices in {{currency}}', { currency })}
        </Button>
      </Stack>
    </Fieldset>
  )
}

/** By the minute, as nearly all are; else with steps and limits. */
function RatePart({ form, currency }: CurrencyProps) {
  const { t } = useTranslation()
  const place = `prices.${currency}.rate`
  const [rate, setRate] = useState(() => form.getValues().prices[currency]?.rate ?? NEW_PRICE.rate)
  const change = (next: PriceValues['rate']) => {
    setRate(next)
    form.setFieldValue(place, next)
  }
  if (!isPerMinute(rate)) {
    return (
      <>
        <RateFields rate={rate} change={change} currency={currency} path={place} errors={form.errors} />
        <MessageField form={form} currency={currency} />
      </>
    )
  }
  return (
    <>
      <PerMinuteFields form={form} currency={currency} increment={rate.increment_seconds} />
      <Button
        variant="subtle"
        size="xs"
        style={{ alignSelf: 'flex-start' }}
        onClick={() => {
          const typed = form.getValues().prices[currency]?.rate
          if (typed && isPerMinute(typed)) change(withSteps(typed))
        }}
      >
        {t('Steps, minimum, maximum')}
      </Button>
    </>
  )
}

function MessageField({ form, currency }: CurrencyProps) {
  const { t } = useTranslation()
  const path = `prices.${currency}.price_per_message`
  return (
    <TextInput
      label={t('Price per message')}
      placeholder={t('takes none')}
      inputMode="decimal"
      rightSection={currency}
      rightSectionWidth={52}
      key={form.key(path)}
      {...form.getInputProps(path)}
    />
  )
}

function PerMinuteFields({
  form,
  currency,
  increment,
}: FieldsProps & { currency: string; increment: string }) {
  const { t } = useTranslation()
  const field = (name: string) => {
    const path = `prices.${currency}.rate.${name}`
    return { key: form.key(path), ...form.getInputProps(path) }
  }
  const amount = { inputMode: 'decimal' as const, rightSection: currency, rightSectionWidth: 52 }
  const increments = [
    { value: '60', label: t('by the minute begun') },
    { value: '30', label: t('by the half minute begun') },
    { value: '6', label: t('by 6 seconds begun') },
    { value: '1', label: t('by the second') },
  ]
  if (!increments.some(({ value }) => value === increment)) {
    increments.push({ value: increment, label: t('by {{seconds}} seconds begun', { seconds: increment }) })
  }
  const { key: feeKey, ...fee } = field('connect_fee')
  const { key: priceKey, ...price } = field('price_per_minute')
  const { key: chargedKey, ...charged } = field('increment_seconds')
  return (
    <SimpleGrid cols={{ base: 1, xs: 2 }} spacing="sm">
      <TextInput label={t('Connect fee')} placeholder="0.00" {...amount} key={feeKey} {...fee} />
      <TextInput label={t('Price per minute')} required {...amount} key={priceKey} {...price} />
      <Select label={t('Charged')} allowDeselect={false} data={increments} key={chargedKey} {...charged} />
      <MessageField form={form} currency={currency} />
    </SimpleGrid>
  )
}
