import { defineCommand } from 'citty'
import { SeamError } from '#protocol/errors.ts'
import { pluginFolders } from '../core/plugins/folders.ts'
import { PluginShelf } from '../core/plugins/shelf.ts'
import { globalArgs, openContext } from './context.ts'
import { EXIT, leave } from './exit.ts'
import { printJson, tell } from './output.ts'

export const worker = defineCommand({
  meta: { name: 'worker', description: 'make chapters for a companion on another machine, through a Redis' },
  args: {
    queue: { type: 'string', description: 'redis://host:6379', valueHint: 'URL' },
    jobs: { type: 'string', description: 'chapters at a time', valueHint: 'N' },
    ...globalArgs,
  },
  async run({ args }) {
    const context = await openContext(args, { queue: 'queue.url', jobs: 'jobs.concurrency' })
    const { config, log, signal } = context
    const { settings } = config
    const url = settings['queue.url']
    if (url === undefined)
      throw new SeamError('bad-input', 'Say which Redis to take work from: --queue redis://host:6379.')
    const shelf = new PluginShelf({
      folders: pluginFolders(config),
      stateFolder: config.folders.state,
      cacheFolder: config.folders.cache,
      models: config.models,
    })
    // It brings a client of Redis with it, which nobody else needs.
    const { startWorker } = await import('../core/queue/worker.ts')
    const running = await startWorker({
      url,
      plan: shelf.plan,
      ledger: shelf.ledger,
      concurrency: settings['jobs.concurrency']!,
      lease: settings['queue.lease']!,
      onDone: (key, { bytes }) => {
        if (context.json) printJson({ key, bytes })
        else tell(`Made a part of ${bytes.toLocaleString('en')} bytes.`)
      },
      onFailed: (key, message) => log.logger.warn({ key }, message),
    })
    tell(`This worker takes work from ${new URL(url).host} (Ctrl-C stops it).`)
    await new Promise<void>(resolve => {
      if (signal.aborted) return resolve()
      signal.addEventListener('abort', () => resolve(), { once: true })
    })
    await running.close()
    shelf.close()
    await log.close()
    return leave(EXIT.ok)
  },
})
