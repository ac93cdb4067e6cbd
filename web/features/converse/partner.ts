import { promptFor } from '#dialogue/personas/prompt/prompt.ts'
import type { Partner } from '#dialogue/types.ts'
import type { LanguageModel } from '#protocol/language.ts'
import type { Persona } from '#protocol/personas.ts'
import type { SpeechEngine } from '#protocol/speech.ts'

/** A persona that answers with a model and speaks with an engine. @param user what it calls the user */
export function partnerOf(persona: Persona, model: LanguageModel, speech: SpeechEngine, user: string): Partner {
  const { voice, speed, lang, temperature } = persona
  return {
    model,
    speech,
    voice,
    speed,
    lang,
    ...(temperature !== undefined && { temperature }),
    prompt: history => promptFor(persona, history, { user }),
  }
}
