import { newAttribute, tensorOf, type AttributeValue, type Model, type Node } from './model.ts'
import { newTensor, scalarOf, type Tensor, type TensorData } from './tensor.ts'

/** Operators of ONNX Runtime's own set. */
export const MICROSOFT = 'com.microsoft'

export interface NewNode {
  readonly op: string
  readonly inputs: readonly string[]
  /** Left out: one output with a fresh name. */
  readonly outputs?: readonly string[]
  readonly attributes?: Readonly<Record<string, AttributeValue>>
  readonly domain?: string
  /** Where the names of the node and its output come from. */
  readonly hint?: string
}

/** A model's graph with the links that rewriting needs: who makes a tensor, who reads it, which tensors are constant. */
export class GraphEdit {
  private readonly nodes = new Set<Node>()
  private readonly makers = new Map<string, Node>()
  private readonly readers = new Map<string, Set<Node>>()
  private readonly constants = new Map<string, Tensor>()
  private readonly names = new Set<string>()
  private readonly shared = new Map<string, string>()
  readonly model: Model

  constructor(model: Model) {
    this.model = model
    for (const port of model.inputs) this.names.add(port.name)
    for (const tensor of model.constants) this.keepConstant(tensor)
    for (const node of model.nodes) {
      const value = node.op === 'Constant' ? tensorOf(node, 'value') : undefined
      const name = node.outputs[0]
      if (value !== undefined && name !== undefined) this.keepConstant({ ...value, name })
      else this.insert(node)
    }
  }

  private keepConstant(tensor: Tensor): void {
    this.constants.set(tensor.name, tensor)
    this.names.add(tensor.name)
  }

  private insert(node: Node): void {
    this.nodes.add(node)
    for (const name of node.outputs) {
      this.makers.set(name, node)
      this.names.add(name)
    }
    for (const name of [...node.inputs, ...node.captures]) {
      const readers = this.readers.get(name)
      if (readers) readers.add(node)
      else this.readers.set(name, new Set([node]))
    }
  }

  /** The nodes with this operator, in file order; a copy, so that the caller may edit while walking. */
  all(op: string): Node[] {
    return [...this.nodes].filter(node => node.op === op)
  }

  /** The node that makes this tensor. */
  maker(name: string | undefined): Node | undefined {
    return name === undefined ? undefined : this.makers.get(name)
  }

  /** The node that makes this tensor, when it is this operator. */
  madeBy(name: string | undefined, op: string): Node | undefined {
    const node = this.maker(name)
    return node?.op === op ? node : undefined
  }

  readersOf(name: string | undefined): Node[] {
    return name === undefined ? [] : [...(this.readers.get(name) ?? [])]
  }

  /** The only node that reads this tensor, when there is just one and the tensor is no graph output. */
  onlyReader(name: string | undefined): Node | undefined {
    const readers = this.readersOf(name)
    return readers.length === 1 && !this.model.outputs.some(port => port.name === name) ? readers[0] : undefined
  }

  constant(name: string | undefined): Tensor | undefined {
    return name === undefined ? undefined : this.constants.get(name)
  }

  scalar(name: string | undefined): number | undefined {
    return scalarOf(this.constant(name))
  }

  /** Adds a node and returns the name of its first output. */
  add(node: NewNode): string {
    const hint = node.hint ?? node.outputs?.[0] ?? node.op
    const outputs = node.outputs ?? [this.freshName(hint)]
    const attributes = Object.entries(node.attributes ?? {}).map(([name, value]) => newAttribute(name, value))
    this.insert({
      name: outputs[0] ?? hint,
      op: node.op,
      domain: node.domain ?? '',
      inputs: node.inputs,
      outputs,
      attributes,
      captures: [],
      rest: [],
    })
    return outputs[0] ?? ''
  }

  remove(...nodes: readonly Node[]): void {
    for (const node of nodes) {
      this.nodes.delete(node)
      for (const name of node.outputs) if (this.makers.get(name) === node) this.makers.delete(name)
      for (const name of [...node.inputs, ...node.captures]) this.readers.get(name)?.delete(node)
    }
  }

  /** Puts a node in place of another, keeping names, attributes and whatever is not given. */
  replace(node: Node, change: Partial<Pick<Node, 'op' | 'domain' | 'inputs' | 'outputs'>>): void {
    this.remove(node)
    this.insert({ ...node, ...change })
  }

  /** Adds a constant and returns its name. */
  addConstant(hint: string, type: number, dims: readonly number[], data: TensorData): string {
    const name = this.freshName(hint)
    this.keepConstant(newTensor(name, type, dims, data))
    return name
  }

  /** A constant that many rewrites use, added once. */
  shareConstant(key: string, type: number, dims: readonly number[], data: TensorData): string {
    return this.share(key, () => this.addConstant(key, type, dims, data))
  }

  /** What `make` returned the first time it was called for this key. */
  share(key: string, make: () => string): string {
    const known = this.shared.get(key)
    if (known !== undefined) return known
    const name = make()
    this.shared.set(key, name)
    return name
  }

  /** The same elements under another shape. */
  reshapedConstant(tensor: Tensor, hint: string, dims: readonly number[]): string {
    const name = this.freshName(hint)
    this.keepConstant({ ...tensor, name, dims })
    return name
  }

  freshName(hint: string): string {
    let name = hint
    for (let count = 1; this.names.has(name); count++) name = `${hint}~${count}`
    this.names.add(name)
    return name
  }

  /** The model as edited: unused nodes and constants gone, nodes ordered so that each follows what it reads. */
  finish(): Model {
    const needed = new Set<Node>()
    const ordered: Node[] = []
    const usedConstants = new Set<string>()
    const visit = (name: string) => {
      // A stack instead of recursion: the graph is thousands of nodes deep.
      const stack: { node: Node; next: number }[] = []
      const enter = (tensor: string) => {
        const node = this.makers.get(tensor)
        if (node === undefined) usedConstants.add(tensor)
        else if (!needed.has(node)) {
          needed.add(node)
          stack.push({ node, next: 0 })
        }
      }
      enter(name)
      for (let top = stack.at(-1); top !== undefined; top = stack.at(-1)) {
        const input = top.node.inputs[top.next] ?? top.node.captures[top.next - top.node.inputs.length]
        top.next++
        if (input !== undefined) enter(input)
        else {
          ordered.push(top.node)
          stack.pop()
        }
      }
    }
    for (const port of this.model.outputs) visit(port.name)
    const constants = [...this.constants.values()].filter(tensor => usedConstants.has(tensor.name))
    const opsets = new Map(this.model.opsets)
    if (ordered.some(node => node.domain === MICROSOFT) && !opsets.has(MICROSOFT)) opsets.set(MICROSOFT, 1)
    return { ...this.model, nodes: ordered, constants, opsets }
  }
}
