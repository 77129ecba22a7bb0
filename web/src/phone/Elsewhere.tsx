import { Button, Stack, Text } from '@mantine/core'
import { useTranslation } from '@/i18n'
import { type PhoneNow, phone } from './phone'
import { placeText } from './words'

/** A phone that is not here: where it is, and how it comes here. */
export function Elsewhere({ now }: { now: PhoneNow }) {
  const { t } = useTranslation()
  const isRefused = now.place === 'refused'
  return (
    <Stack gap="xs">
      <Text size="sm">
        {isRefused
          ? placeText(t, now)
          : t('It rings in another tab or place. A call that is up comes along.')}
      </Text>
      {!isRefused && <Button onClick={() => phone.takeHere()}>{t('Use it here')}</Button>}
      <Button variant="default" onClick={() => phone.switchOff()}>
        {isRefused ? t('Another line') : t('Switch off everywhere')}
      </Button>
    </Stack>
  )
}
