import { MICROSOFT } from '#engine/speech/kokoro/graph/edit.ts'
import {
  newAttribute,
  writeModel,
  type Attribute,
  type AttributeValue,
  type Node,
  type Port,
} from '#engine/speech/kokoro/graph/model.ts'
import { MessageWriter, readFields } from '#engine/speech/kokoro/graph/proto.ts'
import { FLOAT, INT64, newTensor, type Tensor } from '#engine/speech/kokoro/graph/tensor.ts'
import { valueInfo } from '#engine/language/browser/testing/tiny-model.ts'
import { rowsOf, transposed, type Variable } from './ctranslate2.ts'

const FLOAT16 = 10
const OPSETS = new Map([
  ['', 17],
  [MICROSOFT, 1],
])
const IR_VERSION = 9

/** A port of known type; dimensions that have a name may have any size. */
export const port = (name: string, type: number, dims: readonly (number | string)[]): Port => ({
  name,
  bytes: valueInfo(name, type, dims).finish(),
})

export interface NodeOptions {
  readonly outputs?: readonly string[]
  readonly attributes?: Readonly<Record<string, AttributeValue>>
  readonly domain?: string
}

/** Writes a network node by node, with the layers that both halves of Whisper are made of. */
export class Graph {
  readonly #variables: ReadonlyMap<string, Variable>
  readonly #constants: Tensor[] = []
  readonly #known = new Map<string, string>()
  #nodes: Node[] = []
  #count = 0

  constructor(variables: ReadonlyMap<string, Variable>) {
    this.#variables = variables
  }

  /** @returns the name of the first output */
  add(op: string, inputs: readonly string[], options: NodeOptions = {}): string {
    const { outputs = [`${op}_${this.#count++}`], attributes = {}, domain = '' } = options
    const written = Object.entries(attributes).map(([name, value]) => newAttribute(name, value))
    return this.#insert(op, domain, inputs, outputs, written)
  }

  /** One of two branches, each of which gives as many outputs as there are names. */
  choose(condition: string, outputs: readonly string[], then: () => string[], otherwise: () => string[]): void {
    const branches = [this.#branch('then_branch', outputs, then), this.#branch('else_branch', outputs, otherwise)]
    this.#insert('If', '', [condition], outputs, branches)
  }

  floats(...values: number[]): string {
    const data = Float32Array.from(values)
    return this.#constant(`f${values.join('_')}`, FLOAT, values.length === 1 ? [] : [values.length], data)
  }

  ints(...values: number[]): string {
    return this.#constant(`i${values.join('_')}`, INT64, [values.length], BigInt64Array.from(values, BigInt))
  }

  int(value: number): string {
    return this.#constant(`s${value}`, INT64, [], BigInt64Array.of(BigInt(value)))
  }

  /** A variable as float32. */
  weight(name: string): string {
    return this.#weight(name, this.variable(name))
  }

  variable(name: string): Variable {
    const found = this.#variables.get(name)
    if (!found) throw new Error(`The weights lack “${name}”.`)
    return found
  }

  norm(input: string, scope: string): string {
    const inputs = [input, this.weight(`${scope}/gamma`), this.weight(`${scope}/beta`)]
    return this.add('LayerNormalization', inputs, { attributes: { axis: -1, epsilon: { float: 1e-5 } } })
  }

  /** @param part which of `parts` equal runs of outputs: keys and values lie behind queries in one matrix */
  linear(input: string, scope: string, part = 0, parts = 1): string {
    const whole = this.variable(`${scope}/weight`)
    const rows = whole.dims[0]! / parts
    const bias = rowsOf(this.variable(`${scope}/bias`), part * rows, rows)
    const matrix = transposed(rowsOf(whole, part * rows, rows))
    const product = this.add('MatMul', [input, this.#weight(`${scope}/weight/${part}`, matrix)])
    return this.add('Add', [product, this.#weight(`${scope}/bias/${part}`, bias)])
  }

  gelu(input: string): string {
    return this.add('Gelu', [input], { domain: MICROSOFT })
  }

  feedForward(input: string, scope: string): string {
    const wide = this.gelu(this.linear(this.norm(input, `${scope}/layer_norm`), `${scope}/linear_0`))
    return this.add('Add', [input, this.linear(wide, `${scope}/linear_1`)])
  }

  /** [1, n, width] as [1, heads, n, width / heads]. */
  split(input: string, heads: number, width: number): string {
    const parts = this.add('Reshape', [input, this.ints(0, -1, heads, width / heads)])
    return this.add('Transpose', [parts], { attributes: { perm: [0, 2, 1, 3] } })
  }

  /** What queries find. @param weights the name of the output with what each attends to */
  attend(
    query: string,
    key: string,
    value: string,
    options: { heads: number; width: number; mask?: string; weights?: string },
  ) {
    const { heads, width, mask, weights } = options
    const scaled = this.add('Mul', [this.split(query, heads, width), this.floats((width / heads) ** -0.5)])
    const turned = this.add('Transpose', [key], { attributes: { perm: [0, 1, 3, 2] } })
    const scores = this.add('MatMul', [scaled, turned])
    const shown = mask === undefined ? scores : this.add('Add', [scores, mask])
    const found = this.add('Softmax', [shown], {
      attributes: { axis: -1 },
      ...(weights === undefined ? {} : { outputs: [weights] }),
    })
    const joined = this.add('Transpose', [this.add('MatMul', [found, value])], { attributes: { perm: [0, 2, 1, 3] } })
    return this.add('Reshape', [joined, this.ints(0, -1, width)])
  }

  finish(inputs: readonly Port[], outputs: readonly Port[]): Uint8Array<ArrayBuffer> {
    return writeModel({
      nodes: this.#nodes,
      constants: this.#constants,
      inputs,
      outputs,
      opsets: OPSETS,
      graphRest: [new MessageWriter().text(2, 'whisper').finish()],
      rest: [new MessageWriter().varint(1, IR_VERSION).finish()],
    })
  }

  #insert(
    op: string,
    domain: string,
    inputs: readonly string[],
    outputs: readonly string[],
    attributes: readonly Attribute[],
  ): string {
    const [first = ''] = outputs
    this.#nodes.push({ name: first, op, domain, inputs, outputs, attributes, captures: [], rest: [] })
    return first
  }

  #constant(name: string, type: number, dims: readonly number[], data: Parameters<typeof newTensor>[3]): string {
    const known = this.#known.get(name)
    if (known !== undefined) return known
    this.#known.set(name, name)
    this.#constants.push(newTensor(name, type, dims, data))
    return name
  }

  #weight(name: string, { type, dims, data }: Variable): string {
    if (type === 'float32') return this.#constant(name, FLOAT, dims, data)
    if (type !== 'float16') throw new Error(`“${name}” is ${type}; float16 and float32 are read.`)
    const wide = this.#known.get(`${name}/wide`)
    if (wide !== undefined) return wide
    const half = this.#constant(`${name}/half`, FLOAT16, dims, data)
    const made = this.#outside(() => this.add('Cast', [half], { outputs: [name], attributes: { to: FLOAT } }))
    this.#known.set(`${name}/wide`, made)
    return made
  }

  /** Nodes of a branch wait here, so that what both may need comes before the branch. */
  #waiting: Node[] | undefined

  #outside<T>(make: () => T): T {
    const waiting = this.#waiting
    if (!waiting) return make()
    const inside = this.#nodes
    this.#nodes = waiting
    try {
      return make()
    } finally {
      this.#nodes = inside
    }
  }

  #branch(name: string, outputs: readonly string[], make: () => string[]): Attribute {
    const around = this.#nodes
    this.#waiting = around
    this.#nodes = []
    const made = make()
    const names = outputs.map(output => `${output}/${name}`)
    made.forEach((value, at) => this.add('Identity', [value], { outputs: [names[at]!] }))
    const whole = writeModel({
      nodes: this.#nodes,
      constants: [],
      inputs: [],
      outputs: names.map(output => port(output, FLOAT, ['batch_size', 'heads', 'length', 'width'])),
      opsets: OPSETS,
      graphRest: [new MessageWriter().text(2, name).finish()],
      rest: [],
    })
    this.#nodes = around
    this.#waiting = undefined
    const graph = [...readFields(whole)].find(({ id }) => id === 7)!
    return { name, bytes: new MessageWriter().text(1, name).bytes(6, graph.data).varint(20, 5).finish() }
  }
}
