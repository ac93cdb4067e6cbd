#!/usr/bin/env node
import { defineCommand } from 'citty'
import { productVersion } from '../core/version.ts'
import { globalArgs } from './context.ts'
import { runCli, type AnyCommand } from './run.ts'

const main: AnyCommand = defineCommand({
  meta: { name: 'voxloom', version: productVersion(), description: 'A private voice studio, on your own machine.' },
  args: globalArgs,
  // Each is loaded when it is called: speech alone brings a native library with it.
  subCommands: {
    run: () => import('./run-pipeline.ts').then(module => module.runPipeline),
    say: () => import('./say.ts').then(module => module.say),
    transcribe: () => import('./transcribe.ts').then(module => module.transcribe),
    talk: () => import('./talk.ts').then(module => module.talk),
    personas: () => import('./personas.ts').then(module => module.personas),
    phonemes: () => import('./phonemes.ts').then(module => module.phonemes),
    pipeline: () => import('./pipeline.ts').then(module => module.pipeline),
    configure: () => import('./configure.ts').then(module => module.configure),
    plugins: () => import('./plugins.ts').then(module => module.plugins),
    contracts: () => import('./contracts.ts').then(module => module.contracts),
    jobs: () => import('./jobs.ts').then(module => module.jobs),
    models: () => import('./models.ts').then(module => module.models),
    worker: () => import('./worker.ts').then(module => module.worker),
    serve: () => import('./serve.ts').then(module => module.serve),
    pair: () => import('./pair.ts').then(module => module.pair),
    service: () => import('./service.ts').then(module => module.service),
    config: () => import('./config.ts').then(module => module.config),
    completion: () => import('./completion.ts').then(module => module.completionOf(main)),
  },
})

await runCli(main)
