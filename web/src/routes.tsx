// The roots that every area hangs its routes on.
import { createRootRoute, createRoute, Outlet } from '@tanstack/react-router'
import { SignedIn } from './session'
import { Shell } from './shell/Shell'

export const root = createRootRoute({ component: Outlet })

/** Pages for whoever is signed in, in the shell. */
export const frame = createRoute({
  getParentRoute: () => root,
  id: 'frame',
  component: () => (
    <SignedIn>
      <Shell>
        <Outlet />
      </Shell>
    </SignedIn>
  ),
})
