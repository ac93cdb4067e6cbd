import { defineConfig } from 'playwright/test'

// `npm test -- gpu`: not among the quick tests, because a graphics card made of software takes minutes for a sentence.
export default defineConfig({
  testDir: '.',
  outputDir: '../../test-results/gpu',
  workers: 1,
  timeout: 40 * 60_000,
  reporter: [['list'], ['json']],
})
