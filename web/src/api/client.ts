// The API, typed by its own document.
import createFetchClient from 'openapi-fetch'
import createQueryClient from 'openapi-react-query'
import { Refusal } from './problem'
import type { components, paths } from './schema'

/** A record as the API writes it, by its name in the document: `Schema<'CustomerDocument'>`. */
export type Schema<Name extends keyof components['schemas']> = components['schemas'][Name]

export const fetchClient = createFetchClient<paths>()

// What is refused becomes an error that carries the problem document, for every caller alike.
fetchClient.use({
  async onResponse({ response }) {
    if (!response.ok) {
      throw await Refusal.of(response)
    }
  },
  onError() {
    throw Refusal.unreachable()
  },
})

/** Hooks for queries and mutations: `$api.useQuery('get', '/api/v1/customers')`. */
export const $api = createQueryClient(fetchClient)

/** The header of a change that is to happen once, however often it is sent: one for each form that is opened. */
export function once(): { 'Idempotency-Key': string } {
  return { 'Idempotency-Key': crypto.randomUUID() }
}

/** The header of a change to a record at the version that was read. */
export function ifVersion(version: number): { 'If-Match': string } {
  return { 'If-Match': `"${version}"` }
}
