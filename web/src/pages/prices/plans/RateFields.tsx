import { ActionIcon, Button, Group, NumberInput, SimpleGrid, Stack, TextInput } from '@mantine/core'
import { IconPlus, IconTrash } from '@tabler/icons-react'
import type { ReactNode } from 'react'
import { useTranslation } from '@/i18n'
import type { Step } from '../document'
import { RateLimits } from './RateLimits'
import type { RateDraft } from './rate'

export interface RateFieldsProps {
  rate: RateDraft
  change: (rate: RateDraft) => void
  currency: string
  /** Where the rate is in what is sent, for what the server finds wrong with it. */
  path?: string
  errors?: Record<string, ReactNode>
}

/** The fields of a rate: what the seconds cost, in steps, and what the whole call is subject to. */
export function RateFields(props: RateFieldsProps) {
  const { t } = useTranslation()
  const { rate, change, currency } = props
  const field = fieldsOf(props)
  const changeStep = (at: number, changes: Partial<Step>) =>
    change({ ...rate, steps: rate.steps.map((step, each) => (each === at ? { ...step, ...changes } : step)) })
  const last = rate.steps.at(-1)
  const addStep = () =>
    last && change({ ...rate, steps: [...rate.steps, { ...last, from_seconds: last.from_seconds + 60 }] })
  return (
    <Stack gap="sm">
      <TextInput
        label={t('Connect fee')}
        description={t('once a call')}
        {...field('connect_fee')}
        value={rate.connect_fee}
        onChange={(event) => change({ ...rate, connect_fee: event.currentTarget.value })}
        rightSection={currency}
        rightSectionWidth={52}
        inputMode="decimal"
        maw={200}
      />
      {rate.steps.map((step, at) => (
        // biome-ignore lint/suspicious/noArrayIndexKey: a step is known by its place
        <Group key={at} gap="sm" align="flex-end" wrap="nowrap">
          <StepFields
            step={step}
            isFirst={at === 0}
            currency={currency}
            change={(changes) => changeStep(at, changes)}
            field={(name) => field(`steps.${at}.${name}`)}
          />
          {at > 0 && (
            <ActionIcon
              variant="default"
              size={36}
              aria-label={t('Remove the step')}
              onClick={() => change({ ...rate, steps: rate.steps.filter((_, each) => each !== at) })}
            >
              <IconTrash size={16} />
            </ActionIcon>
          )}
        </Group>
      ))}
      <Button
        variant="default"
        size="xs"
        leftSection={<IconPlus size={14} />}
        onClick={addStep}
        style={{ alignSelf: 'flex-start' }}
      >
        {t('Another price later in the call')}
      </Button>
      <RateLimits {...props} />
    </Stack>
  )
}

/** What the field of a name in the rate has besides its value. */
export function fieldsOf({ path, errors }: RateFieldsProps) {
  return (name: string) => ({ 'data-path': `${path}.${name}`, error: errors?.[`${path}.${name}`] })
}

interface StepFieldsProps {
  step: Step
  isFirst: boolean
  currency: string
  change: (changes: Partial<Step>) => void
  field: (name: string) => object
}

function StepFields({ step, isFirst, currency, change, field }: StepFieldsProps) {
  const { t } = useTranslation()
  const whole = (name: keyof Step) => ({
    ...field(name),
    value: step[name],
    onChange: (value: string | number) => change({ [name]: Number(value) }),
    allowDecimal: false,
    allowNegative: false,
    hideControls: true,
  })
  return (
    <SimpleGrid cols={{ base: 2, sm: isFirst ? 3 : 4 }} spacing="sm" flex={1} style={{ alignItems: 'end' }}>
      {!isFirst && <NumberInput label={t('From second')} {...whole('from_seconds')} />}
      <TextInput
        label={t('Price')}
        {...field('price')}
        value={step.price}
        onChange={(event) => change({ price: event.currentTarget.value })}
        rightSection={currency}
        rightSectionWidth={52}
        inputMode="decimal"
        placeholder="0.05"
      />
      <NumberInput label={t('for so many seconds')} {...whole('per_seconds')} />
      <NumberInput label={t('charged by seconds begun')} {...whole('increment_seconds')} />
    </SimpleGrid>
  )
}
