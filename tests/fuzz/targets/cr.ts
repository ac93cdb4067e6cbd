import { updateCr } from '#protocol/cr-write.ts'
import { SeamError } from '#protocol/errors.ts'
import { applyEdit, editCr, formatCr, type CrEdit } from '../../../companion/core/pipelines/cr-edit.ts'
import { parsePipeline, type Pipeline } from '../../../companion/core/pipelines/cr.ts'
import { judged, must, same } from '../judge.ts'

// Input: the text of a .cr file.

const isRefusal =
  (...codes: string[]) =>
  (error: Error) =>
    error instanceof SeamError && codes.includes(error.code)

const never = () => false

/** One edit of each kind, at places that the pipeline itself gives. */
function editsOf({ name, nodes }: Pipeline): CrEdit[] {
  const first = nodes[0]!
  const last = nodes.at(-1)!
  const option = Object.keys(last.options)[0] ?? 'voice'
  return [
    { kind: 'head', key: 'description', value: `“${name}”` },
    { kind: 'option', node: first.id, option: 'a b', value: 'x # "y"' },
    { kind: 'option', node: last.id, option, value: 1.5 },
    { kind: 'option', node: last.id, option, value: undefined },
    { kind: 'add', node: { id: 'fuzz', plugin: 'copy', options: {} }, to: nodes.length >> 1 },
    { kind: 'remove', node: first.id },
    { kind: 'move', node: last.id, to: 0 },
  ]
}

export function fuzz(data: Buffer): void {
  const text = data.toString('utf8')
  const pipeline = judged(() => parsePipeline(text, 'It'), isRefusal('bad-input'))
  if (!pipeline) return
  const written = judged(() => formatCr(pipeline), never)
  must(written !== undefined, 'It can be read, and not written.')
  const again = parsePipeline(written, 'It')
  same('Written and read', again, pipeline)
  must(formatCr(again) === written, 'Written twice, it is written otherwise.')

  for (const edit of editsOf(pipeline)) {
    const edited = judged(() => editCr(text, [edit], 'It'), isRefusal('bad-input', 'unsupported', 'not-found'))
    if (edited === undefined) continue
    const meant = applyEdit(pipeline, edit, 'It')
    same(`After ${edit.kind}`, parsePipeline(edited, 'It'), meant)
    const updated = judged(() => updateCr(text, meant), never)
    if (updated !== undefined) same(`Brought up to ${edit.kind}`, parsePipeline(updated, 'It'), meant)
  }
}

export const dictionary = [
  ...['name', 'version', 'description', 'nodes', 'id', 'plugin', 'options', '__proto__', 'constructor'],
  ...[
    '[[nodes]]\n',
    '[nodes.options]\n',
    '"""',
    "'''",
    ' = ',
    '{ ',
    ' }',
    '[',
    ']',
    ', ',
    '# ',
    '\r\n',
    '.',
    '\\u00e9',
  ],
  ...['true', 'nan', '-inf', '-0.0', '1e400', '0x1f', '1979-05-27', '07:32:00', '"a"', "'a'", '9007199254740993'],
]
