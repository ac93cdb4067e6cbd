#!/usr/bin/env node
import { defineCommand } from 'citty'
import { productVersion } from '../core/version.ts'
import { globalArgs } from './context.ts'
import { runCli } from './run.ts'

const main = defineCommand({
  meta: { name: 'voxloom', version: productVersion(), description: 'A private voice studio, on your own machine.' },
  args: globalArgs,
  // Each is loaded when it is called: speech alone brings a native library with it.
  subCommands: {
    run: () => import('./run-pipeline.ts').then(module => module.runPipeline),
    say: () => import('./say.ts').then(module => module.say),
    phonemes: () => import('./phonemes.ts').then(module => module.phonemes),
    pipeline: () => import('./pipeline.ts').then(module => module.pipeline),
    plugins: () => import('./plugins.ts').then(module => module.plugins),
    models: () => import('./models.ts').then(module => module.models),
    serve: () => import('./serve.ts').then(module => module.serve),
    config: () => import('./config.ts').then(module => module.config),
  },
})

await runCli(main)
