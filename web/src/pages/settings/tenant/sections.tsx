// The sections of the settings, in the order in which a new company comes to need them.
import type { ReactNode } from 'react'
import type { Translate } from '@/i18n'
import { Allowances } from './sections/Allowances'
import { BankCsv } from './sections/BankCsv'
import { Billing } from './sections/Billing'
import { Charging } from './sections/Charging'
import { Company } from './sections/Company'
import { DialPlan } from './sections/DialPlan'
import { Documents } from './sections/Documents'
import { Earnings } from './sections/Earnings'
import { Emergency } from './sections/Emergency'
import { Fraud } from './sections/Fraud'
import { PaidCalls } from './sections/PaidCalls'
import { Prepaid } from './sections/Prepaid'
import { Recordings } from './sections/Recordings'
import { Region } from './sections/Region'
import { ShortMessages } from './sections/ShortMessages'
import { Tax } from './sections/Tax'
import { WebSites } from './sections/WebSites'

export interface Section {
  /** Its place in the address. */
  name: string
  title: string
  fields: ReactNode
}

export function sections(t: Translate): Section[] {
  return [
    { name: 'company', title: t('Company'), fields: <Company /> },
    { name: 'region', title: t('Region and holidays'), fields: <Region /> },
    { name: 'tax', title: t('Tax rates'), fields: <Tax /> },
    { name: 'billing', title: t('Billing'), fields: <Billing /> },
    { name: 'documents', title: t('Document numbers'), fields: <Documents /> },
    { name: 'bank-csv', title: t('CSV files of your bank'), fields: <BankCsv /> },
    { name: 'prepaid', title: t('Low balance and top-ups'), fields: <Prepaid /> },
    { name: 'charging', title: t('Charging'), fields: <Charging /> },
    { name: 'dial-plan', title: t('Dial plan'), fields: <DialPlan /> },
    { name: 'emergency', title: t('Emergency and service numbers'), fields: <Emergency /> },
    { name: 'recordings', title: t('Voicemail and recordings'), fields: <Recordings /> },
    { name: 'fraud', title: t('Fraud limits'), fields: <Fraud /> },
    { name: 'allowances', title: t('Allowances'), fields: <Allowances /> },
    { name: 'earnings', title: t('Earnings'), fields: <Earnings /> },
    { name: 'paid-calls', title: t('Calls to agents'), fields: <PaidCalls /> },
    { name: 'short-messages', title: t('Short messages'), fields: <ShortMessages /> },
    { name: 'web-sites', title: t('Call button'), fields: <WebSites /> },
  ]
}
