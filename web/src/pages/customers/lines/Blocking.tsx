import { ActionIcon, Button, Group, Stack, Text, TextInput } from '@mantine/core'
import { IconX } from '@tabler/icons-react'
import { type FormEvent, useState } from 'react'
import { $api, fetchClient } from '@/api/client'
import { Refusal } from '@/api/problem'
import { useTranslation } from '@/i18n'
import { Failure } from '@/ui/states'
import { useDone } from '../done'

interface BlockingProps {
  /** The line's. */
  id: string
  mayChange: boolean
}

/** The numbers whose calls do not get through to a line. */
export function Blocking({ id, mayChange }: BlockingProps) {
  const { t } = useTranslation()
  const tell = useDone()
  const [refusal, setRefusal] = useState<unknown>()
  const [number, setNumber] = useState('')
  const blocked = $api.useQuery('get', '/api/v1/lines/{id}/blocking', { params: { path: { id } } })
  const change = async (act: () => Promise<unknown>, message: string) => {
    setRefusal(undefined)
    try {
      await act()
      setNumber('')
      tell(message)
    } catch (error) {
      setRefusal(error)
    }
  }
  const add = (event: FormEvent) => {
    event.preventDefault()
    const params = { path: { id, number: number.trim() } }
    const act = () => fetchClient.PUT('/api/v1/lines/{id}/blocking/{number}', { params })
    if (params.path.number) void change(act, t('The number is blocked.'))
  }
  const remove = (one: string) => {
    const params = { path: { id, number: one } }
    const act = () => fetchClient.DELETE('/api/v1/lines/{id}/blocking/{number}', { params })
    void change(act, t('Its calls get through again.'))
  }
  if (blocked.error) return <Failure error={blocked.error} again={() => void blocked.refetch()} />
  const wrong = refusal instanceof Refusal ? refusal.fields.number : undefined
  const numbers = blocked.data?.numbers ?? []
  return (
    <Stack gap="xs">
      {numbers.length === 0 && (
        <Text size="sm" c="dimmed">
          {t('Everybody gets through.')}
        </Text>
      )}
      {numbers.map((one) => (
        <Group key={one} justify="space-between">
          <Text size="sm" className="figures">
            {one}
          </Text>
          {mayChange && (
            <ActionIcon
              variant="subtle"
              color="gray"
              onClick={() => remove(one)}
              aria-label={t('Let {{number}} through again', { number: one })}
            >
              <IconX size={16} />
            </ActionIcon>
          )}
        </Group>
      ))}
      {mayChange && (
        <form onSubmit={add}>
          <Group gap="xs" align="flex-end" wrap="nowrap">
            <TextInput
              label={t('Block a number')}
              flex={1}
              inputMode="tel"
              value={number}
              onChange={(event) => setNumber(event.currentTarget.value)}
              error={wrong}
            />
            <Button type="submit" variant="default">
              {t('Block')}
            </Button>
          </Group>
        </form>
      )}
      {Boolean(refusal) && !wrong && <Failure error={refusal} />}
    </Stack>
  )
}
