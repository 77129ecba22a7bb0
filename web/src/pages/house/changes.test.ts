import { expect, test } from 'vitest'
import { difference } from './changes'

test('only what differs is told, by its path', () => {
  const before = { name: 'Ada', address: { city: 'Toronto', street: '11 Quay Street' }, version: 1 }
  const after = { name: 'Ada', address: { city: 'Ottawa', street: '11 Quay Street' }, version: 2 }
  expect(difference(before, after)).toEqual([{ path: 'address.city', before: 'Toronto', after: 'Ottawa' }])
})

test('what is made has no before, and nothing is told of what it lacks', () => {
  expect(difference(null, { email: 'ada@example.org', phone: null, roles: [] })).toEqual([
    { path: 'email', before: undefined, after: 'ada@example.org' },
  ])
})

test('what is taken away has no after', () => {
  expect(difference({ note: 'late' }, { note: null })).toEqual([
    { path: 'note', before: 'late', after: undefined },
  ])
})

test('plain values and lists of them are told in a line', () => {
  expect(difference(null, 'morgan')).toEqual([{ path: '', before: undefined, after: 'morgan' }])
  expect(difference({ roles: ['clerk'] }, { roles: ['clerk', 'agent'] })).toEqual([
    { path: 'roles', before: 'clerk', after: 'clerk, agent' },
  ])
})

test('records in a list are told apart by their places', () => {
  const periods = (price: string) => ({ discount_periods: [{ day: 'sat', price }] })
  expect(difference(periods('0.02'), periods('0.03'))).toEqual([
    { path: 'discount_periods.0.price', before: '0.02', after: '0.03' },
  ])
})

test('yes and no are values, too', () => {
  expect(difference({ open: false }, { open: true })).toEqual([
    { path: 'open', before: 'false', after: 'true' },
  ])
})
