/**
 * First path segments that belong to the companion's API on the shared origin. The page keeps to `/studio/…`; neither
 * the router nor the service worker may answer one of these.
 */
export const RESERVED_PATHS = [
  'status',
  'models',
  'language',
  'plugins',
  'contracts',
  'pipeline',
  'pipelines',
  'jobs',
  'pair',
  'session',
  'sessions',
  'personas',
  'compose',
  'voices',
  'video',
  'metrics',
  'openapi.json',
  'asyncapi.json',
  'ws',
  'v1',
] as const

/** Where the page's rooms live. */
export const STUDIO_PATH = '/studio'

/** The companion's port when nothing else is said. */
export const DEFAULT_PORT = 4747
