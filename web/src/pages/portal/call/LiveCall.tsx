import { Button, Card, Group, Stack, Text } from '@mantine/core'
import { IconPhoneOff } from '@tabler/icons-react'
import { amountText } from '@/format/money'
import { durationText } from '@/format/time'
import { useTranslation } from '@/i18n'
import { useSeconds } from '@/phone/Meter'
import { type PhoneNow, phone } from '@/phone/phone'
import { heardText } from '@/phone/words'
import classes from './call.module.css'

/** The call that is up, or on its way: time and cost as they go. */
export function LiveCall({ now, name }: { now: PhoneNow; name: string }) {
  const { t } = useTranslation()
  const seconds = useSeconds(now)
  const { meter } = now
  const left = meter?.remaining_seconds
  return (
    <Card withBorder padding="sm" className={classes.live}>
      <Stack gap="xs">
        <Group justify="space-between" align="baseline">
          <Text fz={26} fw={650} lh={1.1} className="figures" role="timer" aria-label={t('Time')}>
            {durationText(seconds)}
          </Text>
          <Text fz="lg" fw={600} className="figures">
            {meter && amountText(meter.cost, meter.currency)}
          </Text>
        </Group>
        <Group justify="space-between">
          <Text size="sm" c="dimmed" role="status">
            {heardText(t, now)}
          </Text>
          <Text size="sm" c="dimmed" className="figures">
            {typeof left === 'number' && t('{{time}} left', { time: durationText(left) })}
          </Text>
        </Group>
        <Button
          color="red.9"
          leftSection={<IconPhoneOff size={18} />}
          aria-label={t('Hang up the call to {{name}}', { name })}
          onClick={() => phone.telephone.hangUp()}
        >
          {t('Hang up')}
        </Button>
      </Stack>
    </Card>
  )
}
