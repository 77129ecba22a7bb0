import { Badge, Stack, Text } from '@mantine/core'
import { notifications } from '@mantine/notifications'
import { useQueryClient } from '@tanstack/react-query'
import { $api, fetchClient, type Schema } from '@/api/client'
import { Time } from '@/format/time'
import { useTranslation } from '@/i18n'
import { ConfirmButton } from '@/ui/ConfirmButton'
import { DialogButton } from '@/ui/DialogButton'
import { type Column, List } from '@/ui/List'
import { RoleBadges } from '../users/RoleBadges'
import { KeyForm } from './KeyForm'

type Key = Schema<'KeyDocument'>

/** The keys by which programs use the API. */
export function ApiKeys() {
  const { t } = useTranslation()
  const keys = $api.useQuery('get', '/api/v1/keys', {})
  const columns: Column<Key>[] = [
    { key: 'name', title: t('Name'), cell: ({ name }) => name },
    { key: 'scopes', title: t('May do'), cell: ({ scopes }) => <RoleBadges roles={scopes} /> },
    { key: 'made', title: t('Made'), cell: ({ created_at }) => <Time at={created_at} style="date" /> },
    {
      key: 'until',
      title: t('Good until'),
      cell: ({ expires_at }) => (expires_at ? <Time at={expires_at} style="date" /> : t('revoked only')),
    },
    { key: 'state', title: t('What to do'), cell: (key) => <KeyState {...key} />, isFigure: true },
  ]
  return (
    <Stack gap="sm">
      <Text size="sm" c="dimmed">
        {t(
          'Programs use the API by a key: it opens what its scopes say, and nothing that you may not do yourself.',
        )}
      </Text>
      <List
        label={t('API keys')}
        columns={columns}
        rows={keys.data?.items}
        rowKey={({ id }) => id}
        error={keys.error}
        again={() => void keys.refetch()}
        empty={{ title: t('There are no keys yet.'), action: <NewKey /> }}
      />
    </Stack>
  )
}

/** Makes a key. */
export function NewKey() {
  const { t } = useTranslation()
  return (
    <DialogButton label={t('New key')} size="sm">
      {(close) => <KeyForm close={close} />}
    </DialogButton>
  )
}

function KeyState({ id, name, revoked_at, expires_at }: Key) {
  const { t } = useTranslation()
  const queries = useQueryClient()
  const revoke = async () => {
    await fetchClient.DELETE('/api/v1/keys/{id}', { params: { path: { id } } })
    void queries.invalidateQueries({ queryKey: ['get', '/api/v1/keys'] })
    notifications.show({ message: t('{{name}} opens nothing any more.', { name }) })
  }
  const over = revoked_at ? t('revoked') : expires_at && Date.parse(expires_at) < Date.now() && t('expired')
  if (over) {
    return (
      <Badge variant="light" color="gray" radius="sm">
        {over}
      </Badge>
    )
  }
  return (
    <ConfirmButton
      size="compact-xs"
      label={t('Revoke')}
      warning={t('Programs that use the key {{name}} are refused from now on. It cannot be taken back.', {
        name,
      })}
      run={revoke}
    />
  )
}
