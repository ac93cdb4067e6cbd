import type { PipelinePlan } from '../core/pipelines/execute.ts'
import { indexCapabilities } from '../core/plugins/capabilities.ts'
import { isUsable, type FoundPlugin } from '../core/plugins/discovery.ts'
import { parseMediaType, type MediaType } from '../core/plugins/media-type.ts'
import { typeOfFile } from './file-type.ts'

/** Something that a run went on without. */
export interface RunWarning {
  readonly node: string
  readonly code: string
  readonly message: string
}

const isText = ({ name }: MediaType) => name.startsWith('text/')

/** What to say of a file whose name promises something else than the pipeline writes. */
export function outputWarning(
  path: string,
  plan: PipelinePlan,
  plugins: readonly FoundPlugin[],
): RunWarning | undefined {
  const promised = typeOfFile(path)
  const written = parseMediaType(plan.outputType)
  // Markdown without a mark in it is plain text, and any text can be read as such.
  if (!promised || promised.name === written.name || (isText(promised) && isText(written))) return undefined
  return {
    node: plan.nodes.at(-1)!.id,
    code: 'OUTPUT_TYPE',
    message: `${path} will hold ${inWords(written)}, and its name says ${promised.name}. ${cure(written, promised, plugins)}`,
  }
}

function inWords({ name, parameters }: MediaType): string {
  if (name !== 'audio/pcm') return name
  const { rate, channels, format } = parameters
  return `headerless ${name} (${rate} Hz, ${channels === '1' ? '1 channel' : `${channels} channels`}, ${format})`
}

function cure(written: MediaType, promised: MediaType, plugins: readonly FoundPlugin[]): string {
  const known = indexCapabilities(plugins.filter(isUsable))
  const fits = known.bridging([written], [promised]).map(({ id }) => id)
  if (fits.length > 0) return `To write ${promised.name}, add as the last node: ${fits.join(' or ')}.`
  const others = known
    .bridging([written], [{ name: 'audio/*', parameters: {} }])
    .filter(({ manifest }) => manifest.output.some(({ name }) => name !== written.name))
    .map(({ id, manifest }) => `${id} (${manifest.output.map(({ name }) => name).join(', ')})`)
  return others.length > 0
    ? `No plugin here makes ${promised.name} of it; others could encode it as the last node: ${others.join(', ')}.`
    : `No plugin here makes ${promised.name} of it.`
}
