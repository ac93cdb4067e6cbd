import { FlatBuffer, Front } from './flatbuffer.ts'

// Fields of the tables of ONNX Runtime's format, by number. `references` are those that point elsewhere.
// https://github.com/microsoft/onnxruntime/blob/main/onnxruntime/core/flatbuffers/schema/ort.fbs
const SESSION = { references: [0, 1, 2, 3], model: 1 } as const
const MODEL = { references: [1, 2, 3, 4, 6, 7, 8, 9], graph: 7 } as const
const GRAPH = { references: [0, 1, 2, 4, 5, 6, 7, 8], values: 1, nodes: 2, outputs: 6 } as const
const NODE = { references: [0, 1, 2, 5, 7, 8, 9, 10, 11, 12], type: 5, outputs: 9, attributes: 10 } as const
const ATTRIBUTE = { references: [0, 1, 5, 6, 7, 8, 9, 10, 11, 12], graph: 7 } as const
const VALUE = { name: 0 } as const

/**
 * A model in ONNX Runtime's format whose graph is one `If`, with values from inside of both branches as further outputs,
 * under their own names. Weights and nodes stay as they are.
 *
 * @throws RangeError when the file is built otherwise
 */
export function exposeInBranches(file: Uint8Array, names: readonly string[]): Uint8Array<ArrayBuffer> {
  const source = new FlatBuffer(file)
  const front = new Front(source)
  const session = source.root
  const model = there(source.child(session, SESSION.model), 'model')
  const graph = there(source.child(model, MODEL.graph), 'graph')
  const nodes = source.children(graph, GRAPH.nodes)
  const named = (table: number, field: number) => source.text(there(source.child(table, field), 'name'))
  const branching = there(
    nodes.find(node => named(node, NODE.type) === 'If'),
    'If',
  )

  /** What is known of each value, in one of the branches. */
  let values: readonly number[] = []
  const withOutputs = (inside: number) => {
    const known = new Map(source.children(inside, GRAPH.values).map(value => [named(value, VALUE.name), value]))
    values = names.map(name => there(known.get(name), name))
    return front.table(inside, GRAPH.references, new Map([[GRAPH.outputs, outputs(inside, GRAPH.outputs)]]))
  }
  const strings = () => values.map(value => there(source.child(value, VALUE.name), 'name'))
  const outputs = (table: number, field: number) => front.vector([...source.children(table, field), ...strings()])

  const attributes = source.children(branching, NODE.attributes).map(attribute => {
    const inside = source.child(attribute, ATTRIBUTE.graph)
    if (inside === undefined) return attribute
    return front.table(attribute, ATTRIBUTE.references, new Map([[ATTRIBUTE.graph, withOutputs(inside)]]))
  })
  const branchingThen = front.table(
    branching,
    NODE.references,
    new Map([
      [NODE.attributes, front.vector(attributes)],
      [NODE.outputs, outputs(branching, NODE.outputs)],
    ]),
  )
  const graphThen = front.table(
    graph,
    GRAPH.references,
    new Map([
      [GRAPH.values, front.vector([...source.children(graph, GRAPH.values), ...values])],
      [GRAPH.nodes, front.vector(nodes.map(node => (node === branching ? branchingThen : node)))],
      [GRAPH.outputs, outputs(graph, GRAPH.outputs)],
    ]),
  )
  const modelThen = front.table(model, MODEL.references, new Map([[MODEL.graph, graphThen]]))
  return front.finish(front.table(session, SESSION.references, new Map([[SESSION.model, modelThen]])))
}

function there(found: number | undefined, what: string): number {
  if (found === undefined) throw new RangeError(`The model holds no “${what}”.`)
  return found
}
