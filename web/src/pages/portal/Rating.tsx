import { Button, Card, Rating as Choice, Group, Stack, Text, Textarea, VisuallyHidden } from '@mantine/core'
import { IconStarFilled } from '@tabler/icons-react'
import { useQueryClient } from '@tanstack/react-query'
import { type SubmitEvent, useState } from 'react'
import { $api, type Schema } from '@/api/client'
import { useTranslation } from '@/i18n'
import { Failure } from '@/ui/states'

interface RatingProps {
  call: string
  given: Schema<'RatingDocument'> | null | undefined
}

/** What the customer says of a call to an agent. */
export function Rating({ call, given }: RatingProps) {
  const { t } = useTranslation()
  const queries = useQueryClient()
  const [stars, setStars] = useState(given?.stars ?? 0)
  const [isSaved, setSaved] = useState(Boolean(given))
  const rate = $api.useMutation('put', '/api/v1/calls/{id}/rating', {
    onSuccess: () => {
      setSaved(true)
      void queries.invalidateQueries({ predicate: ({ queryKey }) => /\/calls/.test(String(queryKey[1])) })
    },
  })
  const send = (event: SubmitEvent<HTMLFormElement>) => {
    event.preventDefault()
    const comment = String(new FormData(event.currentTarget).get('comment')).trim()
    rate.mutate({ params: { path: { id: call } }, body: { stars, comment: comment || null } })
  }
  const choose = (chosen: number) => {
    setStars(chosen)
    setSaved(false)
  }
  return (
    <Card withBorder padding="md">
      <form onSubmit={send}>
        <Stack gap="xs">
          <Group justify="space-between">
            <Text fw={600}>{t('How was it?')}</Text>
            <Choice
              value={stars}
              onChange={choose}
              size="lg"
              getSymbolLabel={(count) =>
                t('{{count}} stars', {
                  count,
                  defaultValue_one: '{{count}} star',
                  defaultValue_other: '{{count}} stars',
                })
              }
            />
          </Group>
          {stars > 0 && (
            <Textarea
              name="comment"
              aria-label={t('Comment')}
              placeholder={t('Comment')}
              defaultValue={given?.comment ?? ''}
              onChange={() => setSaved(false)}
              maxLength={1000}
              autosize
            />
          )}
          {rate.error && <Failure error={rate.error} />}
          {stars > 0 && (
            <Group justify="flex-end">
              {isSaved ? (
                <Text size="sm" role="status">
                  {t('Thank you: it is saved.')}
                </Text>
              ) : (
                <Button type="submit" size="xs" loading={rate.isPending}>
                  {t('Save')}
                </Button>
              )}
            </Group>
          )}
        </Stack>
      </form>
    </Card>
  )
}

/** Stars that were given. */
export function Stars({ stars }: { stars: number }) {
  const { t } = useTranslation()
  return (
    <Text span size="sm" className="figures">
      <VisuallyHidden>{t('Rating')} </VisuallyHidden>
      {stars} <IconStarFilled size={12} aria-hidden style={{ verticalAlign: '-1px' }} />
    </Text>
  )
}
