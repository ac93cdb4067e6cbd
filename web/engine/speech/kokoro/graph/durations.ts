import { SeamError } from '#protocol/errors.ts'
import type { GraphEdit } from './edit.ts'
import { renamedPort, vectorPort } from './model.ts'
import { INT64 } from './tensor.ts'

/** Names of a rewritten model's inputs; its outputs are `audio` and `durations`. */
const INPUTS = ['tokens', 'style', 'speed'] as const

const OTHER_NAMES: Readonly<Record<string, string>> = { input_ids: 'tokens', waveform: 'audio' }

/** Gives inputs and outputs the names above; an Identity, which the runtime removes, keeps the old name for nodes. */
export function renamePorts(edit: GraphEdit): void {
  edit.model.inputs = edit.model.inputs
    .filter(port => edit.constant(port.name) === undefined)
    .map(port => {
      const name = OTHER_NAMES[port.name]
      if (name === undefined) return port
      edit.add({ op: 'Identity', inputs: [name], outputs: [port.name] })
      return renamedPort(port, name)
    })
  edit.model.outputs = edit.model.outputs.map(port => {
    const name = OTHER_NAMES[port.name]
    if (name === undefined) return port
    edit.add({ op: 'Identity', inputs: [port.name], outputs: [name] })
    return renamedPort(port, name)
  })
  const inputs = edit.model.inputs.map(port => port.name)
  const missing = INPUTS.filter(name => !inputs.includes(name))
  if (missing.length > 0) throw notKokoro(`no input called ${missing.join(', ')}; it has ${inputs.join(', ')}`)
  const outputs = edit.model.outputs.map(port => port.name)
  if (!outputs.includes('audio')) throw notKokoro(`no output called audio or waveform; it has ${outputs.join(', ')}`)
  edit.model.outputs = [...edit.model.outputs].sort((left, right) => rank(left.name) - rank(right.name))
}

/** `audio` first: callers of the original model take the first output. */
function rank(name: string): number {
  return name === 'audio' ? 0 : 1
}

/** What frames pass between their rounding and the running sum that lays them out. */
const BETWEEN = new Set(['Clip', 'Max', 'Cast', 'Gather', 'Squeeze', 'Reshape', 'Identity'])

/**
 * Adds the output `durations`: int64 frames of 600 samples, one a token with both pads. They are in the graph as
 * Σ sigmoid ÷ speed → Round → Clip → … → CumSum; found by that structure, not by name.
 */
export function exposeDurations(edit: GraphEdit): void {
  if (edit.model.outputs.some(port => port.name === 'durations')) return
  const candidates = edit.all('Round').flatMap(round => {
    const divide = edit.madeBy(round.inputs[0], 'Div')
    const sum = edit.madeBy(divide?.inputs[0], 'ReduceSum')
    return sum && edit.madeBy(sum.inputs[0], 'Sigmoid') ? [round] : []
  })
  const [round] = candidates
  if (round === undefined || candidates.length > 1) {
    throw notKokoro(`${candidates.length} places that round predicted durations, where there must be one`)
  }
  let tensor = round.outputs[0]
  let isInteger = false
  for (let step = 0; ; step++) {
    const readers = edit.readersOf(tensor)
    if (readers.some(reader => reader.op === 'CumSum')) break
    const next = readers.find(reader => BETWEEN.has(reader.op) && reader.inputs[0] === tensor)
    if (!next || step > 8) throw notKokoro('no running sum of the predicted durations')
    isInteger ||= next.op === 'Cast'
    tensor = next.outputs[0]
  }
  const flat = edit.add({
    op: 'Reshape',
    inputs: [tensor ?? '', edit.addConstant('durations/flat', INT64, [1], BigInt64Array.of(-1n))],
    ...(isInteger ? { outputs: ['durations'] } : {}),
    hint: 'durations/frames',
  })
  if (!isInteger) edit.add({ op: 'Cast', inputs: [flat], outputs: ['durations'], attributes: { to: INT64 } })
  edit.model.outputs = [...edit.model.outputs, vectorPort('durations', INT64, 'tokens')]
}

function notKokoro(found: string): SeamError {
  return new SeamError(
    'unsupported',
    `This model file is not a Kokoro model that the studio knows (${found}). It was left as it is; fetch the model again or choose another.`,
  )
}
