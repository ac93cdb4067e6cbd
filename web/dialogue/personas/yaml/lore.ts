import type { LoreEntry, Lorebook } from '#protocol/personas.ts'
import { DEFAULT_LORE, EMPTY_LORE_ENTRY } from '../defaults.ts'
import { MAX_LORE_ENTRIES, MAX_LORE_KEY, MAX_LORE_KEYS, MAX_PERSONA_NAME, MAX_PERSONA_TEXT } from '../limits.ts'
import type { Place, YamlReader } from './nodes.ts'

const COUNT = { min: 0, max: 1_000_000 }
const ANY = { min: -Infinity, max: Infinity }

export function yamlLorebook(place: Place, yaml: YamlReader): Lorebook {
  const fields = yaml.fields(place, ['scanDepth', 'tokenBudget', 'recursive', 'entries'])
  const [depth, budget, recursive, entries] = ['scanDepth', 'tokenBudget', 'recursive', 'entries'].map(key =>
    fields.get(key),
  )
  return {
    entries: entries ? yaml.list(entries, MAX_LORE_ENTRIES).map(entry => yamlEntry(entry, yaml)) : [],
    scanDepth: depth ? Math.floor(yaml.number(depth, COUNT)) : DEFAULT_LORE.scanDepth,
    tokenBudget: budget ? Math.floor(yaml.number(budget, COUNT)) : DEFAULT_LORE.tokenBudget,
    recursive: recursive ? yaml.flag(recursive) : DEFAULT_LORE.recursive,
  }
}

const FLAGS = ['enabled', 'constant', 'exactCase', 'regex'] as const
const ENTRY_KEYS = ['name', 'keys', 'secondaryKeys', 'content', ...FLAGS, 'order', 'priority', 'position']

function yamlEntry(place: Place, yaml: YamlReader): LoreEntry {
  const fields = yaml.fields({ ...place, name: 'An entry' }, ENTRY_KEYS)
  const name = fields.get('name')
  const content = fields.get('content')
  const position = fields.get('position')
  const order = fields.get('order')
  const priority = fields.get('priority')
  const keys = (key: string) => {
    const list = fields.get(key)
    return list ? yaml.list(list, MAX_LORE_KEYS).map(each => yaml.text(each, MAX_LORE_KEY)) : []
  }
  const flag = (key: (typeof FLAGS)[number]) => {
    const at = fields.get(key)
    return at ? yaml.flag(at) : EMPTY_LORE_ENTRY[key]
  }
  const side = position ? yaml.text(position, MAX_PERSONA_NAME) : EMPTY_LORE_ENTRY.position
  if (position && side !== 'before' && side !== 'after') yaml.wrong(position, '“position” must be before or after.')
  const entry = {
    ...(name ? { name: yaml.text(name, MAX_PERSONA_NAME) } : {}),
    keys: keys('keys'),
    secondaryKeys: keys('secondaryKeys'),
    content: content ? yaml.text(content, MAX_PERSONA_TEXT) : '',
    ...(Object.fromEntries(FLAGS.map(key => [key, flag(key)])) as Pick<LoreEntry, (typeof FLAGS)[number]>),
    order: order ? yaml.number(order, ANY) : EMPTY_LORE_ENTRY.order,
    priority: priority ? yaml.number(priority, ANY) : EMPTY_LORE_ENTRY.priority,
    position: side === 'after' ? side : 'before',
  } satisfies LoreEntry
  if (!content) yaml.wrong(place, 'An entry needs “content”, which is what the model is told.')
  if (entry.keys.length === 0 && !entry.constant) yaml.wrong(place, 'An entry needs “keys”, or “constant: true”.')
  return entry
}
