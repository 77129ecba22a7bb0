import react from '@vitejs/plugin-react'
import { defineConfig, type Plugin } from 'vite'

// Where a Tollgate listens while the app is worked on: `tollgate demo`, unless TOLLGATE_DEV_URL names another.
const server = process.env.TOLLGATE_DEV_URL ?? 'http://localhost:3000'
const forwarded = {
  target: server,
  ws: true,
  changeOrigin: true,
  // The server takes changes from its own pages only: what comes from this development server is one.
  headers: { origin: server, 'sec-fetch-site': 'same-origin' },
}
const paths = [
  '/api',
  '/docs',
  '/phone',
  '/sign-in',
  '/setup',
  '/join',
  '/reset',
  '/swap',
  '/pages',
  '/socket.io',
]

/** Has each of the library's components bring its own style sheet, so that a page loads those of what is on it. */
const stylesWithComponents: Plugin = {
  name: 'styles-with-components',
  apply: 'build',
  transform(code, id) {
    const [, name] = /@mantine\/core\/esm\/.*\/(\w+)\.module\.mjs$/.exec(id) ?? []
    return name && { code: `import '@mantine/core/styles/${name}.css'\n${code}`, map: null }
  },
}

export default defineConfig({
  plugins: [react(), stylesWithComponents],
  resolve: {
    alias: {
      '@': new URL('./src', import.meta.url).pathname,
    },
  },
  server: { proxy: Object.fromEntries(paths.map((path) => [path, forwarded])) },
  build: {
    target: 'es2023',
    // They know light-dark(). What the build puts in its place for others knows no scheme that comes from a variable, as the library's does.
    cssTarget: ['chrome123', 'edge123', 'firefox120', 'safari17.5'],
    modulePreload: { polyfill: false },
    // For the test of what is loaded first.
    manifest: true,
    rolldownOptions: {
      output: {
        // What is fetched before any page comes in two pieces, of which the libraries' changes seldom, and what half of the pages share in
        // one: each request costs a way to the server and back.
        codeSplitting: {
          groups: [
            { name: 'base', tags: ['$initial'], test: /node_modules/, priority: 2 },
            { name: 'app', tags: ['$initial'], priority: 1 },
            { name: 'shared', minShareCount: 48 },
          ],
        },
      },
    },
  },
})
