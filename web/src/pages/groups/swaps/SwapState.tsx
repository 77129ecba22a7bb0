import { Badge } from '@mantine/core'
import { useTranslation } from '@/i18n'
import { type Swap, stateColor, stateText } from './swap'

/** How far it is with a swap. */
export function SwapState({ swap }: { swap: Swap }) {
  useTranslation()
  return (
    <Badge variant="light" color={stateColor(swap)}>
      {stateText(swap)}
    </Badge>
  )
}
