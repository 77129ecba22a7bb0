import { Alert, Anchor, Code, Stack, Switch, Text } from '@mantine/core'
import { Link } from '@tanstack/react-router'
import { useState } from 'react'
import { fetchClient, type Schema } from '@/api/client'
import { useTranslation } from '@/i18n'
import { FileImport } from '@/ui/imports/FileImport'
import { OutcomeList } from '@/ui/imports/OutcomeList'
import type { Column } from '@/ui/List'
import { Page } from '@/ui/Page'
import { useAgentsChanged } from './changed'

type Found = Schema<'AgentImportDocument'>
type Row = Schema<'AgentRowDocument'>

/** Makes agents of a CSV file, and invites them where that is wanted. */
export function ImportAgents() {
  const { t } = useTranslation()
  const changed = useAgentsChanged()
  const [invite, setInvite] = useState(false)
  const send = async (file: File, dry_run: boolean) => {
    const { data } = await fetchClient.POST('/api/v1/agents/import', {
      params: { query: { dry_run, invite } },
      headers: { 'Content-Type': 'text/csv' },
      body: file as unknown as string,
      bodySerializer: (body) => body,
    })
    return data
  }
  return (
    <Page title={t('Agents from a file')}>
      <Stack gap="md" maw={820}>
        <div>
          <Text size="sm">
            {t('A CSV file with a row for each agent. The first line names the columns:')} <Code>name</Code>{' '}
            {t('and, where wanted,')} <Code>email, phone, languages</Code>
          </Text>
          <Text size="sm" c="dimmed">
            {t(
              'Several languages with a semicolon between them: en;de. Who is there already stays as it is.',
            )}
          </Text>
        </div>
        <FileImport
          accept=".csv,text/csv,text/plain"
          options={String(invite)}
          send={send}
          submit={t('Make the agents')}
          done={changed}
          show={(found) => <Rows found={found} invites={invite} />}
        >
          <Switch
            label={t('Invite them')}
            description={t('Whoever is made gets a mail with a link by which it can sign in as that agent.')}
            checked={invite}
            onChange={(event) => setInvite(event.currentTarget.checked)}
          />
        </FileImport>
      </Stack>
    </Page>
  )
}

function Rows({ found, invites }: { found: Found; invites: boolean }) {
  const { t } = useTranslation()
  const columns: Column<Row>[] = [
    { key: 'name', title: t('Name'), cell: (row) => <Name row={row} /> },
    { key: 'line', title: t('Row'), cell: ({ line }) => line, isFigure: true, width: 70 },
    { key: 'email', title: t('E-mail'), cell: ({ email }) => email ?? <span aria-hidden>–</span> },
  ]
  const invited: Column<Row> = {
    key: 'invited',
    title: t('Invited'),
    cell: ({ invited, not_invited }) =>
      invited ? t('yes') : not_invited ? `${t('no')}: ${not_invited}` : <span aria-hidden>–</span>,
  }
  return (
    <Stack gap="md">
      {found.ignored_columns.length > 0 && (
        <Alert color="yellow" title={t('Some columns are not read')}>
          {found.ignored_columns.join(', ')}
        </Alert>
      )}
      <OutcomeList
        label={t('Rows of the file')}
        items={found.items}
        isDry={found.dry_run}
        rowKey={({ line }) => String(line)}
        columns={invites ? [...columns, invited] : columns}
      />
    </Stack>
  )
}

function Name({ row: { name, agent } }: { row: Row }) {
  const { t } = useTranslation()
  if (!agent) return name || t('without a name')
  return (
    <Anchor component={Link} to={`/agents/${agent}`}>
      {name}
    </Anchor>
  )
}
