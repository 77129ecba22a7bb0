import '@fontsource-variable/inter/wght.css'
import '@mantine/core/styles/baseline.css'
import '@mantine/core/styles/default-css-variables.css'
import '@mantine/core/styles/global.css'
import './app.css'
import { MantineProvider } from '@mantine/core'
import { QueryClient, QueryClientProvider } from '@tanstack/react-query'
import { RouterProvider } from '@tanstack/react-router'
import { lazy, StrictMode, Suspense } from 'react'
import { createRoot } from 'react-dom/client'
import { Refusal } from './api/problem'
import { startWords } from './i18n'
import { router } from './router'
import { theme, variables } from './theme'

const Notices = lazy(() => import('./shell/Notices'))

const queries = new QueryClient({
  defaultOptions: {
    queries: {
      // Hints of what has changed come by themselves; this is for what they miss.
      staleTime: 30_000,
      retry: (count, error) =>
        count < 2 && !(error instanceof Refusal && error.status >= 400 && error.status < 500),
    },
  },
})

const place = document.getElementById('root')
if (place) {
  // A build has components bring their styles (vite.config.ts).
  if (import.meta.env.DEV) await import('@mantine/core/styles.css')
  await startWords()
  createRoot(place).render(
    <StrictMode>
      <MantineProvider theme={theme} cssVariablesResolver={variables} defaultColorScheme="auto">
        <Suspense>
          <Notices />
        </Suspense>
        <QueryClientProvider client={queries}>
          <RouterProvider router={router} />
        </QueryClientProvider>
      </MantineProvider>
    </StrictMode>,
  )
}
