import { defineCommand } from 'citty'
import { commandLine } from '#protocol/contract-command.ts'
import type { ContractInfo, Json, MethodInfo, WireValue } from '#protocol/contracts.ts'
import { SeamError } from '#protocol/errors.ts'
import { streamPlugin, type JsonCall } from '../../core/contracts/calls.ts'
import type { ContractHost } from '../../core/contracts/host.ts'
import { isBytes } from '../../core/contracts/schema-words.ts'
import type { Slot } from '../../core/contracts/types.ts'
import { toJson } from '../../core/contracts/wire/values.ts'
import { globalArgs, type Context } from '../context.ts'
import { mayReplace } from '../output-file.ts'
import { print, printJson, tell } from '../output.ts'
import { plainLabel } from '../plain.ts'
import { pluginArgs } from '../plugin-context.ts'
import { withFurtherOptions, type FurtherOptions } from '../run.ts'
import { noPlace, writeAnswer } from './answer.ts'
import { oneOf, pluginName, started, withContracts } from './host.ts'
import { paramsOf } from './params.ts'

export const call = withFurtherOptions(
  defineCommand({
    meta: {
      name: 'call',
      description: 'call a method of a contract plugin; its parameters are options: --text Hello. `show` lists them',
    },
    args: {
      plugin: pluginName,
      method: { type: 'positional', required: true, description: 'a method of the plugin', valueHint: 'METHOD' },
      output: { type: 'string', alias: 'o', description: 'the file to write, or - for the output', valueHint: 'FILE' },
      force: { type: 'boolean', alias: 'f', description: 'replace a file that is there' },
      params: { type: 'string', description: 'parameters as an object of JSON, or - for the input', valueHint: 'JSON' },
      stream: {
        type: 'boolean',
        description: 'items as they come, which is what happens without --json where the method has some',
        negativeDescription: 'the answer in one piece',
      },
      timeout: {
        type: 'string',
        description: 'seconds without an answer or an item until it is given up',
        valueHint: 'N',
      },
      ...pluginArgs,
      ...globalArgs,
    },
    run: ({ args, rawArgs, data }) =>
      withContracts(args, rawArgs, async (host, context) => {
        const { json, signal } = context
        const timeout = timeoutOf(args.timeout)
        const run = { signal, ...(timeout !== undefined && { timeout }) }
        const method = await methodOf(host, args.plugin, args.method, context)
        const output = args.output ?? (process.stdout.isTTY || json ? undefined : '-')
        if (output === undefined && !json && givesSound(method)) throw noPlace()
        const options = (data ?? new Map()) as FurtherOptions
        const params = await paramsOf(method, { options, params: args.params, signal })
        if (output !== undefined && output !== '-') await mayReplace(output, args.force === true)
        await started(host, args.plugin, context)
        const slot = host.slot(args.plugin)
        const given = { name: args.plugin, method: method.name, params: toJson(params) as JsonCall['params'] }
        const streams = args.stream ?? (method.streams && (!json || output !== undefined))
        if (json && output === undefined && streams) {
          for await (const line of streamPlugin(slot, given, signal, timeout)) printJson(line)
          return tellStray(host, args.plugin)
        }
        const began = performance.now()
        const values = streams ? slot.stream(method.name, params, run) : one(slot.call(method.name, params, run))
        if (json && output === undefined) {
          const result: Json = toJson((await values.next()).value as WireValue)
          printJson({ result, took: performance.now() - began, items: 0, command: commandLine(given) })
          return tellStray(host, args.plugin)
        }
        const { items, mime } = await writeAnswer(values, { output, signal })
        const took = performance.now() - began
        tellStray(host, args.plugin)
        if (output === undefined || output === '-') return
        if (json) printJson({ output, mime, items, took, command: commandLine(given, streams) })
        else print(`${output}: ${mime ?? 'text'}, made in ${(took / 1000).toFixed(1)} s`)
      }),
  }),
)

/** What it wrote besides its answer is worth a word: too much of that ends it. */
function tellStray(host: ContractHost, name: string): void {
  const { faults } = host.slot(name).state
  if (faults === 0) return
  const last = host.log(name).findLast(({ text }) => text.startsWith('The plugin '))?.text ?? ''
  const lines = faults === 1 ? 'a line' : `${faults} lines`
  tell(
    plainLabel(`${name} wrote ${lines} that nobody asked for; what it logs belongs on standard error. ${last}`.trim()),
  )
}

async function* one(value: ReturnType<Slot['call']>): AsyncGenerator<WireValue> {
  yield await value
}

/** Of every contract. */
const HEALTH: MethodInfo = {
  name: 'health_check',
  about: 'Tells how it is.',
  required: true,
  streams: false,
  params: { type: 'object', additionalProperties: false },
  result: {},
}

/** @throws SeamError not-found */
async function methodOf(host: ContractHost, name: string, method: string, context: Context): Promise<MethodInfo> {
  if (method === HEALTH.name) return HEALTH
  const find = ({ methods }: ContractInfo) => new Map(methods.map(each => [each.name, each]))
  const known = find(host.get(name)).get(method)
  // What only the plugin itself can say is known once it runs.
  if (known && known.offered !== undefined) return known
  if (known?.required) return known
  return oneOf('method', method, find(await started(host, name, context)), `See voxloom contracts show ${name}.`)
}

const givesSound = ({ result }: MethodInfo) => isBytes(result)

/** @returns milliseconds @throws SeamError bad-input */
function timeoutOf(given: string | undefined): number | undefined {
  if (given === undefined) return undefined
  const seconds = Number(given)
  if (given.trim() !== '' && seconds > 0 && seconds <= LONGEST_TIMEOUT) return seconds * 1000
  throw new SeamError('bad-input', `--timeout is “${given}”, and takes seconds, at most ${LONGEST_TIMEOUT}.`)
}

const LONGEST_TIMEOUT = 86_400
