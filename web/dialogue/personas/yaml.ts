import { isAlias, isMap, isSeq, LineCounter, parseDocument, visit, type ParsedNode } from 'yaml'
import { SeamError } from '#protocol/errors.ts'
import type { Persona } from '#protocol/personas.ts'
import type { VoiceBlend } from '#protocol/speech.ts'
import { DEFAULT_SPEECH } from './defaults.ts'
import {
  MAX_GREETINGS,
  MAX_PERSONA_NAME,
  MAX_PERSONA_TEXT,
  MAX_VOICES,
  MAX_YAML,
  MAX_YAML_PERSONAS,
  SPEED_RANGE,
  TEMPERATURE_RANGE,
} from './limits.ts'
import { yamlLorebook } from './yaml/lore.ts'
import { yamlReader, type Place, type YamlReader } from './yaml/nodes.ts'

const TEXTS = ['description', 'personality', 'scenario', 'examples', 'postHistory'] as const
const KEYS = [
  ...['name', 'nickname', 'prompt', ...TEXTS, 'greeting', 'otherGreetings'],
  ...['voice', 'speed', 'lang', 'model', 'temperature', 'spoken', 'lorebook'],
]
/** Lines with mistakes that one refusal names. */
export const MOST_NAMED = 8

/**
 * Personas written by hand: one, or several under `personas`. Keys are those of `Persona`; `voice` is a voice's id, or
 * ids with their weights. `name` and `prompt` (or `description`) must be there. See docs/personas.md.
 * @throws SeamError bad-input with the lines of all mistakes; nothing is taken from a file that has one
 */
export function readYaml(text: string): Persona[] {
  if (text.length > MAX_YAML) {
    throw refusal(`it has ${text.length} characters; at most ${MAX_YAML} are read`)
  }
  const lines = new LineCounter()
  const mistakes = new Map<string, number>()
  const wrong = ({ line }: { readonly line: number }, sentence: string) =>
    void mistakes.set(`Line ${line}: ${sentence}`, line)
  const root = parse(text, lines, wrong)
  const yaml = yamlReader(lines, wrong)
  const found = mistakes.size > 0 ? [] : personasIn(root, yaml).map(place => persona(place, yaml))
  if (mistakes.size === 0) return found
  const sorted = [...mistakes].sort(([, a], [, b]) => a - b).map(([sentence]) => sentence)
  const more = sorted.length - MOST_NAMED
  throw refusal([...sorted.slice(0, MOST_NAMED), ...(more > 0 ? [`and ${more} more.`] : [])].join(' '))
}

function parse(text: string, lines: LineCounter, wrong: YamlReader['wrong']): ParsedNode | null {
  try {
    const document = parseDocument(text, { lineCounter: lines, prettyErrors: false, stringKeys: true })
    for (const { code, pos, message } of [...document.errors, ...document.warnings]) {
      if (code === 'RESOURCE_EXHAUSTION') throw tooDeep(message)
      wrong(lines.linePos(pos[0]), `${message.replace(/\.?$/, '.')}`)
    }
    // An alias repeats what it names, which may hold aliases: short files would become endless ones.
    visit(document, (_key, node) => {
      if (isAlias(node)) wrong(lines.linePos(node.range?.[0] ?? 0), 'Aliases (*) are not taken; write the text out.')
    })
    return document.contents
  } catch (cause) {
    if (cause instanceof SeamError) throw cause
    // The parser goes down into nested lists by calling itself.
    throw tooDeep(cause)
  }
}

function personasIn(root: ParsedNode | null, yaml: YamlReader): readonly Place[] {
  if (!isMap(root)) {
    throw new SeamError(
      'bad-input',
      'This file holds neither a character card nor a persona written as lines of “key: value”. Nothing was imported.',
    )
  }
  const whole: Place = { node: root, name: 'The file', line: 1 }
  if (!root.has('personas')) return [{ ...whole, name: 'A persona' }]
  const list = yaml.fields(whole, ['personas']).get('personas')!
  if (!isSeq(list.node) || list.node.items.length === 0) {
    yaml.wrong(list, '“personas” must be a list with at least one persona.')
    return []
  }
  return yaml.list(list, MAX_YAML_PERSONAS).map(place => ({ ...place, name: 'A persona' }))
}

function persona(place: Place, yaml: YamlReader): Persona {
  const fields = yaml.fields(place, KEYS)
  const optional = <Value>(key: string, read: (at: Place) => Value): Record<string, Value> => {
    const at = fields.get(key)
    return at ? { [key]: read(at) } : {}
  }
  const text = (at: Place) => yaml.text(at, MAX_PERSONA_TEXT)
  const short = (at: Place) => yaml.text(at, MAX_PERSONA_NAME)
  const name = fields.get('name')
  if (!name) yaml.wrong(place, 'A persona needs a “name”.')
  if (!fields.has('prompt') && !fields.has('description')) {
    yaml.wrong(place, 'A persona needs a “prompt”: what the model is told about it.')
  }
  const title = name ? short(name).trim() : ''
  if (name && !title) yaml.wrong(name, '“name” must not be empty.')
  return {
    id: crypto.randomUUID(),
    name: title,
    prompt: '',
    greeting: '',
    ...DEFAULT_SPEECH,
    ...optional('nickname', short),
    ...Object.assign({}, ...['prompt', ...TEXTS, 'greeting'].map(key => optional(key, text))),
    ...optional('otherGreetings', at => yaml.list(at, MAX_GREETINGS).map(text)),
    ...optional('voice', at => voice(at, yaml)),
    ...optional('speed', at => yaml.number(at, SPEED_RANGE)),
    ...optional('lang', at => short(at).toLowerCase()),
    ...optional('model', short),
    ...optional('temperature', at => yaml.number(at, TEMPERATURE_RANGE)),
    ...optional('spoken', at => yaml.flag(at)),
    ...optional('lorebook', at => yamlLorebook(at, yaml)),
  }
}

function voice(place: Place, yaml: YamlReader): VoiceBlend {
  const { node } = place
  if (!isMap(node)) return [{ id: yaml.text(place, MAX_PERSONA_NAME), weight: 1 }]
  const ids = node.items.map(({ key }) => String(key)).slice(0, MAX_VOICES)
  if (node.items.length === 0 || node.items.length > MAX_VOICES) {
    yaml.wrong(place, `“voice” must name from 1 to ${MAX_VOICES} voices.`)
  }
  return [...yaml.fields(place, ids)].map(([id, at]) => {
    const weight = yaml.number(at, { min: 0, max: 1_000 })
    if (weight === 0) yaml.wrong(at, 'A weight must be above 0.')
    return { id, weight }
  })
}

const tooDeep = (cause: unknown) => refusal('it nests too deep', cause)

function refusal(why: string, cause?: unknown): SeamError {
  return new SeamError('bad-input', `This YAML file can’t be used: ${why.replace(/\.$/, '')}. Nothing was imported.`, {
    cause,
  })
}
