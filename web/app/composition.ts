import type { Studio } from '../features/studio.ts'

/** Puts the concrete parts together. */
export async function createStudio(): Promise<Studio> {
  throw new Error('No parts yet.')
}
