import { Document, visit } from 'yaml'
import { EMPTY_LORE_ENTRY } from '#dialogue/personas/defaults.ts'
import { MAX_YAML } from '#dialogue/personas/limits.ts'
import { SeamError } from '#protocol/errors.ts'
import type { LoreEntry, Lorebook, Persona } from '#protocol/personas.ts'

/**
 * A persona as somebody would write it by hand, and as `readYaml` reads it. Its card stays behind, and so do entries
 * without a key, which no such file may have. @throws SeamError bad-input, when it would be longer than files that are read
 */
export function personaToYaml(persona: Persona): string {
  const { name, nickname, prompt, description, personality, scenario, examples, postHistory } = persona
  const { greeting, otherGreetings, voice, speed, lang, model, temperature, spoken, lorebook } = persona
  const [first] = voice
  const written = {
    ...{ name, nickname, prompt, description, personality, scenario, examples, postHistory },
    ...{ greeting, otherGreetings },
    voice: voice.length === 1 ? first!.id : Object.fromEntries(voice.map(({ id, weight }) => [id, weight])),
    ...{ speed, lang, model, temperature, spoken },
    ...(lorebook && { lorebook: writtenBook(lorebook) }),
  }
  const text = writtenYaml(written)
  if (text.length <= MAX_YAML) return text
  throw new SeamError(
    'bad-input',
    `“${name}” has ${text.length} characters as YAML; at most ${MAX_YAML} are read again. Nothing was written; export it as json, png or charx.`,
    { details: { characters: text.length, limit: MAX_YAML } },
  )
}

/** What no YAML file may hold as it is (YAML 1.2.2, 5.1), and what is not seen. */
const UNPRINTABLE = /[\x7f-\x84\x86-\x9f\ufeff\ufffe\uffff]/

function writtenYaml(value: object): string {
  // Shared lists are written out, since aliases are not read.
  const document = new Document(value, { aliasDuplicateObjects: false })
  visit(document, {
    Scalar: (_key, node) => {
      if (typeof node.value === 'string' && UNPRINTABLE.test(node.value)) node.type = 'QUOTE_DOUBLE'
    },
  })
  // Lines are not broken where the text has none.
  const text = document.toString({ lineWidth: 0 })
  const escaped = (character: string) => `\\u${character.charCodeAt(0).toString(16).padStart(4, '0')}`
  return text.replace(new RegExp(UNPRINTABLE, 'g'), escaped)
}

const writtenBook = ({ scanDepth, tokenBudget, recursive, entries }: Lorebook) => ({
  scanDepth,
  tokenBudget,
  recursive,
  entries: entries.filter(({ keys, constant }) => keys.length > 0 || constant).map(writtenEntry),
})

/** What is as usual need not be said. */
function writtenEntry(entry: LoreEntry): object {
  const { name, keys, secondaryKeys, content } = entry
  const { enabled, constant, exactCase, regex, order, priority, position } = entry
  const usual = Object.entries({ enabled, constant, exactCase, regex, order, priority, position }).filter(
    ([key, value]) => value !== EMPTY_LORE_ENTRY[key as keyof LoreEntry],
  )
  return {
    name,
    ...(keys.length > 0 && { keys }),
    ...(secondaryKeys.length > 0 && { secondaryKeys }),
    content,
    ...Object.fromEntries(usual),
  }
}
