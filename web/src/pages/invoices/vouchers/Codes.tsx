import { Alert, Button, Card, Group, SimpleGrid, Text } from '@mantine/core'
import { IconDownload, IconPrinter } from '@tabler/icons-react'
import { useBlocker } from '@tanstack/react-router'
import type { Schema } from '@/api/client'
import { Money } from '@/format/money'
import { Time } from '@/format/time'
import { useTranslation } from '@/i18n'
import { Copy } from '@/pages/settings/keys/Secret'
import { useSession } from '@/session'
import { Page } from '@/ui/Page'
import classes from './Codes.module.css'

interface CodesProps extends Schema<'NewVoucherBatchAnswer'> {
  close: () => void
}

/** The codes of a batch that was just made: each on a card, as it is printed. */
export function Codes({ batch, codes, close }: CodesProps) {
  const { t } = useTranslation()
  useBlocker({
    shouldBlockFn: () => !window.confirm(t('Leave? The codes are not shown again.')),
    enableBeforeUnload: true,
  })
  const actions = (
    <>
      <Copy text={codes.join('\n')} />
      <Button
        component="a"
        variant="default"
        leftSection={<IconDownload size={16} />}
        href={`data:text/csv;charset=utf-8,${encodeURIComponent(csv(batch, codes))}`}
        download={`vouchers-${batch.id}.csv`}
      >
        {t('Download CSV')}
      </Button>
      <Button variant="default" leftSection={<IconPrinter size={16} />} onClick={() => window.print()}>
        {t('Print')}
      </Button>
      <Button onClick={close}>{t('I have them')}</Button>
    </>
  )
  return (
    <Page title={batch.name} actions={<Group gap="xs">{actions}</Group>}>
      <Alert color="yellow" title={t('The codes of the vouchers')}>
        <Text size="sm">
          {t('Copy, download or print them now: they are shown this once, and kept nowhere.')}
        </Text>
      </Alert>
      <SimpleGrid
        cols={{ base: 1, xs: 2, md: 3 }}
        component="ul"
        aria-label={t('Codes')}
        className={`sheet ${classes.cards}`}
      >
        {codes.map((code) => (
          <Voucher key={code} code={code} batch={batch} />
        ))}
      </SimpleGrid>
    </Page>
  )
}

function Voucher({ code, batch }: { code: string; batch: Schema<'VoucherBatchDocument'> }) {
  const { t } = useTranslation()
  const { tenant } = useSession()
  const { amount, currency, expires_at } = batch
  return (
    <Card component="li" withBorder padding="md" className={classes.card}>
      <Group justify="space-between" wrap="nowrap" align="baseline">
        <Text size="sm" fw={600}>
          {tenant.name}
        </Text>
        <Money amount={amount} currency={currency} fw={650} />
      </Group>
      <Text ff="monospace" fz="lg" ta="center" my="sm" className="figures">
        {code}
      </Text>
      <Text size="xs" c="dimmed" mih="1lh">
        {expires_at && (
          <>
            {t('To be redeemed before')} <Time at={expires_at} style="date" />
          </>
        )}
      </Text>
    </Card>
  )
}

/** For spreadsheets, and for who prints the cards elsewhere. */
function csv({ amount, currency, expires_at }: Schema<'VoucherBatchDocument'>, codes: string[]): string {
  const rows = codes.map((code, place) => [place + 1, code, amount, currency, expires_at ?? ''].join(','))
  return ['position,code,amount,currency,expires_at', ...rows, ''].join('\r\n')
}
