import { Anchor, Button, Grid, Stack } from '@mantine/core'
import { IconDownload } from '@tabler/icons-react'
import { Link, useParams } from '@tanstack/react-router'
import type { ReactNode } from 'react'
import { Period } from '@/format/day'
import { Money } from '@/format/money'
import { Time } from '@/format/time'
import { useTranslation } from '@/i18n'
import { Facts } from '@/ui/Facts'
import { CustomerName } from '@/ui/names'
import { Page } from '@/ui/Page'
import { PaperFrame } from '@/ui/PaperFrame'
import { Failure, Waiting } from '@/ui/states'
import { DownloadUbl } from './DownloadUbl'
import { type Paper, type PaperPlace, usePaper } from './paper'

/** Has the browser save the file of a paper. */
export function Download({ place, id }: { place: PaperPlace; id: string }) {
  const { t } = useTranslation()
  return (
    <Button
      component="a"
      href={`/api/v1/${place}/${id}.pdf`}
      download
      variant="default"
      leftSection={<IconDownload size={16} />}
    >
      {t('Download PDF')}
    </Button>
  )
}

/** A paper on the left, and on the right what there is to know of it. */
export function Beside({ paper, side }: { paper: ReactNode; side: ReactNode }) {
  return (
    <Grid gap="md">
      <Grid.Col span={{ base: 12, lg: 4 }} order={{ base: 1, lg: 2 }}>
        <Stack gap="md">{side}</Stack>
      </Grid.Col>
      <Grid.Col span={{ base: 12, lg: 8 }} order={{ base: 2, lg: 1 }}>
        {paper}
      </Grid.Col>
    </Grid>
  )
}

interface PaperPageProps {
  place: 'credit-notes' | 'receipts' | 'statements'
  title: (paper: Paper) => string
  facts: (paper: Paper) => { title: string; value: ReactNode; isStrong?: boolean }[]
}

function Files({ place, id }: { place: PaperPlace; id: string }) {
  return (
    <>
      <Download place={place} id={id} />
      {place === 'credit-notes' && <DownloadUbl place={place} id={id} />}
    </>
  )
}

function PaperPage({ place, title, facts }: PaperPageProps) {
  const { t } = useTranslation()
  const { id } = useParams({ strict: false }) as { id: string }
  const paper = usePaper(place, id)
  if (paper.error) return <Failure error={paper.error} again={() => void paper.refetch()} />
  if (!paper.data) return <Waiting />
  const { customer, issued_at } = paper.data
  return (
    <Page title={title(paper.data)} actions={<Files place={place} id={id} />}>
      <Beside
        paper={<PaperFrame address={`/api/v1/${place}/${id}.html`} title={title(paper.data)} />}
        side={
          <Facts
            facts={[
              { title: t('Customer'), value: <CustomerName id={customer} /> },
              { title: t('Issued'), value: <Time at={issued_at} style="date" /> },
              ...facts(paper.data),
            ]}
          />
        }
      />
    </Page>
  )
}

/** What was taken back of an invoice. */
export function CreditNote() {
  const { t } = useTranslation()
  return (
    <PaperPage
      place="credit-notes"
      title={({ number }) => t('Credit note {{number}}', { number: number ?? '' })}
      facts={({ corrects, notes, total, currency }) => [
        {
          title: t('Of the invoice'),
          value: corrects && (
            <Anchor component={Link} to={`/invoices/${corrects.invoice}`} className="figures">
              {corrects.number}
            </Anchor>
          ),
        },
        { title: t('Reason'), value: notes[0] ?? '–' },
        { title: t('Total'), value: <Money amount={total} currency={currency} />, isStrong: true },
      ]}
    />
  )
}

/** What a prepaid customer got for a payment. */
export function Receipt() {
  const { t } = useTranslation()
  return (
    <PaperPage
      place="receipts"
      title={({ number }) => t('Receipt {{number}}', { number: number ?? '' })}
      facts={({ total, currency }) => [
        { title: t('Total'), value: <Money amount={total} currency={currency} />, isStrong: true },
      ]}
    />
  )
}

/** What a prepaid customer had and used in a month. */
export function Statement() {
  const { t } = useTranslation()
  return (
    <PaperPage
      place="statements"
      title={() => t('Statement')}
      facts={({ period, statement, currency }) => [
        { title: t('Period'), value: <Period of={period} /> },
        { title: t('Before'), value: <Money amount={statement?.opening} currency={currency} /> },
        { title: t('Came in'), value: <Money amount={statement?.credited} currency={currency} /> },
        { title: t('Charged'), value: <Money amount={statement?.charged} currency={currency} /> },
        {
          title: t('After'),
          value: <Money amount={statement?.closing} currency={currency} />,
          isStrong: true,
        },
      ]}
    />
  )
}
