import './compiled.mjs'

await import('./cli/start.ts')
