import { Alert, Anchor, Box, Flex, NativeSelect, NavLink } from '@mantine/core'
import { IconAlertTriangle } from '@tabler/icons-react'
import { getRouteApi, Link } from '@tanstack/react-router'
import { $api } from '@/api/client'
import { useTranslation } from '@/i18n'
import { NotThere } from '@/pages/NotThere'
import { Page } from '@/ui/Page'
import { Failure, Waiting } from '@/ui/states'
import { type Tenant, untargeted } from './document'
import { SectionForm } from './SectionForm'
import { type Section, sections } from './sections'

const route = getRouteApi('/frame/settings/$section')

/** Everything that the tenant can set, a section at a time. */
export function SettingsPage() {
  const { t } = useTranslation()
  const { section: name } = route.useParams()
  const tenant = $api.useQuery('get', '/api/v1/tenant', {})
  const all = sections(t)
  const section = all.find((one) => one.name === name)
  if (!section) return <NotThere />
  return (
    <Page title={t('Settings')}>
      {tenant.data && <Untargeted tenant={tenant.data} />}
      <Flex direction={{ base: 'column', md: 'row' }} gap={{ base: 'md', md: 'xl' }}>
        <Contents all={all} present={name} />
        <Box flex={1} miw={0}>
          {tenant.data && (
            <SectionForm key={name} tenant={tenant.data} title={section.title}>
              {section.fields}
            </SectionForm>
          )}
          {tenant.isPending && <Waiting />}
          {tenant.error && !tenant.data && <Failure error={tenant.error} again={() => tenant.refetch()} />}
        </Box>
      </Flex>
    </Page>
  )
}

/** Where the sections are: beside the form where there is room, a choice above it where there is not. */
function Contents({ all, present }: { all: Section[]; present: string }) {
  const { t } = useTranslation()
  const navigate = route.useNavigate()
  return (
    <>
      <Box component="nav" aria-label={t('Sections')} w={230} visibleFrom="md">
        {all.map(({ name, title }) => (
          <NavLink
            key={name}
            component={Link}
            to={`/settings/${name}`}
            label={title}
            active={name === present}
            aria-current={name === present ? 'page' : undefined}
          />
        ))}
      </Box>
      <NativeSelect
        hiddenFrom="md"
        label={t('Section')}
        value={present}
        data={all.map(({ name, title }) => ({ value: name, label: title }))}
        onChange={(event) => void navigate({ params: { section: event.currentTarget.value } })}
      />
    </>
  )
}

/** Warns of emergency numbers that nobody answers. */
function Untargeted({ tenant }: { tenant: Tenant }) {
  const { t } = useTranslation()
  const numbers = untargeted(tenant)
  if (numbers.length === 0) return null
  return (
    <Alert
      color="red"
      icon={<IconAlertTriangle />}
      title={t('Nobody answers emergency calls to {{numbers}}', { numbers: numbers.join(', ') })}
    >
      <Anchor component={Link} to="/settings/emergency" fz="sm">
        {t('Say where they go')}
      </Anchor>
    </Alert>
  )
}
