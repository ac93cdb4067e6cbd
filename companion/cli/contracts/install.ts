import { defineCommand } from 'citty'
import type { ContractInfo, InstallLine } from '#protocol/contracts.ts'
import { fromErrorData, SeamError, type ErrorData } from '#protocol/errors.ts'
import type { Companion } from '../companion.ts'
import { globalArgs } from '../context.ts'
import { print, printJson, tell } from '../output.ts'
import { pluginArgs } from '../plugin-context.ts'
import { companionFor, pluginName, portArg, withContracts } from './host.ts'

export const install = defineCommand({
  meta: { name: 'install', description: 'install the packages of a Python plugin, into an environment of its own' },
  args: { plugin: pluginName, ...portArg, ...pluginArgs, ...globalArgs },
  run: ({ args, rawArgs }) =>
    withContracts(args, rawArgs, async (host, context) => {
      const { json, signal } = context
      const companion = await companionFor(context, args)
      const before = await companion?.json<ContractInfo>('GET', pathOf(args.plugin))
      let lock: readonly string[] = []
      for await (const line of companion ? installBy(companion, args.plugin) : host.install(args.plugin, signal)) {
        if (line.kind === 'done') lock = line.lock
        else if (line.kind === 'log') tell(line.text)
        else tell(`${line.what} (${line.done} of ${line.total})`)
      }
      if (json) printJson({ plugin: args.plugin, packages: lock })
      else print(lock.length === 0 ? `${args.plugin}: needs no packages` : `${args.plugin}: ${lock.join(', ')}`)
      if (companion && before && lock.length > 0) tell(await useOf(companion, before))
    }),
})

const pathOf = (name: string) => `/contracts/${encodeURIComponent(name)}`

/** By the companion, whose own plugin goes on with what was installed. @throws SeamError what it said, or offline */
async function* installBy(companion: Companion, name: string): AsyncGenerator<InstallLine> {
  let isDone = false
  for await (const text of linesOf(await companion.ask('POST', `${pathOf(name)}/install`))) {
    const line = JSON.parse(text) as InstallLine | { readonly error: ErrorData }
    if ('error' in line) throw fromErrorData(line.error)
    isDone ||= line.kind === 'done'
    yield line
  }
  if (isDone) return
  const words = `The companion at ${companion.address} went away before the packages of “${name}” were installed.`
  throw new SeamError('offline', `${words} Start it with voxloom serve, and try again.`)
}

/** Whether the companion works with the packages now, as a sentence. */
async function useOf(companion: Companion, before: ContractInfo): Promise<string> {
  const { pid } = await companion.json<ContractInfo>('GET', pathOf(before.name))
  const where = `The companion at ${companion.address}`
  if (pid === undefined) return `${where} starts it with them.`
  if (pid !== before.pid) return `${where} works with them now.`
  return `${where} goes on with the process that it had: a new one could not take its place. The plugin’s log in the Plugins room says why.`
}

/** Whole lines; of an answer that broke off, those before. */
async function* linesOf(answer: AsyncIterable<Buffer>): AsyncGenerator<string> {
  const decoder = new TextDecoder()
  let rest = ''
  try {
    for await (const piece of answer) {
      const lines = `${rest}${decoder.decode(piece, { stream: true })}`.split('\n')
      rest = lines.pop()!
      yield* lines
    }
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'ECONNRESET') throw error
  }
}
