import { constants, createReadStream } from 'node:fs'
import { access, stat } from 'node:fs/promises'
import { defineCommand } from 'citty'
import { SeamError, toSeamError } from '#protocol/errors.ts'
import { fileError } from '../core/models/files.ts'
import { executePipeline, type PipelinePlan } from '../core/pipelines/execute.ts'
import type { NodeTraffic } from '../core/pipelines/plugin-run.ts'
import { parseMediaType, type MediaType } from '../core/plugins/media-type.ts'
import type { PluginShelf } from '../core/plugins/shelf.ts'
import { globalArgs, openContext, type Context } from './context.ts'
import { typeOfFile } from './file-type.ts'
import { fileOutput, keepInput, mayReplace, pipeOutput, type OutputSink } from './output-file.ts'
import { print, printJson, progressLine, tell } from './output.ts'
import { outputWarning, type RunWarning } from './output-type.ts'
import { openPipeline } from './pipeline-file.ts'
import { openPlugins, pluginArgs } from './plugin-context.ts'

export const runPipeline = defineCommand({
  meta: { name: 'run', description: 'send a file through a pipeline of plugins' },
  args: {
    pipeline: {
      type: 'positional',
      required: true,
      description: 'the pipeline: a .cr file, or the name of a saved one',
      valueHint: 'PIPELINE',
    },
    input: {
      type: 'positional',
      required: true,
      description: 'the file to convert, or - for the input',
      valueHint: 'INPUT',
    },
    output: { type: 'string', alias: 'o', description: 'the file to write, or - for the output', valueHint: 'FILE' },
    type: { type: 'string', description: 'type of the input, when its name does not tell', valueHint: 'TYPE' },
    verify: {
      type: 'boolean',
      default: true,
      description: 'try plugins before their first use',
      negativeDescription: 'start plugins that were never tried',
    },
    force: { type: 'boolean', alias: 'f', description: 'replace a file that is there' },
    ...pluginArgs,
    ...globalArgs,
  },
  async run({ args, rawArgs }) {
    const context = await openContext(args)
    const output = args.output ?? (process.stdout.isTTY ? undefined : '-')
    if (!output)
      throw new SeamError('bad-input', 'Say where the output goes: --output book.mp3, or --output - for a pipe.')
    const pipeline = await openPipeline(args.pipeline, context)
    const { shelf, plugins } = openPlugins(context, rawArgs)
    const size = args.input === '-' ? undefined : await inputSize(args.input)
    const plan = shelf.draft(pipeline, givenType(args.type, args.input))
    if (output !== '-') await keepInput(args.input, output)
    if (args.verify !== false) await shelf.admit(pipeline, context.signal)
    if (output !== '-') await mayReplace(output, args.force === true)
    const mistaken = outputWarning(output, plan, plugins)
    if (mistaken && !context.json) tell(`${mistaken.node}: ${mistaken.message}`)
    const input = args.input === '-' ? process.stdin : createReadStream(args.input, { highWaterMark: 1 << 18 })
    const sink = output === '-' ? pipeOutput() : await fileOutput(output)
    const report = await convert({ plan, input, sink, size, context, shelf })
    const { bytes, took } = report
    const warnings = mistaken ? [mistaken, ...report.warnings] : report.warnings
    const result = { output, type: plan.outputType, ...report, warnings }
    if (context.json && output === '-') tell(JSON.stringify(result))
    else if (context.json) printJson(result)
    else if (output !== '-')
      print(`${output}: ${bytes.toLocaleString('en')} bytes of ${plan.outputType} in ${took.toFixed(1)} s`)
  },
})

async function inputSize(path: string): Promise<number> {
  try {
    const found = await stat(path)
    if (found.isDirectory()) throw new SeamError('bad-input', `${path} is a folder. Name a file in it.`)
    if (found.isFile() && found.size === 0)
      throw new SeamError('bad-input', `${path} is empty: there is nothing to convert.`)
    await access(path, constants.R_OK)
    return found.size
  } catch (error) {
    throw fileError(error, path, 'read')
  }
}

function givenType(type: string | undefined, path: string): MediaType | undefined {
  if (type !== undefined) return parseMediaType(type)
  return path === '-' ? undefined : typeOfFile(path)
}

interface Conversion {
  readonly plan: PipelinePlan
  readonly input: AsyncIterable<Uint8Array>
  readonly sink: OutputSink
  readonly size: number | undefined
  readonly context: Context
  readonly shelf: PluginShelf
}

async function convert({ plan, input, sink, size, context, shelf }: Conversion) {
  const { signal, log, json } = context
  const line = progressLine(`Converting with ${plan.name}`)
  const warnings: RunWarning[] = []
  const begun = performance.now()
  let traffic: readonly NodeTraffic[] = []
  let bytes = 0
  try {
    const output = executePipeline(plan, readable(input), {
      signal,
      ledger: shelf.ledger,
      onLog: (node, text) => log.logger.info({ node }, text),
      onWarning(node, { code, message }) {
        warnings.push({ node, code, message })
        if (!json) tell(`${node}: ${message}`)
      },
      onTraffic(now) {
        traffic = now
        line.update({ done: now[0]!.bytesIn, ...(size !== undefined && { total: size }) })
      },
    })
    for await (const piece of output) {
      await sink.write(piece)
      bytes += piece.length
    }
    await sink.finish()
  } catch (error) {
    const kept = await sink.keep()
    const failure = toSeamError(error)
    line.end()
    if (kept === undefined || failure.code === 'quota') throw error
    throw new SeamError(failure.code, `${failure.message} What was made so far is kept as ${kept}.`, {
      cause: error,
      details: failure.details,
    })
  } finally {
    line.end()
    shelf.close()
  }
  const nodes = plan.nodes.map(({ id, plugin }, at) => ({
    id,
    plugin,
    ...(traffic[at] ?? { bytesIn: 0, bytesOut: 0 }),
  }))
  return { bytes, took: (performance.now() - begun) / 1000, nodes, warnings }
}

/** The input's own errors as sentences. */
async function* readable(input: AsyncIterable<Uint8Array>): AsyncGenerator<Uint8Array> {
  try {
    yield* input
  } catch (error) {
    throw fileError(error, 'the input', 'read')
  }
}
