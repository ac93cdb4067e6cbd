import { defineConfig } from 'playwright/test'

/** Somebody speaks, or another goes on speaking, and what comes of it must come in time. */
const TALK =
  /(companion-voice|converse|contract-talk|contract-rooms|microphone|transcribe|offline-listening)[^/]*\.spec\.ts$/
/** Changes the build, which every page has open. */
const UPDATE = /pwa\.spec\.ts$/

export default defineConfig({
  testDir: '.',
  fullyParallel: false,
  workers: 2,
  timeout: 360_000,
  expect: { timeout: 60_000 },
  reporter: [['list'], ['json']],
  projects: [
    // Much of it is waiting, for sound that is played among others: two files at a time, each worker with a companion
    // and a browser profile of its own.
    { name: 'pages', testIgnore: [TALK, UPDATE], outputDir: '../../test-results/e2e-pages' },
    // Speech on real weights fills both cores of a small machine: talks side by side would starve each other.
    { name: 'talk', testMatch: [TALK, UPDATE], outputDir: '../../test-results/e2e-talk', workers: 1 },
  ],
})
