// Where one can go, by task, and who may.
import {
  IconAddressBook,
  IconAlertTriangle,
  IconBuildingBank,
  IconCalculator,
  IconCalendar,
  IconCash,
  IconClipboardList,
  IconCoins,
  IconFileInvoice,
  IconGauge,
  IconHeadset,
  IconHelpHexagon,
  IconHistory,
  IconKey,
  IconListDetails,
  IconMessage,
  IconPhone,
  IconPhoneCall,
  IconPlugConnected,
  IconPlus,
  IconRecordMail,
  IconRepeat,
  IconReportMoney,
  IconRoute,
  IconSettings,
  IconTicket,
  IconUpload,
  IconUser,
  IconUsers,
  IconUsersGroup,
  IconWallet,
} from '@tabler/icons-react'
import type { Role } from '@/session'

export interface Place {
  to: string
  /** An English word, to be translated where it is shown. */
  name: string
  icon: typeof IconGauge
  roles: Role[]
}

/** What is often done, and what leads to it. */
export interface Action extends Place {
  /** What the address has behind `?` or `#`, where a dialog of the page is meant. */
  search?: Record<string, unknown>
  anchor?: string
}

const STAFF: Role[] = ['owner', 'admin', 'clerk', 'auditor']
const CLERKS: Role[] = ['owner', 'admin', 'clerk']
const ADMINS: Role[] = ['owner', 'admin']
const LEAD: Role[] = ['owner', 'admin', 'auditor']

export const PLACES: { title: string; places: Place[] }[] = [
  {
    title: 'Today',
    places: [
      { to: '/overview', name: 'Overview', icon: IconGauge, roles: [...STAFF, 'coordinator'] },
      { to: '/calls/live', name: 'Calls now', icon: IconPhoneCall, roles: STAFF },
      { to: '/calls', name: 'Call history', icon: IconHistory, roles: STAFF },
      { to: '/recordings', name: 'Voicemail', icon: IconRecordMail, roles: CLERKS },
    ],
  },
  {
    title: 'Customers',
    places: [
      { to: '/customers', name: 'Customers', icon: IconAddressBook, roles: STAFF },
      { to: '/lines', name: 'Lines', icon: IconPhone, roles: STAFF },
      { to: '/conversations', name: 'Messages', icon: IconMessage, roles: STAFF },
    ],
  },
  {
    title: 'Money',
    places: [
      { to: '/invoices', name: 'Invoices', icon: IconFileInvoice, roles: STAFF },
      { to: '/payments', name: 'Payments', icon: IconCash, roles: STAFF },
      { to: '/bill-runs', name: 'Bill runs', icon: IconRepeat, roles: STAFF },
      { to: '/reports', name: 'Reports', icon: IconReportMoney, roles: STAFF },
    ],
  },
  {
    title: 'Prices',
    places: [
      { to: '/plans', name: 'Plans', icon: IconListDetails, roles: STAFF },
      { to: '/decks', name: 'Rate decks', icon: IconBuildingBank, roles: STAFF },
      { to: '/calculator', name: 'What would it cost?', icon: IconCalculator, roles: STAFF },
    ],
  },
  {
    title: 'Agents',
    places: [
      { to: '/agents', name: 'Agents', icon: IconHeadset, roles: [...STAFF, 'coordinator'] },
      { to: '/groups', name: 'Groups', icon: IconUsersGroup, roles: [...STAFF, 'coordinator'] },
      { to: '/payouts', name: 'Payouts', icon: IconCoins, roles: STAFF },
    ],
  },
  {
    title: 'House',
    places: [
      { to: '/imports', name: 'Imports', icon: IconUpload, roles: STAFF },
      { to: '/jobs', name: 'Jobs', icon: IconClipboardList, roles: STAFF },
      { to: '/alerts', name: 'Alerts', icon: IconAlertTriangle, roles: STAFF },
      { to: '/audit', name: 'Audit', icon: IconHistory, roles: LEAD },
      { to: '/trunks', name: 'Trunks and numbers', icon: IconRoute, roles: STAFF },
      { to: '/users', name: 'Users', icon: IconUsers, roles: STAFF },
      { to: '/keys', name: 'Keys and webhooks', icon: IconKey, roles: ADMINS },
      { to: '/settings', name: 'Settings', icon: IconSettings, roles: STAFF },
    ],
  },
  {
    title: 'Mine',
    places: [
      { to: '/desk', name: 'My desk', icon: IconHeadset, roles: ['agent'] },
      { to: '/desk/shifts', name: 'My shifts', icon: IconCalendar, roles: ['agent'] },
      { to: '/portal', name: 'My account', icon: IconWallet, roles: ['customer'] },
      { to: '/portal/calls', name: 'My calls', icon: IconHistory, roles: ['customer'] },
      { to: '/portal/voicemail', name: 'My voicemail', icon: IconRecordMail, roles: ['customer'] },
      { to: '/portal/invoices', name: 'My invoices', icon: IconFileInvoice, roles: ['customer'] },
      { to: '/portal/agents', name: 'Who is there', icon: IconPlugConnected, roles: ['customer'] },
      { to: '/portal/messages', name: 'My messages', icon: IconMessage, roles: ['customer'] },
    ],
  },
]

/** Pages that others lead to, but which one may look for by their name. */
export const ELSEWHERE: Place[] = [
  { to: '/calls/unrated', name: 'Unrated calls', icon: IconHelpHexagon, roles: STAFF },
  { to: '/credit-notes', name: 'Credit notes', icon: IconFileInvoice, roles: STAFF },
  { to: '/receipts', name: 'Receipts', icon: IconFileInvoice, roles: STAFF },
  { to: '/statements', name: 'Statements', icon: IconFileInvoice, roles: STAFF },
  { to: '/credits', name: 'Credits and adjustments', icon: IconCash, roles: STAFF },
  { to: '/bank', name: 'Bank', icon: IconBuildingBank, roles: STAFF },
  { to: '/vouchers', name: 'Vouchers', icon: IconTicket, roles: STAFF },
  { to: '/invoices/preview', name: 'Preview of the next invoice', icon: IconFileInvoice, roles: STAFF },
  { to: '/reminders', name: 'Who was reminded', icon: IconHistory, roles: [...STAFF, 'coordinator'] },
  { to: '/profile', name: 'Profile and sign-in', icon: IconUser, roles: [...STAFF, 'coordinator'] },
]

export const ACTIONS: Action[] = [
  { to: '/payments', search: { record: true }, name: 'Record a payment', icon: IconPlus, roles: CLERKS },
  { to: '/credits', search: { record: true }, name: 'Record a credit', icon: IconPlus, roles: CLERKS },
  { to: '/customers', anchor: 'new', name: 'New customer', icon: IconPlus, roles: CLERKS },
  { to: '/lines', anchor: 'new', name: 'Open a line', icon: IconPlus, roles: CLERKS },
  { to: '/plans/new', name: 'New plan', icon: IconPlus, roles: ADMINS },
  { to: '/agents', anchor: 'new', name: 'New agent', icon: IconPlus, roles: ADMINS },
  { to: '/agents/import', name: 'Agents from a file', icon: IconUpload, roles: ADMINS },
  { to: '/groups', anchor: 'new', name: 'New group', icon: IconPlus, roles: [...ADMINS, 'coordinator'] },
  { to: '/users', anchor: 'new', name: 'Invite somebody', icon: IconPlus, roles: CLERKS },
]
