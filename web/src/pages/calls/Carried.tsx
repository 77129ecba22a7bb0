import { Divider, Group, Stack, Text } from '@mantine/core'
import { Fragment } from 'react'
import type { Schema } from '@/api/client'
import { Money } from '@/format/money'
import { Duration } from '@/format/time'
import { useTranslation } from '@/i18n'
import { type Charge, Explanation } from '@/ui/Explanation'

interface CarriedProps {
  legs: Schema<'CarriedDocument'>[]
  /** What is left of the price when the trunks are paid. */
  margin?: string | null
  /** That of the price. */
  currency?: string
}

/** What the trunks cost that carried a call, and what is left of its price. */
export function Carried({ legs, margin, currency }: CarriedProps) {
  const { t } = useTranslation()
  return (
    <Stack gap="sm">
      {legs.map((leg, position) => (
        // A trunk may carry both legs of a call: they are told apart by nothing but their order.
        // biome-ignore lint/suspicious/noArrayIndexKey: the legs of a call that is over never change
        <Fragment key={position}>
          <Leg leg={leg} />
          <Divider />
        </Fragment>
      ))}
      {margin && currency && (
        <Group justify="space-between">
          <div>
            <Text fw={700}>{t('What is left')}</Text>
            <Text size="sm" c="dimmed">
              {t("of the price, without tax, the agent's part and the trunks")}
            </Text>
          </div>
          <Money amount={margin} currency={currency} fw={700} fz="lg" />
        </Group>
      )}
    </Stack>
  )
}

function Leg({ leg: { trunk, seconds, cost, currency, explanation } }: { leg: Schema<'CarriedDocument'> }) {
  const { t } = useTranslation()
  return (
    <Stack gap={4}>
      <Group justify="space-between">
        <Text fw={500}>{trunk.name ?? trunk.id}</Text>
        <Text size="sm" c="dimmed">
          <Duration seconds={seconds} />
        </Text>
      </Group>
      {cost && explanation ? (
        <Explanation charge={explanation as unknown as Charge} currency={currency} />
      ) : (
        <Text size="sm">{t('Its route had no buying rate: what it cost is not known.')}</Text>
      )}
    </Stack>
  )
}
