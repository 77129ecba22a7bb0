import { Radio, Stack } from '@mantine/core'
import { useTranslation } from '@/i18n'
import { Part } from './Part'
import type { PartProps } from './SayingField'

/** Whether agents swap shifts among themselves. */
export function Swapping({ form }: PartProps) {
  const { t } = useTranslation()
  return (
    <Part title={t('Swaps')} about={t('Agents offer their shifts to the others of the group.')}>
      <Radio.Group label={t('Whoever takes an offered shift')} {...form.getInputProps('swaps')}>
        <Stack gap={6} mt={6}>
          <Radio
            value="free"
            label={t('has it at once')}
            description={t('The first has it; whoever offered it is told.')}
          />
          <Radio
            value="approved"
            label={t('has it once a coordinator has approved')}
            description={t('Coordinators get a mail; until they decide the roster is as before.')}
          />
        </Stack>
      </Radio.Group>
    </Part>
  )
}
