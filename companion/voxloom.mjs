#!/usr/bin/env node
import './compiled.mjs'

// npm runs its scripts in the folder of the checkout; paths are meant from where the user stands.
if (process.env.npm_lifecycle_event === 'voxloom' && process.env.INIT_CWD) process.chdir(process.env.INIT_CWD)

await import('./cli/main.ts')
