// Who is signed in, and in which tenant.
import { createContext, type ReactNode, use } from 'react'
import { $api, type Schema } from './api/client'
import { Refusal } from './api/problem'
import { settle } from './i18n'
import { Failure, Waiting } from './ui/states'

export type Role = 'owner' | 'admin' | 'clerk' | 'coordinator' | 'agent' | 'customer' | 'auditor'

export interface Session {
  user: Schema<'UserDocument'>
  /** The tenants that can be chosen. */
  tenants: Schema<'SignInDocument'>['tenants']
  /** The one that is chosen. */
  tenant: Schema<'OwnPlaceDocument'>
  /** The customer records that are the user's own. */
  customers: string[]
  /** The agent record that is. */
  agent: string | undefined
  /** Whether the user has one of these roles. */
  is(...roles: Role[]): boolean
}

const Present = createContext<Session | undefined>(undefined)

/** The session of whoever is signed in: inside of [`SignedIn`] only. */
export function useSession(): Session {
  const session = use(Present)
  if (!session) throw new Error('nobody is signed in here')
  return session
}

/** Shows what is inside to whom is signed in, and the page to sign in to others. */
export function SignedIn({ children }: { children: ReactNode }) {
  const session = $api.useQuery('get', '/api/v1/session', {}, { staleTime: 60_000, retry: false })
  if (session.isPending) return <Waiting />
  if (session.error instanceof Refusal && session.error.status === 401) {
    window.location.assign(`/sign-in?next=${encodeURIComponent(location.pathname + location.search)}`)
    return <Waiting />
  }
  if (!session.data) return <Failure error={session.error} again={() => session.refetch()} />
  const { user, tenants, place, roles } = session.data
  if (!place) return <Tenants tenants={tenants} />
  settle(place.locale)
  const present: Session = {
    user,
    tenants,
    tenant: place,
    customers: place.customers,
    agent: place.agent ?? undefined,
    is: (...wanted) => wanted.some((role) => roles.includes(role)),
  }
  return <Present value={present}>{children}</Present>
}

/** Lets somebody with places in several tenants choose. */
function Tenants({ tenants }: { tenants: Session['tenants'] }) {
  const choose = $api.useMutation('put', '/api/v1/session/tenant', {
    onSuccess: () => window.location.reload(),
  })
  return (
    <main>
      {tenants.map(({ tenant, name }) => (
        <button key={tenant} type="button" onClick={() => choose.mutate({ body: { tenant } })}>
          {name}
        </button>
      ))}
    </main>
  )
}
