import { defineCommand } from 'citty'
import { toSeamError } from '#protocol/errors.ts'
import { openBrowser } from './browser.ts'
import { globalArgs, openContext, type Context } from './context.ts'
import { EXIT } from './exit.ts'
import { pullOne } from './models.ts'
import { tell } from './output.ts'
import { ensurePage } from './page-build.ts'
import { runCli } from './run.ts'
import { announce, dist, isOurs, listen, untilStopped } from './serve.ts'

/** `npm start`: everything that is needed, made ready; then the page. */
const start = defineCommand({
  meta: { name: 'npm start --', description: 'fetch what is missing, build what changed, and open the studio' },
  args: {
    port: { type: 'string', description: '0 for any free one', valueHint: 'N' },
    open: {
      type: 'boolean',
      description: 'open the page in the browser',
      negativeDescription: 'do not open the browser',
    },
    ...globalArgs,
  },
  async run({ args }) {
    const context = await openContext(args, { port: 'server.port', open: 'server.open' })
    const { settings } = context.config
    const port = settings['server.port']!
    const show = (address: string) => settings['server.open'] && openBrowser(address)
    if (await isOurs(port)) {
      tell(`Voxloom runs already at http://localhost:${port}`)
      show(`http://localhost:${port}`)
      return EXIT.ok
    }
    await Promise.all([
      ensureModels(context),
      ensurePage({ signal: context.signal, onBuild: () => tell('Building the page …') }),
    ])
    const daemon = await listen(context, { dist })
    announce(context, daemon)
    show(daemon.address)
    return untilStopped(context, daemon)
  },
})

/** The models that the first sentence needs. Without them the page still opens, and fetches or asks for them itself. */
async function ensureModels(context: Context): Promise<void> {
  const states = await context.models.list()
  for (const { id, name } of states.filter(state => state.isDefault && !state.complete)) {
    tell(`Fetching ${name} …`)
    try {
      await pullOne(context, id)
    } catch (error) {
      context.signal.throwIfAborted()
      tell(`voxloom: ${toSeamError(error).message}`)
    }
  }
}

await runCli(start)
