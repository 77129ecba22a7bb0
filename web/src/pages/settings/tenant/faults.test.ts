import { expect, test } from 'vitest'
import { Refusal } from '@/api/problem'
import { placed } from './faults'

const fields = [
  'billing.due_days',
  'billing.prefixes',
  'fraud.risky_prefixes',
  'dial_plan.country',
  'sms.conversation_numbers',
]

function place(pointer: string, detail: string) {
  const problem = { type: '', title: '', status: 422, detail, errors: [{ pointer, detail }], request_id: '' }
  const error = placed(new Refusal(422, 'invalid', problem), (path) => fields.includes(path))
  return (error as Refusal).fields
}

test('faults stand at their fields', () => {
  expect(place('/settings/billing/due_days', 'no')).toEqual({ 'billing.due_days': 'no' })
  expect(place('/billing/due_days', 'no')).toEqual({ 'billing.due_days': 'no' })
  expect(place('/fraud/risky_prefixes/3', 'no')).toEqual({ 'fraud.risky_prefixes': 'no' })
  expect(place('/sms/conversation_numbers/1', 'taken')).toEqual({ 'sms.conversation_numbers': 'taken' })
  expect(place('/settings/dial_plan', 'country: "0" is none')).toEqual({ 'dial_plan.country': '"0" is none' })
})
