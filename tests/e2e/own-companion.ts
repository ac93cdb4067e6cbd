import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { startCompanion, test as base, type Companion } from './studio.ts'

/**
 * Tests with a companion of their own, for all of a worker.
 * @param name of its folders @param furnish puts there what it is to find when it starts
 */
export const withOwnCompanion = (name: string, furnish: (home: string) => Promise<void> = async () => {}) =>
  base.extend<object, { home: string; companion: Companion }>({
    home: [
      async ({}, use) => {
        const home = await mkdtemp(join(tmpdir(), `voxloom-${name}-`))
        await furnish(home)
        await use(home)
        await rm(home, { recursive: true, force: true })
      },
      { scope: 'worker' },
    ],
    companion: [
      async ({ home }, use) => {
        const companion = await startCompanion(0, home)
        await use(companion)
        await companion.stop()
      },
      { scope: 'worker' },
    ],
  })
