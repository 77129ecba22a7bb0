import { amountText, isZero } from '@/format/money'
import { t } from '@/i18n'
import type { Column } from '@/ui/List'
import type { DeckEntry } from '../document'
import { incrementsText, rateText, wholeRateText } from '../words'

/** The columns of a list of entries. */
export function entryColumns(currency: string): Column<DeckEntry>[] {
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
    {
      key: 'connect',
      title: t('Connect fee'),
      cell: ({ rate }) => (isZero(rate.connect_fee) ? '–' : amountText(rate.connect_fee, currency)),
      isFigure: true,
    },
    {
      key: 'included',
      title: t('In plans'),
      cell: ({ included }) => (included ? t('discounts and minutes apply') : '–'),
    },
  ]
}

/** All of an entry but its prefix and destination. */
export function entryText({ rate, included }: DeckEntry, currency: string): string {
  const price = wholeRateText(rate, currency)
  return included ? `${price} · ${t('discounts and minutes apply')}` : price
}
