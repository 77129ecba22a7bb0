import { defineConfig } from '@playwright/test'

/** The tests of the program start it, and name it here. */
export default defineConfig({
  testDir: 'tests/stories',
  workers: 1,
  timeout: 300_000,
  expect: { timeout: 30_000 },
  reporter: 'list',
  use: {
    baseURL: process.env.TOLLGATE_STORY_URL,
    actionTimeout: 30_000,
    navigationTimeout: 60_000,
    viewport: { width: 1280, height: 800 },
    locale: 'en-US',
    permissions: ['microphone'],
    launchOptions: {
      executablePath: process.env.TOLLGATE_TEST_BROWSER,
      args: [
        // As root, and in containers, Chromium has no sandbox of its own.
        '--no-sandbox',
        '--use-fake-device-for-media-stream',
        '--use-fake-ui-for-media-stream',
        '--autoplay-policy=no-user-gesture-required',
        '--allow-loopback-in-peer-connection',
      ],
    },
  },
})
