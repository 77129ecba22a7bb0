import { Group, Input, Rating, Stack, Text, Textarea } from '@mantine/core'
import { useForm } from '@mantine/form'
import { notifications } from '@mantine/notifications'
import { useChanged } from '@/api/changed'
import { fetchClient, type Schema } from '@/api/client'
import { Time } from '@/format/time'
import { useTranslation } from '@/i18n'
import { Form } from '@/ui/Form'

/** What was said of a call. */
export function Stars({ rating: { stars, comment, rated_at } }: { rating: Schema<'RatingDocument'> }) {
  const { t } = useTranslation()
  return (
    <Stack gap={6}>
      <Group gap="xs">
        <span aria-hidden>
          <Rating value={stars} readOnly />
        </span>
        <Text size="sm">{t('{{stars}} of 5', { stars })}</Text>
      </Group>
      {comment && <Text size="sm">{comment}</Text>}
      <Text size="xs" c="dimmed">
        <Time at={rated_at} />
      </Text>
    </Stack>
  )
}

/** Writes down what the customer says of a call. */
export function RateForm({ call, close }: { call: Schema<'CallDocument'>; close: () => void }) {
  const { t } = useTranslation()
  const changed = useChanged()
  const form = useForm({
    initialValues: { stars: call.rating?.stars ?? 0, comment: call.rating?.comment ?? '' },
    validate: { stars: (stars) => (stars > 0 ? undefined : t('How many stars?')) },
  })
  const send = ({ stars, comment }: { stars: number; comment: string }) =>
    fetchClient.PUT('/api/v1/calls/{id}/rating', {
      params: { path: { id: call.id } },
      body: { stars, comment: comment.trim() || null },
    })
  const done = () => {
    close()
    notifications.show({ message: t('The stars are given.') })
    void changed('calls', 'customers', 'credits')
  }
  return (
    <Form form={form} send={send} done={done} cancel={close} submit={t('Save')}>
      <Input.Wrapper label={t('Stars')} labelElement="div" error={form.errors.stars}>
        <Rating
          size="lg"
          getSymbolLabel={(stars) => t('{{stars}} of 5', { stars })}
          value={form.values.stars}
          onChange={(stars) => form.setFieldValue('stars', stars)}
        />
      </Input.Wrapper>
      <Textarea
        label={t('Comment')}
        maxLength={1000}
        autosize
        minRows={2}
        {...form.getInputProps('comment')}
      />
    </Form>
  )
}
