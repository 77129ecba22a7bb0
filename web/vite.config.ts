import react from '@vitejs/plugin-react'
import { defineConfig } from 'vite'

// Where a Tollgate listens while the app is worked on: `tollgate demo`, unless TOLLGATE_DEV_URL names another.
const server = process.env.TOLLGATE_DEV_URL ?? 'http://localhost:3000'
const forwarded = {
  target: server,
  ws: true,
  changeOrigin: true,
  // The server takes changes from its own pages only: what comes from this development server is one.
  headers: { origin: server, 'sec-fetch-site': 'same-origin' },
}
const paths = ['/api', '/docs', '/phone', '/sign-in', '/setup', '/join', '/reset', '/pages', '/socket.io']

export default defineConfig({
  plugins: [react()],
  resolve: {
    alias: {
      '@': new URL('./src', import.meta.url).pathname,
      'react-i18next': new URL('./src/i18n/index.ts', import.meta.url).pathname,
      i18next: new URL('./src/i18n/legacy.ts', import.meta.url).pathname,
    },
  },
  server: { proxy: Object.fromEntries(paths.map((path) => [path, forwarded])) },
  build: { target: 'es2023', sourcemap: false, modulePreload: { polyfill: false } },
})
