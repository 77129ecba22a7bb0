import { Button, Collapse, NumberInput, Select, SimpleGrid, TextInput } from '@mantine/core'
import { useDisclosure } from '@mantine/hooks'
import { IconChevronDown, IconChevronRight } from '@tabler/icons-react'
import { useTranslation } from '@/i18n'
import { fieldsOf, type RateFieldsProps } from './RateFields'
import { NEW_RATE } from './rate'

/** What the whole call is subject to: shown where something of it is not as usual, or somebody asks. */
export function RateLimits(props: RateFieldsProps) {
  const { t } = useTranslation()
  const { connect_fee: _, steps: __, ...limits } = props.rate
  const { connect_fee: ___, steps: ____, ...usual } = NEW_RATE
  const [isOpen, { toggle }] = useDisclosure(JSON.stringify(limits) !== JSON.stringify(usual))
  const Icon = isOpen ? IconChevronDown : IconChevronRight
  return (
    <>
      <Button
        variant="subtle"
        size="xs"
        leftSection={<Icon size={14} />}
        aria-expanded={isOpen}
        onClick={toggle}
        style={{ alignSelf: 'flex-start' }}
      >
        {t('Minimum, maximum, rounding')}
      </Button>
      <Collapse expanded={isOpen}>
        <Limits {...props} />
      </Collapse>
    </>
  )
}

function Limits(props: RateFieldsProps) {
  const { t } = useTranslation()
  const { rate, change, currency } = props
  const field = fieldsOf(props)
  const amount = (name: 'minimum_charge' | 'maximum_charge') => ({
    ...field(name),
    value: rate[name],
    onChange: (event: { currentTarget: HTMLInputElement }) =>
      change({ ...rate, [name]: event.currentTarget.value }),
    rightSection: currency,
    rightSectionWidth: 52,
    inputMode: 'decimal' as const,
  })
  return (
    <SimpleGrid cols={{ base: 1, xs: 2, md: 3 }} spacing="sm">
      <TextInput label={t('Minimum charge')} {...amount('minimum_charge')} />
      <TextInput label={t('Maximum charge')} {...amount('maximum_charge')} />
      <Select
        label={t('When the maximum is reached')}
        {...field('on_maximum')}
        value={rate.on_maximum}
        onChange={(value) => change({ ...rate, on_maximum: value === 'disconnect' ? value : 'free' })}
        allowDeselect={false}
        data={[
          { value: 'free', label: t('the rest is free') },
          { value: 'disconnect', label: t('the call ends') },
        ]}
      />
      <NumberInput
        label={t('Free below so many seconds')}
        {...field('free_below_seconds')}
        value={rate.free_below_seconds}
        onChange={(value) => change({ ...rate, free_below_seconds: Number(value) })}
        allowDecimal={false}
        min={0}
      />
      <NumberInput
        label={t('Decimals of the total')}
        {...field('rounding.decimals')}
        value={rate.rounding.decimals}
        onChange={(value) => change({ ...rate, rounding: { ...rate.rounding, decimals: Number(value) } })}
        allowDecimal={false}
        min={0}
        max={6}
      />
      <Select
        label={t('Rounding')}
        {...field('rounding.mode')}
        value={rate.rounding.mode}
        onChange={(mode) => mode && change({ ...rate, rounding: { ...rate.rounding, mode } })}
        allowDeselect={false}
        data={[
          { value: 'half_up', label: t('half up') },
          { value: 'half_even', label: t('half to even') },
          { value: 'up', label: t('up') },
          { value: 'down', label: t('down') },
        ]}
      />
    </SimpleGrid>
  )
}
