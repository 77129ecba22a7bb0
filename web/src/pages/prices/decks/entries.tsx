import { amountText, isZero } from '@/format/money'
import { t } from '@/i18n'
import type { Column } from '@/ui/List'
import type { DeckEntry } from '../document'
import { incrementsText, rateText, wholeRateText } from '../words'

/** The columns of a list of entries: those in which some entry has something. */
export function entryColumns(currency: string, entries: DeckEntry[] = []): Column<DeckEntry>[] {
  const connect: Column<DeckEntry> = {
    key: 'connect',
    title: t('Connect fee'),
    cell: ({ rate }) => (isZero(rate.connect_fee) ? '–' : amountText(rate.connect_fee, currency)),
    isFigure: true,
  }
  const included: Column<DeckEntry> = {
    key: 'included',
    title: t('In plans'),
    cell: ({ included }) => (included ? t('discounts and minutes apply') : '–'),
  }
  return [
    { key: 'prefix', title: t('Prefix'), cell: ({ prefix }) => prefix },
    { key: 'destination', title: t('Destination'), cell: ({ destination }) => destination ?? '–' },
    { key: 'price', title: t('Price'), cell: ({ rate }) => rateText(rate, currency), isFigure: true },
    {
      key: 'increments',
      title: t('Charged by'),
      cell: ({ rate }) => incrementsText(rate),
      isFigure: true,
    },
    ...(entries.some(({ rate }) => !isZero(rate.connect_fee)) ? [connect] : []),
    ...(entries.some((entry) => entry.included) ? [included] : []),
  ]
}

/** All of an entry but its prefix and destination. */
export function entryText({ rate, included }: DeckEntry, currency: string): string {
  const price = wholeRateText(rate, currency)
  return included ? `${price} · ${t('discounts and minutes apply')}` : price
}
