import { Group, Stack, Text } from '@mantine/core'
import { useTranslation } from '@/i18n'
import type { Rate } from '../document'
import { priceText, rateText, windowsText } from '../words'
import { Swatch } from './Swatch'
import type { Week } from './week'

interface WeekLegendProps {
  week: Week
  currency: string
  base: Rate | null
}

/** What the letters of the grid cost, and when. */
export function WeekLegend({ week, currency, base }: WeekLegendProps) {
  const { t } = useTranslation()
  return (
    <Stack gap={6} component="ul" m={0} p={0}>
      {week.prices.map((price, at) => (
        // biome-ignore lint/suspicious/noArrayIndexKey: a price is known by its letter
        <Entry key={at} mark={at} price={priceText(price, currency)}>
          {windowsText(week.windows.filter((window) => window.price === at))}
        </Entry>
      ))}
      {base && (
        <Entry mark={undefined} price={rateText(base, currency)}>
          {t('at all other times')}
        </Entry>
      )}
    </Stack>
  )
}

function Entry({ mark, price, children }: { mark: number | undefined; price: string; children: string }) {
  return (
    <Group component="li" gap="xs" wrap="nowrap" align="flex-start">
      <Swatch price={mark} />
      <Text size="sm">
        <Text span inherit fw={600}>
          {price}
        </Text>{' '}
        <Text span inherit c="dimmed">
          {children}
        </Text>
      </Text>
    </Group>
  )
}
