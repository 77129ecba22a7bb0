import { ActionIcon, Badge, Button, Card, Group, Stack, Text, TextInput } from '@mantine/core'
import { IconPlus, IconTrash } from '@tabler/icons-react'
import { useState } from 'react'
import { dayOf, dayStart } from '@/format/civil'
import { useTranslation } from '@/i18n'
import { decimal, shifted } from './decimal'
import type { TaxRate } from './document'
import { useField } from './fields'
import { useSettings } from './SectionForm'

/** Versions of the tax rate: each holds until the next one begins. */
export function TaxRatesField() {
  const { t } = useTranslation()
  const { key, value, change } = useField({ at: 'tax_rates', label: t('Tax rates') })
  return <Versions key={key} value={value as TaxRate[]} change={change} />
}

interface Version extends TaxRate {
  /** Tells it from the others while it is edited. */
  id: number
}

function Versions({ value, change }: { value: TaxRate[]; change: (rates: TaxRate[]) => void }) {
  const { t } = useTranslation()
  const { errors, getValues } = useSettings()
  const zone = getValues().time_zone
  const [versions, setVersions] = useState<Version[]>(() => value.map((rate, id) => ({ ...rate, id })))
  const set = (next: Version[]) => {
    setVersions(next)
    change(next.map(({ id: _, ...rate }) => rate))
  }
  const current = inForce(versions)
  const add = () => {
    const id = Math.max(-1, ...versions.map((version) => version.id)) + 1
    const today = dayOf(new Date().toISOString(), zone)
    set([...versions, { id, name: '', rate: '', valid_from: dayStart(today, zone) }])
  }
  return (
    <Stack gap="sm">
      {versions.length === 0 && (
        <Text size="sm" c="dimmed">
          {t('No tax is charged: there is no rate yet.')}
        </Text>
      )}
      {versions.map((version, position) => (
        <VersionCard
          key={version.id}
          version={version}
          path={`tax_rates.${position}`}
          isInForce={version.id === current?.id}
          set={(next) => set(versions.map((other) => (other.id === version.id ? next : other)))}
          remove={() => set(versions.filter(({ id }) => id !== version.id))}
        />
      ))}
      {errors.tax_rates && (
        <Text size="sm" c="red" role="alert">
          {errors.tax_rates}
        </Text>
      )}
      <Group>
        <Button variant="default" leftSection={<IconPlus size={16} />} onClick={add} data-path="tax_rates">
          {t('Add a rate')}
        </Button>
      </Group>
    </Stack>
  )
}

function inForce(versions: Version[]): Version | undefined {
  const begun = versions.filter(({ valid_from }) => Date.parse(valid_from) <= Date.now())
  return begun.sort((a, b) => Date.parse(a.valid_from) - Date.parse(b.valid_from)).at(-1)
}

interface VersionCardProps {
  version: Version
  path: string
  isInForce: boolean
  set: (version: Version) => void
  remove: () => void
}

function VersionCard({ version, path, isInForce, set, remove }: VersionCardProps) {
  const { t } = useTranslation()
  const { errors, getValues } = useSettings()
  const zone = getValues().time_zone
  return (
    <Card withBorder padding="sm">
      <Group align="flex-start" gap="sm">
        <TextInput
          label={t('Name on invoices')}
          placeholder="VAT 20 %"
          data-path={`${path}.name`}
          error={errors[`${path}.name`]}
          defaultValue={version.name}
          onChange={(event) => set({ ...version, name: event.currentTarget.value })}
          flex="1 1 160px"
        />
        <TextInput
          label={t('Tax rate')}
          rightSection="%"
          inputMode="decimal"
          data-path={`${path}.rate`}
          error={errors[`${path}.rate`] && t('Write a percentage from 0 to 100, such as 20 or 7.5.')}
          defaultValue={shifted(version.rate, 2)}
          onChange={(event) => set({ ...version, rate: shifted(decimal(event.currentTarget.value), -2) })}
          flex="0 1 100px"
        />
        <TextInput
          label={t('Holds from')}
          type="date"
          data-path={`${path}.valid_from`}
          error={errors[`${path}.valid_from`]}
          defaultValue={dayOf(version.valid_from, zone)}
          onChange={(event) => {
            const date = event.currentTarget.value
            if (date) set({ ...version, valid_from: dayStart(date, zone) })
          }}
          flex="0 1 150px"
        />
        <ActionIcon
          variant="default"
          size="input-sm"
          mt={25}
          onClick={remove}
          aria-label={t('Take the rate {{name}} away', { name: version.name })}
        >
          <IconTrash size={16} />
        </ActionIcon>
      </Group>
      {isInForce && (
        <Badge variant="light" color="green" radius="sm" mt="xs">
          {t('in force now')}
        </Badge>
      )}
    </Card>
  )
}
