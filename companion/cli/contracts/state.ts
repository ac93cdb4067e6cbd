import { readFile, stat } from 'node:fs/promises'
import { defineCommand } from 'citty'
import type { ContractInfo, Json } from '#protocol/contracts.ts'
import { SeamError } from '#protocol/errors.ts'
import type { ContractHost } from '../../core/contracts/host.ts'
import { fileError } from '../../core/models/files.ts'
import type { Companion } from '../companion.ts'
import { globalArgs, type Context } from '../context.ts'
import { fileOutput, mayReplace, pipeOutput } from '../output-file.ts'
import { print, printJson, tell } from '../output.ts'
import { pluginArgs } from '../plugin-context.ts'
import { companionFor, pluginName, portArg, started, withContracts } from './host.ts'

type Values = Readonly<Record<string, unknown>>

/** What happens to a plugin that a companion runs, or, where none does, to one that this process starts. */
interface Doer {
  readonly companion: Companion | undefined
  readonly host: ContractHost
  readonly context: Context
}

/** Starts nothing where a companion has it. */
const withRunning = <Result>(
  args: Values & { readonly plugin: string },
  rawArgs: readonly string[],
  work: (doer: Doer) => Promise<Result>,
) =>
  withContracts(args, rawArgs, async (host, context) => {
    const companion = await companionFor(context, args)
    if (!companion) {
      const why = args['plugins'] === undefined ? 'No companion runs' : 'Folders were named'
      tell(`${why}: this is done with a process of its own, which ends with the command.`)
      await started(host, args.plugin, context)
    }
    return work({ companion, host, context })
  })

const pathOf = (name: string, what: string) => `/contracts/${encodeURIComponent(name)}/${what}`

export const swap = defineCommand({
  meta: { name: 'swap', description: 'start a contract plugin anew beside the old one, and hand its state over' },
  args: { plugin: pluginName, ...portArg, ...pluginArgs, ...globalArgs },
  run: ({ args, rawArgs }) =>
    withRunning(args, rawArgs, async ({ companion, host, context }) => {
      const info = companion
        ? await companion.json<ContractInfo>('POST', pathOf(args.plugin, 'swap'))
        : await host.swap(args.plugin, context.signal)
      if (context.json) printJson(info)
      else print(`${info.name} ${info.version}: swapped`)
    }),
})

export const capture = defineCommand({
  meta: { name: 'capture', description: 'write the state of a contract plugin to a file' },
  args: {
    plugin: pluginName,
    file: {
      type: 'positional',
      required: true,
      description: 'the file to write, or - for the output',
      valueHint: 'FILE',
    },
    force: { type: 'boolean', alias: 'f', description: 'replace a file that is there' },
    ...portArg,
    ...pluginArgs,
    ...globalArgs,
  },
  run: ({ args, rawArgs }) =>
    withRunning(args, rawArgs, async ({ companion, host, context }) => {
      const { plugin, file } = args
      if (file !== '-') await mayReplace(file, args.force === true)
      const { state } = companion
        ? await companion.json<{ state: Json }>('POST', pathOf(plugin, 'state/capture'))
        : { state: await host.slot(plugin).capture() }
      const content = Buffer.from(`${JSON.stringify(state)}\n`)
      const sink = file === '-' ? pipeOutput() : await fileOutput(file)
      await sink.write(content)
      await sink.finish()
      if (file === '-') return
      if (context.json) printJson({ plugin, file, bytes: content.length })
      else print(`${file}: the state of ${plugin}, ${content.length.toLocaleString('en')} bytes`)
    }),
})

export const restore = defineCommand({
  meta: { name: 'restore', description: 'give a contract plugin a state that was captured' },
  args: {
    plugin: pluginName,
    file: { type: 'positional', required: true, description: 'a file that capture wrote', valueHint: 'FILE' },
    ...portArg,
    ...pluginArgs,
    ...globalArgs,
  },
  run: ({ args, rawArgs }) =>
    withRunning(args, rawArgs, async ({ companion, host, context }) => {
      const { plugin, file } = args
      const state = await readState(file)
      if (companion) await companion.json('POST', pathOf(plugin, 'state/restore'), { state })
      else await host.slot(plugin).restore(state)
      if (context.json) printJson({ plugin, file })
      else print(`${plugin}: has the state of ${file}`)
    }),
})

/** Bytes of a file that can be a state. */
const MAX_STATE_FILE = 9 * 1024 * 1024

/** @throws SeamError not-found, bad-input */
async function readState(file: string): Promise<Json> {
  try {
    const { size } = await stat(file)
    if (size > MAX_STATE_FILE)
      throw new SeamError('bad-input', `${file} has ${size} bytes, and a state has at most ${MAX_STATE_FILE}.`)
    return JSON.parse(await readFile(file, 'utf8')) as Json
  } catch (error) {
    if (error instanceof SyntaxError) throw new SeamError('bad-input', `${file} is not JSON: ${error.message}.`)
    throw fileError(error, file, 'read')
  }
}
