import { Text, type TextProps } from '@mantine/core'
import { locale } from '@/i18n'

/** An amount as text, with its currency: `amountText('1234.50', 'USD')`. The amount is the API's decimal text: it never becomes a float. */
export function amountText(amount: string, currency: string): string {
  const decimals = amount.split('.')[1]?.length ?? 0
  const format = new Intl.NumberFormat(locale(), {
    style: 'currency',
    currency,
    minimumFractionDigits: Math.max(decimals, 2),
    maximumFractionDigits: Math.max(decimals, 2),
  })
  return format.format(amount as Intl.StringNumericLiteral)
}

interface MoneyProps extends TextProps {
  amount: string | null | undefined
  currency: string
}

/** An amount with its currency, never wrapped, its digits in columns. */
export function Money({ amount, currency, ...props }: MoneyProps) {
  if (amount === null || amount === undefined) return <span aria-hidden>–</span>
  return (
    <Text span inherit className="figures" {...props}>
      {amountText(amount, currency)}
    </Text>
  )
}

/** Whether an amount of the API is below zero. */
export function isNegative(amount: string): boolean {
  return amount.startsWith('-') && /[1-9]/.test(amount)
}

/** Whether an amount of the API is zero. */
export function isZero(amount: string): boolean {
  return !/[1-9]/.test(amount)
}
