import { createRoute, Navigate } from '@tanstack/react-router'
import { frame } from '@/routes'
import { useSession } from '@/session'

/** The start leads everybody to what they do first. */
function Home() {
  const session = useSession()
  if (session.is('owner', 'admin', 'clerk', 'auditor', 'coordinator'))
    return <Navigate to="/overview" replace />
  return <Navigate to={(session.agent ? '/desk' : '/portal') as '/'} replace />
}

export const homeRoute = createRoute({ getParentRoute: () => frame, path: '/', component: Home })
