import { hostname } from 'node:os'
import { join } from 'node:path'
import { defineCommand } from 'citty'
import { SeamError } from '#protocol/errors.ts'
import type { ContractHost } from '../core/contracts/host.ts'
import { openContracts } from '../core/contracts/open.ts'
import { openListeners } from '../core/listening/open.ts'
import { openSpeakers } from '../core/speakers/open.ts'
import { startDaemon, type Daemon } from '../daemon/server.ts'
import { pluginFolders } from '../core/plugins/folders.ts'
import { PluginHost } from '../core/plugins/host.ts'
import { productRoot } from '../core/paths.ts'
import { isOurs } from './companion.ts'
import { forgetPort, notePort } from './companion-port.ts'
import { globalArgs, openContext, type Context } from './context.ts'
import { EXIT, leave } from './exit.ts'
import { printJson, tell } from './output.ts'

export const dist = join(productRoot, 'dist')

export const serve = defineCommand({
  meta: { name: 'serve', description: 'run the companion alone: the page as it was last built, and the weights' },
  args: {
    port: { type: 'string', description: '0 for any free one', valueHint: 'N' },
    queue: { type: 'string', description: 'have chapters made by workers: redis://host:6379', valueHint: 'URL' },
    wyoming: { type: 'string', description: 'a port for Home Assistant and its like', valueHint: 'PORT' },
    'auto-install-deps': { type: 'boolean', description: 'install the packages of Python plugins unasked' },
    ...globalArgs,
  },
  async run({ args }) {
    const context = await openContext(args, {
      port: 'server.port',
      queue: 'queue.url',
      wyoming: 'wyoming.port',
      'auto-install-deps': 'plugins.auto-install-deps',
    })
    const daemon = await listen(context, { dist })
    announce(context, daemon)
    return untilStopped(context, daemon)
  },
})

/** @throws SeamError conflict, naming our own companion when it is the one that holds the port */
export async function listen(
  { config, models, log }: Context,
  { dist, origins }: { readonly dist?: string; readonly origins?: readonly string[] },
): Promise<Daemon> {
  const { settings, folders } = config
  const port = settings['server.port']!
  if (await isOurs(port)) {
    throw new SeamError(
      'conflict',
      `Voxloom runs already at http://localhost:${port}. Open it there, stop it first, or choose another --port.`,
    )
  }
  const url = settings['queue.url']
  // A client of Redis is for those who have one.
  const owner = `${hostname()}:${folders.state}`
  const parts =
    url === undefined ? undefined : await (await import('../core/queue/remote-parts.ts')).remoteParts(url, owner)
  let host: PluginHost | undefined
  let contracts: ContractHost | undefined
  try {
    const plugins = pluginFolders(config)
    host = new PluginHost({
      folders: plugins,
      stateFolder: folders.state,
      cacheFolder: folders.cache,
      configFolder: folders.config,
      models: config.models,
      concurrency: settings['jobs.concurrency']!,
      maxInput: settings['jobs.max-input']! * 1024 * 1024,
      ...(parts && { parts }),
    })
    // Before anybody can ask: what comes in while this looks for the remains of an earlier daemon would be taken for one.
    await host.jobs.start()
    contracts = openContracts(config, plugins)
    const daemon = await startDaemon({
      port,
      store: models,
      stateFolder: folders.state,
      host,
      contracts,
      speakers: openSpeakers(config.models, settings['speech.threads']),
      listeners: openListeners(config.models, settings['speech.threads']),
      ...(settings['wyoming.port'] !== undefined && {
        wyoming: {
          port: settings['wyoming.port'],
          host: settings['wyoming.host']!,
          own: { voice: settings['speech.voice']!, speed: settings['speech.speed']! },
        },
      }),
      logger: log.logger,
      ...(dist !== undefined && { dist }),
      ...(origins && { origins }),
    })
    contracts.start()
    notePort(folders.state, daemon.port)
    return {
      ...daemon,
      async close() {
        forgetPort(folders.state)
        await daemon.close()
        await parts?.close()
      },
    }
  } catch (error) {
    await contracts?.close()
    await host?.close()
    await parts?.close()
    throw error
  }
}

export function announce({ json }: Context, { address, port, wyoming }: Daemon): void {
  if (json) printJson({ address, port, ...(wyoming && { wyoming: wyoming.address }) })
  else tell(`Voxloom is at ${address} (Ctrl-C stops it)`)
  if (wyoming && !json) tell(`Wyoming is at ${wyoming.address}`)
  if (wyoming?.isOpen) {
    tell(
      `voxloom: Whoever can reach ${wyoming.address} may have this machine speak and listen: Wyoming knows no password. Let only your own network reach it.`,
    )
  }
}

/** Ends with 0: stopping a server is not a failure. */
export async function untilStopped({ signal, log }: Context, daemon: Pick<Daemon, 'close'>): Promise<number> {
  if (!signal.aborted) {
    await new Promise<void>(resolve => {
      signal.addEventListener('abort', () => resolve(), { once: true })
    })
  }
  await daemon.close()
  await log.close()
  return leave(EXIT.ok)
}

export { isOurs }
