import { isDeepStrictEqual } from 'node:util'
import { stringify } from 'smol-toml'
import { CrText } from '#protocol/cr-text.ts'
import { blockOf, writeCr } from '#protocol/cr-write.ts'
import { SeamError } from '#protocol/errors.ts'
import type { OptionValue } from '#protocol/plugins.ts'
import { parsePipeline, type Pipeline, type PipelineNode } from './cr.ts'

/** One change to a pipeline. Nodes are named by their ids; places count from 0. */
export type CrEdit =
  | { readonly kind: 'head'; readonly key: 'name' | 'version' | 'description'; readonly value: string }
  /** `undefined` takes the option away, so that its default holds. */
  | { readonly kind: 'option'; readonly node: string; readonly option: string; readonly value: OptionValue | undefined }
  | { readonly kind: 'add'; readonly node: PipelineNode; readonly to: number }
  | { readonly kind: 'remove'; readonly node: string }
  | { readonly kind: 'move'; readonly node: string; readonly to: number }

/** A pipeline as the text of a `.cr` file. @throws SeamError bad-input, when its options are nothing that TOML has */
export function formatCr(pipeline: Pipeline): string {
  const { name } = pipeline
  try {
    const text = writeCr(pipeline)
    if (isSame(parsePipeline(text, name), pipeline)) return text
  } catch (error) {
    if (error instanceof SeamError) throw error
  }
  throw new SeamError('bad-input', `The pipeline “${name}” has options that a .cr file can’t hold.`)
}

/**
 * Makes changes in the text of a `.cr` file and leaves everything else as it is: comments, order, white space. The
 * outcome is read again and must be what was meant.
 * @param where names the file in messages
 * @throws SeamError bad-input (the text, or a change that makes no sense), not-found (no such node), unsupported (it is
 * written in a way that can’t be changed in its place)
 */
export function editCr(text: string, edits: readonly CrEdit[], where: string): string {
  let now = text
  let meant = parsePipeline(text, where)
  for (const edit of edits) {
    meant = applyEdit(meant, edit, where)
    let after: string
    try {
      after = rewritten(now, edit, meant)
      if (isSame(parsePipeline(after, where), meant)) {
        now = after
        continue
      }
    } catch (error) {
      // A pipeline that the rules forbid, such as one without nodes: that is the message, not the way of writing.
      checkMeant(meant, where)
      if (!(error instanceof SeamError)) throw error
    }
    throw new SeamError(
      'unsupported',
      `${where} is written in a way that can’t be changed without rewriting the rest, and was left as it is. Change it by hand: ${inWords(edit)}.`,
    )
  }
  return now
}

/** Compares values; a parser's tables have no prototype, and clones are all alike. */
const isSame = (a: Pipeline, b: Pipeline) => isDeepStrictEqual(structuredClone(a), structuredClone(b))

/** @throws SeamError bad-input */
function checkMeant(meant: Pipeline, where: string): void {
  parsePipeline(stringify({ ...meant, nodes: [...meant.nodes] }), where)
}

/** What the pipeline should be after an edit. @throws SeamError not-found */
export function applyEdit(pipeline: Pipeline, edit: CrEdit, where: string): Pipeline {
  const nodes = [...pipeline.nodes]
  if (edit.kind === 'head') return { ...pipeline, [edit.key]: edit.value }
  if (edit.kind === 'add') return { ...pipeline, nodes: nodes.toSpliced(edit.to, 0, edit.node) }
  const at = nodes.findIndex(({ id }) => id === edit.node)
  const node = nodes[at]
  if (!node) throw new SeamError('not-found', `${where} has no node “${edit.node}”.`)
  if (edit.kind === 'remove') return { ...pipeline, nodes: nodes.toSpliced(at, 1) }
  if (edit.kind === 'move') return { ...pipeline, nodes: nodes.toSpliced(at, 1).toSpliced(edit.to, 0, node) }
  const { [edit.option]: _, ...others } = node.options
  const options = edit.value === undefined ? others : { ...node.options, [edit.option]: edit.value }
  return { ...pipeline, nodes: nodes.with(at, { ...node, options }) }
}

/** @param meant the pipeline after the edit: it says where things go */
function rewritten(text: string, edit: CrEdit, meant: Pipeline): string {
  const file = new CrText(text)
  switch (edit.kind) {
    case 'head':
      return file.withHead(edit.key, edit.value)
    case 'option':
      return file.withOption(file.nodeAt(edit.node), edit.option, edit.value)
    case 'add':
      return file.withBlock(blockOf(edit.node), meant.nodes.indexOf(edit.node))
    case 'remove':
      return file.withoutNode(file.nodeAt(edit.node))
    case 'move': {
      const to = meant.nodes.findIndex(({ id }) => id === edit.node)
      return file.withMoved(file.nodeAt(edit.node), to)
    }
  }
}

function inWords(edit: CrEdit): string {
  switch (edit.kind) {
    case 'head':
      return `set “${edit.key}” to ${JSON.stringify(edit.value)}`
    case 'option':
      return edit.value === undefined
        ? `take the option “${edit.option}” away from the node “${edit.node}”`
        : `set the option “${edit.option}” of the node “${edit.node}” to ${JSON.stringify(edit.value)}`
    case 'add':
      return `add the node “${edit.node.id}” (${edit.node.plugin})`
    case 'remove':
      return `take the node “${edit.node}” away`
    case 'move':
      return `move the node “${edit.node}” to place ${edit.to + 1}`
  }
}
