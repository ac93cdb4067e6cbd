import { defineConfig } from 'playwright/test'

/** Somebody speaks, and what comes of it must come in time. */
const TALK = /(converse|contract-talk|microphone|transcribe|offline-listening)[^/]*\.spec\.ts$/

export default defineConfig({
  testDir: '.',
  fullyParallel: false,
  // Speech on real weights fills both cores of a small machine: tests side by side would starve each other.
  workers: 1,
  timeout: 240_000,
  expect: { timeout: 60_000 },
  reporter: [['list'], ['json']],
  projects: [
    { name: 'pages', testIgnore: TALK, outputDir: '../../test-results/e2e-pages' },
    { name: 'talk', testMatch: TALK, outputDir: '../../test-results/e2e-talk' },
  ],
})
