import { Stack } from '@mantine/core'
import { Money } from '@/format/money'

/** Sums in several currencies, one beneath the other. */
export function Totals({ totals }: { totals: Record<string, unknown> }) {
  const sums = Object.entries(totals)
  if (sums.length === 0) return <span aria-hidden>–</span>
  return (
    <Stack gap={0}>
      {sums.map(([currency, amount]) => (
        <Money key={currency} amount={String(amount)} currency={currency} />
      ))}
    </Stack>
  )
}
