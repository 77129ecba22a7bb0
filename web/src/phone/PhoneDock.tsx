import { lazy, Suspense } from 'react'
import { useSession } from '@/session'

// Most visits need no telephone at once: it comes after the page.
const Dock = lazy(() => import('./Dock'))

/** The phone of whoever is signed in, above the pages: a call goes on whichever of them is gone to. */
export function PhoneDock() {
  const { is, user } = useSession()
  if (!is('owner', 'admin', 'clerk', 'customer', 'agent')) return null
  return (
    <Suspense fallback={null}>
      <Dock user={user.id} />
    </Suspense>
  )
}
