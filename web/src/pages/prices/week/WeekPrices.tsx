import { ActionIcon, Button, Group, NumberInput, Radio, Stack, Text, TextInput } from '@mantine/core'
import { IconEraser, IconPlus, IconTrash } from '@tabler/icons-react'
import { useTranslation } from '@/i18n'
import { lessPercent } from '../decimal'
import type { PeriodPrice, Rate } from '../document'
import { stepsOf } from '../document'
import { priceText } from '../words'
import { RateDialog } from './RateDialog'
import { Swatch } from './Swatch'
import { letterOf } from './tones'
import type { Week } from './week'

/** The eraser instead of a price. */
export const ERASER = -1

interface WeekPricesProps {
  week: Week
  change: (week: Week) => void
  currency: string
  base: Rate | null
  /** The price that is painted with. */
  brush: number
  choose: (brush: number) => void
}

/** The prices of the discount periods, one of which is chosen to paint with. */
export function WeekPrices({ week, change, currency, base, brush, choose }: WeekPricesProps) {
  const { t } = useTranslation()
  const setPrice = (at: number, price: PeriodPrice) =>
    change({ ...week, prices: week.prices.map((each, place) => (place === at ? price : each)) })
  const remove = (at: number) => {
    const windows = week.windows.filter(({ price }) => price !== at)
    change({
      prices: week.prices.filter((_, place) => place !== at),
      windows: windows.map((window) => ({ ...window, price: window.price - (window.price > at ? 1 : 0) })),
    })
    choose(0)
  }
  const add = () => {
    change({ ...week, prices: [...week.prices, { price_per_minute: '' }] })
    choose(week.prices.length)
  }
  return (
    <Stack gap="xs" role="radiogroup" aria-label={t('Paint with')}>
      {week.prices.map((price, at) => (
        // biome-ignore lint/suspicious/noArrayIndexKey: a price is known by its letter
        <Group key={at} gap="xs">
          <Radio
            checked={brush === at}
            onChange={() => choose(at)}
            aria-label={t('Paint with price {{letter}}', { letter: letterOf(at) })}
          />
          <Swatch price={at} />
          {'rate' in price ? (
            <>
              <Text size="sm">{priceText(price, currency)}</Text>
              <RateDialog rate={price.rate} currency={currency} save={(rate) => setPrice(at, { rate })} />
            </>
          ) : (
            <PerMinute
              letter={letterOf(at)}
              price={price.price_per_minute}
              change={(price_per_minute) => setPrice(at, { price_per_minute })}
              currency={currency}
              base={base}
              makeRate={(rate) => setPrice(at, { rate })}
            />
          )}
          <ActionIcon
            variant="subtle"
            color="gray"
            onClick={() => remove(at)}
            aria-label={t('Remove price {{letter}} and its periods', { letter: letterOf(at) })}
          >
            <IconTrash size={16} />
          </ActionIcon>
        </Group>
      ))}
      <Group gap="xs">
        {week.windows.length > 0 && (
          <Radio
            checked={brush === ERASER}
            onChange={() => choose(ERASER)}
            label={
              <Group gap={4}>
                <IconEraser size={16} aria-hidden /> {t('Eraser')}
              </Group>
            }
          />
        )}
        <Button variant="default" size="xs" leftSection={<IconPlus size={14} />} onClick={add}>
          {week.prices.length > 0 ? t('Another price') : t('Add a discount price')}
        </Button>
      </Group>
    </Stack>
  )
}

interface PerMinuteProps {
  letter: string
  price: string
  change: (price: string) => void
  currency: string
  base: Rate | null
  makeRate: (rate: Rate) => void
}

/** A price for a minute: as it is, or as so many percent off the plan's own. */
function PerMinute({ letter, price, change, currency, base, makeRate }: PerMinuteProps) {
  const { t } = useTranslation()
  const [first, ...later] = base ? stepsOf(base) : []
  const own = first && later.length === 0 && first.per_seconds === 60 ? first.price : undefined
  return (
    <>
      <TextInput
        aria-label={t('Price {{letter}} for a minute', { letter })}
        value={price}
        onChange={(event) => change(event.currentTarget.value)}
        rightSection={<Text size="xs">{t('{{currency}} a minute', { currency })}</Text>}
        rightSectionWidth={96}
        inputMode="decimal"
        placeholder="0.02"
        w={180}
      />
      {own !== undefined && (
        <NumberInput
          aria-label={t('Price {{letter}} as a discount in percent', { letter })}
          onChange={(percent) => {
            if (typeof percent === 'number') change(lessPercent(own, percent) ?? price)
          }}
          value={percentOff(own, price)}
          min={0}
          max={100}
          allowDecimal={false}
          suffix=" %"
          hideControls
          placeholder={t('or % off')}
          w={90}
        />
      )}
      {base && (
        <RateDialog
          rate={{
            ...base,
            ...(own !== undefined && price ? { price_per_minute: price, steps: undefined } : {}),
          }}
          currency={currency}
          save={makeRate}
        />
      )}
    </>
  )
}

/** How many percent less a price is, where that is a whole number. */
function percentOff(own: string, price: string): number | '' {
  for (let percent = 0; percent <= 100; percent++) {
    if (lessPercent(own, percent) === price) return percent
  }
  return ''
}
