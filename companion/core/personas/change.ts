import { parseCardJson } from '#dialogue/personas/card/parse.ts'
import { partsOf } from '#dialogue/personas/card/kind.ts'
import { MAX_CARD_JSON } from '#dialogue/personas/limits.ts'
import { SeamError } from '#protocol/errors.ts'
import type { Persona, PersonaDraft, PersonaPatch } from '#protocol/personas.ts'

/** UTF-16 units of a persona as JSON, its card included: what was read of a card stands beside it once more. */
export const MAX_PERSONA_JSON = 2 * MAX_CARD_JSON

/** What a persona must have. */
const REQUIRED: readonly (keyof PersonaDraft)[] = ['name', 'prompt', 'greeting', 'voice', 'speed', 'lang']

/** @throws SeamError bad-input, when it is too large, nests too deep, or its card is none */
export function checkPersona({ card, ...rest }: PersonaDraft): void {
  const size = checkedJson(rest).length + (card ? checkedJson(card).length : 0)
  if (size > MAX_PERSONA_JSON) {
    throw new SeamError(
      'bad-input',
      `The persona has ${size} characters; at most ${MAX_PERSONA_JSON} are kept. Nothing was changed; shorten its texts or its lorebook.`,
      { details: { size, limit: MAX_PERSONA_JSON } },
    )
  }
  if (card) partsOf(card)
}

/** `null` takes a field away. @throws SeamError bad-input */
export function patched(persona: Persona, patch: PersonaPatch): Persona {
  const changes = Object.entries(patch).filter(([, value]) => value !== undefined)
  const gone = changes.filter(([, value]) => value === null).map(([key]) => key)
  const needed = gone.find(key => (REQUIRED as readonly string[]).includes(key))
  if (needed) {
    throw new SeamError('bad-input', `“${needed}” can’t be taken away from a persona. It was left as it is.`)
  }
  const kept = Object.entries({ ...persona, ...Object.fromEntries(changes) }).filter(([key]) => !gone.includes(key))
  const next = { ...(Object.fromEntries(kept) as unknown as Persona), id: persona.id }
  checkPersona(next)
  return next
}

/** JSON that was looked through: what nests deep would grow without measure when it is written in lines. */
function checkedJson(value: object): string {
  let json: string
  try {
    json = JSON.stringify(value)
  } catch (cause) {
    throw new SeamError('bad-input', 'The persona nests deeper than any character does. Nothing was changed.', {
      cause,
    })
  }
  parseCardJson(json)
  return json
}
