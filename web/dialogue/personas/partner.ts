import type { LanguageModel } from '#protocol/language.ts'
import type { Persona } from '#protocol/personas.ts'
import type { SpeechEngine } from '#protocol/speech.ts'
import type { Partner } from '../types.ts'
import { promptFor } from './prompt/prompt.ts'

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
