import { Card, Group, NumberInput, Select, SimpleGrid, Stack, Switch, TextInput, Title } from '@mantine/core'
import { type UseFormReturnType, useForm } from '@mantine/form'
import type { ReactNode } from 'react'
import { useTranslation } from '@/i18n'
import { useSession } from '@/session'
import { Form } from '@/ui/Form'
import { CURRENCIES } from '../currencies'
import { stepsOf } from '../document'
import { WeekEditor } from '../week/WeekEditor'
import type { PlanDraft } from './draft'
import { Elsewhere } from './Elsewhere'
import { Holidays } from './Holidays'
import { KindField } from './KindField'
import { RateFields } from './RateFields'
import { rateOf } from './rate'

export type PlanFormState = UseFormReturnType<PlanDraft>

interface PlanFormProps {
  initial: PlanDraft
  send: (draft: PlanDraft, version?: number) => Promise<unknown>
  done: () => void
  cancel: () => void
  reload?: () => void
  submit: string
  /** Whether it is another version of a plan that there is, whose kind and currency stay. */
  isRevision?: boolean
}

/** A plan to be entered, or changed. */
export function PlanForm({ initial, isRevision = false, ...sending }: PlanFormProps) {
  const { t } = useTranslation()
  const { time_zone } = useSession().tenant
  const form = useForm<PlanDraft>({ initialValues: initial })
  const { currency, hasRate, rate, week, kind } = form.values
  const hasHolidayWindow = week.windows.some(({ day }) => day === 'holiday')
  const isPriced = hasRate && stepsOf(rateOf(rate)).every(({ price }) => /^\d+(\.\d+)?$/.test(price))
  return (
    <Form form={form} {...sending}>
      <Section title={t('Plan')}>
        <BasicFields form={form} isRevision={isRevision} />
        {isRevision && (
          <TextInput
            type="datetime-local"
            label={t('In force from')}
            description={t('Empty for at once. Times in {{zone}}.', { zone: time_zone })}
            {...form.getInputProps('effective_at')}
            maw={280}
          />
        )}
      </Section>
      <Section title={t('Price of calls')}>
        <Switch
          label={t('The plan has a price of its own')}
          description={t('Without one, its rate deck and paid agents alone price a call.')}
          {...form.getInputProps('hasRate', { type: 'checkbox' })}
        />
        {hasRate && (
          <RateFields
            rate={rate}
            change={(next) => form.setFieldValue('rate', next)}
            currency={currency}
            path="rate"
            errors={form.errors}
          />
        )}
      </Section>
      {kind !== 'fixed' && (
        <Section title={t('Discount periods')}>
          <WeekEditor
            week={week}
            change={(next) => form.setFieldValue('week', next)}
            currency={currency}
            base={isPriced ? rateOf(rate) : null}
          />
          {hasHolidayWindow && <Holidays form={form} />}
        </Section>
      )}
      <Section title={t('Included, messages, other numbers')}>
        <Elsewhere form={form} />
      </Section>
    </Form>
  )
}

function Section({ title, children }: { title: string; children: ReactNode }) {
  return (
    <Card withBorder component="section" aria-label={title}>
      <Title order={2} size="h4" mb="sm">
        {title}
      </Title>
      <Stack gap="md">{children}</Stack>
    </Card>
  )
}

function BasicFields({ form, isRevision }: { form: PlanFormState; isRevision: boolean }) {
  const { t } = useTranslation()
  const { currency } = form.values
  return (
    <>
      <Group align="flex-start" gap="md">
        <TextInput label={t('Name')} required {...form.getInputProps('name')} flex={1} miw={220} />
        <Select
          label={t('Currency')}
          required
          disabled={isRevision}
          data={CURRENCIES}
          searchable
          allowDeselect={false}
          limit={50}
          {...form.getInputProps('currency')}
          w={110}
        />
      </Group>
      <KindField
        value={form.values.kind}
        change={(kind) => form.setFieldValue('kind', kind)}
        isFixed={isRevision}
      />
      <SimpleGrid cols={{ base: 1, xs: 2 }} maw={480}>
        <TextInput
          label={t('Monthly fee')}
          {...form.getInputProps('monthly_fee')}
          inputMode="decimal"
          rightSection={currency}
          rightSectionWidth={52}
        />
        <NumberInput
          label={t('Included minutes')}
          {...form.getInputProps('included_minutes')}
          min={0}
          allowDecimal={false}
        />
      </SimpleGrid>
    </>
  )
}
