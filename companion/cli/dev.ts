import { defineCommand } from 'citty'
import { createServer } from 'vite'
import { join } from 'node:path'
import { productRoot } from '../core/paths.ts'
import { globalArgs, openContext } from './context.ts'
import { tell } from './output.ts'
import { runCli } from './run.ts'
import { listen, untilStopped } from './serve.ts'

/** `npm run dev`: the page from its sources, and the companion behind it on the same origin. */
const dev = defineCommand({
  meta: { name: 'npm run dev --', description: 'serve the page from its sources, with the companion' },
  args: { port: { type: 'string', description: 'the companion’s port', valueHint: 'N' }, ...globalArgs },
  async run({ args }) {
    const context = await openContext(args, { port: 'server.port' })
    const origins: string[] = []
    const daemon = await listen(context, { origins })
    // vite.config.ts sends the companion's paths there.
    process.env.VOXLOOM_PORT = String(daemon.port)
    const vite = await createServer({ configFile: join(productRoot, 'vite.config.ts') })
    await vite.listen()
    const local = vite.resolvedUrls?.local ?? []
    for (const url of local) origins.push(new URL(url).origin)
    tell(`Voxloom, in development, is at ${local[0]} with the companion on port ${daemon.port} (Ctrl-C stops both)`)
    return untilStopped(context, {
      async close() {
        await Promise.all([vite.close(), daemon.close()])
      },
    })
  },
})

await runCli(dev)
