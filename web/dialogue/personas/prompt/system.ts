import type { Persona } from '#protocol/personas.ts'
import type { ToldLore } from './lore.ts'
import { expandMacros, type MacroValues } from './macros.ts'
import { spokenInstruction } from './spoken.ts'

/** For a persona that is described but not told what to do; also what `{{original}}` stands for. */
const USUAL_PROMPT =
  'You are {{char}}, in a spoken conversation with {{user}}. Stay {{char}} whatever is said, and never speak for {{user}}.'

type Place = 'before_desc' | 'after_desc' | 'personality' | 'scenario'

/** The system message: prompt, background and character, and at the end how to talk. */
export function systemText(
  persona: Persona,
  lore: readonly ToldLore[],
  values: MacroValues,
  withExamples: boolean,
): string {
  const expand = (text = '') => expandMacros(text, { ...values, original: expandMacros(USUAL_PROMPT, values) }).trim()
  const personality = expand(persona.personality)
  const scenario = expand(persona.scenario)
  const examples = withExamples
    ? expand(persona.examples)
        .replace(/<START>/gi, '')
        .trim()
    : ''
  // Without its section, a place is not there: the entry's own position counts.
  const missing = new Set<string>([...(personality ? [] : ['personality']), ...(scenario ? [] : ['scenario'])])
  const placeOf = ({ decorators, entry }: ToldLore): Place => {
    const named = decorators.get('position')
    if (named && !missing.has(named)) return named as Place
    return entry.position === 'after' ? 'after_desc' : 'before_desc'
  }
  const told = (place: Place) => lore.filter(entry => placeOf(entry) === place).map(({ content }) => content)
  const sections = [
    expand(persona.prompt || USUAL_PROMPT),
    ...told('before_desc'),
    expand(persona.description),
    ...told('after_desc'),
    personality && `${values.char}’s personality: ${personality}`,
    ...told('personality'),
    scenario && `The situation: ${scenario}`,
    ...told('scenario'),
    examples && `How ${values.char} talks, by example:\n${examples.replace(/\n{3,}/g, '\n\n')}`,
    persona.spoken === false ? '' : expand(spokenInstruction(persona.lang)),
  ]
  return sections.filter(Boolean).join('\n\n')
}
