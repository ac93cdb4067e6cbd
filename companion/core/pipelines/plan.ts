import { join } from 'node:path'
import { statSync } from 'node:fs'
import { SeamError } from '#protocol/errors.ts'
import type { OptionValue } from '#protocol/plugins.ts'
import { nearest } from '../nearest.ts'
import { indexCapabilities } from '../plugins/capabilities.ts'
import { isUsable, type FoundPlugin, type UsablePlugin } from '../plugins/discovery.ts'
import { pluginEnvironment } from '../plugins/environment.ts'
import { formatMediaType, isSettled, joinTypes, outputFor, type MediaType } from '../plugins/media-type.ts'
import { settleOptions } from '../plugins/options.ts'
import type { Command } from '../process/child.ts'
import { onPath } from '../process/on-path.ts'
import { confine } from '../sandbox/confine.ts'
import type { Pipeline } from './cr.ts'
import type { PipelinePlan } from './execute.ts'
import type { PlannedNode } from './plugin-run.ts'
import { PARTIAL_FRAME_LIMIT } from './watchdog.ts'

export interface PlanInput {
  readonly pipeline: Pipeline
  readonly plugins: readonly FoundPlugin[]
  /** Type of what goes in; the first type that the first plugin reads when absent. */
  readonly inputType?: MediaType
  /** Folder of the weights. */
  readonly models: string
}

/** One thing that is wrong with a pipeline. */
export interface PipelineProblem {
  readonly code: 'unknown-plugin' | 'unusable-plugin' | 'options' | 'types' | 'platform'
  /** The node that it is about; for `types` the second of the two. */
  readonly node: string
  readonly message: string
}

/** A pipeline that was looked at: a plan, or everything that is wrong. */
export type Planned =
  | { readonly plan: PipelinePlan; readonly problems: readonly [] }
  | { readonly plan?: undefined; readonly problems: readonly PipelineProblem[] }

const nameOf = (id: string, plugin: string) => (id === plugin ? `Node “${id}”` : `Node “${id}” (${plugin})`)
const listed = (types: readonly MediaType[]) => types.map(formatMediaType).join(', ')

/** Checks that every plugin exists, its options fit, and each neighbour writes what the next reads. Starts nothing. */
export function planPipeline({ pipeline, plugins, inputType, models }: PlanInput): Planned {
  const problems: PipelineProblem[] = []
  const nodes = pipeline.nodes.map(({ id, plugin, options }) => {
    const found = findPlugin(plugins, plugin, id, problems)
    if (!found) return undefined
    const settled = settleOptions(found.manifest.options, options, nameOf(id, plugin))
    problems.push(...settled.problems.map(message => ({ code: 'options' as const, node: id, message })))
    return { id, found, config: settled.config }
  })
  const known = nodes.filter(node => node !== undefined)
  if (known.length < nodes.length) return { problems }
  const types = settleTypes(known, inputType, plugins.filter(isUsable), problems)
  if (problems.length > 0 || !types) return { problems }
  return {
    plan: {
      name: pipeline.name,
      nodes: known.map(({ id, found, config }, at) => plannedNode(id, found, config, types[at]!, models)),
      inputType: formatMediaType(types[0]!.input),
      outputType: formatMediaType(types.at(-1)!.output),
    },
    problems: [],
  }
}

/** @throws SeamError bad-input or not-found, with everything that is wrong */
export function planOrThrow(input: PlanInput): PipelinePlan {
  const { plan, problems } = planPipeline(input)
  if (plan) return plan
  const code = problems.every(problem => problem.code === 'unknown-plugin') ? 'not-found' : 'bad-input'
  throw new SeamError(code, problems.map(({ message }) => message).join('\n'))
}

function findPlugin(
  plugins: readonly FoundPlugin[],
  name: string,
  node: string,
  problems: PipelineProblem[],
): UsablePlugin | undefined {
  const found =
    plugins.find(({ id, problem }) => id === name && problem === undefined) ?? plugins.find(({ id }) => id === name)
  if (!found) {
    const meant = nearest(
      name,
      plugins.map(({ id }) => id),
    )
    const hint = meant ? `Did you mean “${meant}”?` : 'See voxloom plugins list.'
    problems.push({ code: 'unknown-plugin', node, message: `Node “${node}”: there is no plugin “${name}”. ${hint}` })
    return undefined
  }
  if (!isUsable(found)) {
    problems.push({
      code: 'unusable-plugin',
      node,
      message: `Node “${node}”: the plugin “${name}” can’t be used. ${found.problem}`,
    })
    return undefined
  }
  const here = `${process.platform}-${process.arch}`
  const { platform } = found.manifest
  if (platform.length > 0 && !platform.includes(here)) {
    const message = `${nameOf(node, name)} runs on ${platform.join(', ')}; this is ${here}.`
    problems.push({ code: 'platform', node, message })
    return undefined
  }
  if (!isFile(join(found.folder, found.manifest.entrypoint))) {
    const cure = found.manifest.build
      ? `Build it with: voxloom plugins build ${name}`
      : 'Its folder is not complete: install it again.'
    const message = `${nameOf(node, name)}: its program ${found.manifest.entrypoint} is missing. ${cure}`
    problems.push({ code: 'unusable-plugin', node, message })
    return undefined
  }
  return found
}

function isFile(path: string): boolean {
  try {
    return statSync(path).isFile()
  } catch {
    return false
  }
}

interface Flow {
  readonly input: MediaType
  readonly output: MediaType
}

interface TypedNode {
  readonly id: string
  readonly found: UsablePlugin
}

/** docs/plugin-protocol.md, 6: the first match counts, and nothing is converted in between. */
function settleTypes(
  nodes: readonly TypedNode[],
  inputType: MediaType | undefined,
  usable: readonly UsablePlugin[],
  problems: PipelineProblem[],
): Flow[] | undefined {
  const first = nodes[0]!
  const { input: accepted } = first.found.manifest
  // A first plugin that takes anything, and nothing said of what comes: text is what most people have.
  const assumed = accepted[0]!.name === '*/*' ? { name: 'text/plain', parameters: {} } : accepted[0]
  const begin = inputType ? firstJoin([inputType], accepted) : assumed
  if (!begin) {
    const message = `${nameOf(first.id, first.found.id)} reads ${listed(accepted)}, and the input is ${listed([inputType!])}.`
    problems.push({ code: 'types', node: first.id, message })
    return undefined
  }
  const flows: Flow[] = []
  let input = begin
  for (const [at, { id, found }] of nodes.entries()) {
    const { manifest } = found
    const next = nodes[at + 1]
    const outputs = manifest.output.flatMap(output => outputFor(output, input) ?? [])
    const output = next ? firstJoin(outputs, next.found.manifest.input) : outputs[0]
    if (!output) {
      problems.push(mismatch({ id, found }, next, outputs, usable))
      return undefined
    }
    for (const [type, what] of [
      [input, 'reads'],
      [output, 'writes'],
    ] as const) {
      if (isSettled(type)) continue
      const open = type.name.endsWith('*') ? 'a type without “*” is needed' : 'audio/pcm needs a rate and channels'
      const message = `${nameOf(id, found.id)} ${what} ${formatMediaType(type)}, and nothing says the rest of it: ${open}. Say the type of the input.`
      problems.push({ code: 'types', node: id, message })
      return undefined
    }
    flows.push({ input, output })
    // With what its reader asks for, where that was left open.
    input = (next && firstJoin([output], next.found.manifest.input)) ?? output
  }
  return flows
}

function mismatch(
  { id, found }: TypedNode,
  next: TypedNode | undefined,
  outputs: readonly MediaType[],
  usable: readonly UsablePlugin[],
): PipelineProblem {
  if (!next) {
    const message = `${nameOf(id, found.id)} can’t tell what it writes from what it reads: ${listed(found.manifest.output)}.`
    return { code: 'types', node: id, message }
  }
  const { input } = next.found.manifest
  const bridges = indexCapabilities(usable).bridging(outputs, input)
  const hint =
    bridges.length > 0
      ? `Put one of these between them: ${bridges.map(plugin => plugin.id).join(', ')}.`
      : 'No installed plugin fits between them.'
  return {
    code: 'types',
    node: next.id,
    message: `${nameOf(id, found.id)} writes ${listed(outputs)}, and ${nameOf(next.id, next.found.id).replace('Node', 'node')} reads ${listed(input)}. ${hint}`,
  }
}

function firstJoin(written: readonly MediaType[], read: readonly MediaType[]): MediaType | undefined {
  for (const output of written) {
    for (const input of read) {
      const joined = joinTypes(output, input)
      if (joined) return joined
    }
  }
  return undefined
}

function plannedNode(
  id: string,
  { manifest, folder, confinement }: UsablePlugin,
  config: Readonly<Record<string, OptionValue>>,
  { input, output }: Flow,
  models: string,
): PlannedNode {
  return {
    id,
    plugin: manifest.name,
    command: confine(commandOf(manifest, folder, models), { confinement, permissions: manifest.permissions, models }),
    handshake: {
      protocol: manifest.protocol,
      input_type: formatMediaType(input),
      output_type: formatMediaType(output),
      config: { ...config },
    },
    mode: manifest.mode,
    maxInputBytes: manifest.maxInputBytes,
    limits: { startup: manifest.startupTimeout, idle: manifest.idleTimeout, partialFrame: PARTIAL_FRAME_LIMIT },
  }
}

/** What starts a plugin. The interpreter is looked up here, so that a missing one is known before anything runs. */
export function commandOf(manifest: UsablePlugin['manifest'], folder: string, models: string): Command {
  const env = pluginEnvironment(manifest.env, models)
  const program = join(folder, manifest.entrypoint)
  const [interpreter, ...args] = manifest.interpreter
  if (interpreter === undefined) return { program, args: [], folder, env }
  // Node plugins run on the Node that runs Voxloom: the system's may be too old, or absent.
  const path = interpreter === 'node' ? process.execPath : (onPath(interpreter, env['PATH'] ?? '') ?? interpreter)
  return { program: path, args: [...args, program], folder, env }
}
