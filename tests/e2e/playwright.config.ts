import { defineConfig } from 'playwright/test'

/** Somebody speaks, and what comes of it must come in time: a page beside it would take the processor away. */
const TALK = /(converse|microphone|transcribe|offline-listening)[^/]*\.spec\.ts$/

export default defineConfig({
  testDir: '.',
  fullyParallel: false,
  timeout: 240_000,
  expect: { timeout: 60_000 },
  reporter: [['list'], ['json']],
  projects: [
    // Half of what they do is waiting: for sound that plays in its own time, and for processes.
    { name: 'pages', testIgnore: TALK, workers: 2, outputDir: '../../test-results/e2e-pages' },
    { name: 'talk', testMatch: TALK, workers: 1, outputDir: '../../test-results/e2e-talk' },
  ],
})
