#!/usr/bin/env node
import './compiled.mjs'

await import('./cli/main.ts')
