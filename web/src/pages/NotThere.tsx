import { Anchor, Stack, Text, Title } from '@mantine/core'
import { Link } from '@tanstack/react-router'
import { useTranslation } from '@/i18n'

/** There is no such page. */
export function NotThere() {
  const { t } = useTranslation()
  return (
    <Stack component="main" p="xl">
      <Title order={1}>{t('There is no such page')}</Title>
      <Text>{t('The address may be mistyped, or the page has moved.')}</Text>
      <Anchor component={Link} to="/">
        {t('Go to the start')}
      </Anchor>
    </Stack>
  )
}
