import { expect, test } from 'vitest'
import { Refusal } from './problem'

const refused = (status: number, body: unknown) => new Response(JSON.stringify(body), { status })

test('what is wrong with fields is known by their names in the form', async () => {
  const errors = [
    { pointer: '/address/city', detail: 'is too long' },
    { pointer: null, parameter: 'limit', detail: 'is no number' },
  ]
  const body = {
    type: '/problems/invalid',
    title: '',
    status: 422,
    detail: 'wrong',
    errors,
    request_id: 'r1',
  }
  const refusal = await Refusal.of(refused(422, body))
  expect(refusal.fields).toEqual({ 'address.city': 'is too long' })
  expect([refusal.message, refusal.kind, refusal.requestId]).toEqual(['wrong', 'invalid', 'r1'])
})

test('a record that was changed meanwhile is told apart', async () => {
  const body = {
    type: '/problems/changed-meanwhile',
    title: '',
    status: 412,
    detail: '',
    errors: [],
    request_id: '',
  }
  expect((await Refusal.of(refused(412, body))).isStale).toBe(true)
})

test('an answer that is no problem document is a refusal, too', async () => {
  const refusal = await Refusal.of(new Response('<html>', { status: 502 }))
  expect([refusal.status, refusal.kind]).toEqual([502, 'unknown'])
})
