import { existsSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import { join } from 'node:path'

export const root = fileURLToPath(new URL('../..', import.meta.url))

/** Where the weights for tests are. Tests on real weights fail, never skip, without them. */
export const modelsFolder = process.env.VOXLOOM_MODELS ?? join(root, 'models')

/** @throws Error naming the command that fetches the model */
export function modelPath(model: string, path: string): string {
  const found = join(modelsFolder, model, path)
  if (!existsSync(found))
    throw new Error(`${model}/${path} is missing. Run: npm run -s voxloom -- models pull ${model}`)
  return found
}
