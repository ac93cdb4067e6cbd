import { z } from 'zod'
import { environmentSchema, permissionsSchema, platformSchema } from './plugin-manifest.ts'

const line = z.string().max(2000)
const entry = z.string().min(1).max(512)
const seconds = z.number().min(1).max(600)

/** `manifest.json`. Keys that nobody knows are allowed: they are told as notes. */
export const rawContractManifest = z
  .looseObject({
    name: z.string().regex(/^[a-z][a-z0-9_-]{0,63}$/),
    version: z.string().min(1).max(128),
    contract: z.string().regex(/^[a-z][a-z0-9-]{0,63}$/),
    entry_point: entry,
    display_name: line.optional(),
    description: line.optional(),
    author: line.optional(),
    license: line.optional(),
    homepage: line.optional(),
    dependencies: z.array(z.string().min(1).max(512)).max(256).optional(),
    config_schema: z.record(z.string(), z.unknown()).optional(),
    interpreter: z.union([entry, z.array(entry).min(1).max(16)]).optional(),
    platform: platformSchema.optional(),
    env: environmentSchema.optional(),
    permissions: permissionsSchema.optional(),
    build: z.array(entry).min(1).max(32).optional(),
    initialize_timeout: seconds.optional().describe('Seconds; 30 when absent'),
    call_timeout: seconds.optional().describe('Seconds without an answer or an item; 120 when absent'),
    idle_unload: z.number().min(0).max(86_400).optional().describe('Seconds without a call; 0 keeps it loaded'),
  })
  .meta({ title: 'Voxloom contract plugin', description: 'manifest.json, revision 1' })

export type RawContractManifest = z.infer<typeof rawContractManifest>
