import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { productRoot } from './paths.ts'

/** The product's version, from package.json. */
export function productVersion(): string {
  const data: unknown = JSON.parse(readFileSync(join(productRoot, 'package.json'), 'utf8'))
  return data && typeof data === 'object' && 'version' in data ? String(data.version) : '0.0.0'
}

/** Revision of the REST and WebSocket contract. */
export const PROTOCOL_REVISION = '1'
