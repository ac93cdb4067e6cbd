import { partnerOf } from '#dialogue/personas/partner.ts'
import type { Partner } from '#dialogue/types.ts'
import { SeamError } from '#protocol/errors.ts'
import type { Persona } from '#protocol/personas.ts'
import type { SessionWish } from '#protocol/sessions.ts'
import type { SpeechEngine, Voice } from '#protocol/speech.ts'
import { pluginOf } from '../contracts/routed-speech.ts'
import type { PersonaStore } from '../personas/store.ts'
import { parseVoice } from '../voice.ts'
import { modelName, modelOf, type ModelPlaces } from './model.ts'

export interface PartnerServices {
  readonly speech: SpeechEngine
  readonly languages: ModelPlaces
  readonly personas: Pick<PersonaStore, 'list' | 'open'>
}

/** What the persona calls somebody who does not say. */
const USER = 'User'

/** Who answers in a session. */
export interface SessionPartner {
  readonly persona: Persona
  readonly partner: Partner
  /** The name of the model that is asked for, if not the usual one. */
  readonly model: string | undefined
  readonly user: string
}

/** @throws SeamError not-found (persona, voice, model), bad-input */
export async function partnerFor(services: PartnerServices, wish: SessionWish): Promise<SessionPartner> {
  const { speech, languages, personas } = services
  const persona = await personas.open(wish.persona ?? (await firstOf(personas)))
  const model = wish.model ?? usable(persona.model, languages)
  if (model !== undefined) modelName(model, languages)
  const user = wish.user ?? USER
  return {
    persona,
    model,
    user,
    partner: {
      ...partnerOf(persona, modelOf(model, languages), speech, user),
      ...(wish.voice !== undefined && spokenBy(wish.voice, await speech.voices())),
    },
  }
}

async function firstOf(personas: Pick<PersonaStore, 'list'>): Promise<string> {
  const [first] = await personas.list()
  if (first) return first.id
  throw new SeamError('not-found', 'There is no persona any more. Bring one back with POST /personas, and try again.')
}

/** A voice, with the language that it speaks. @throws SeamError not-found, bad-input */
function spokenBy(name: string, voices: readonly Voice[]): Pick<Partner, 'voice' | 'lang'> {
  const voice = parseVoice(name, voices)
  // Says so when it is a mix that nobody can speak.
  pluginOf(voice)
  return { voice, lang: voices.find(({ id }) => id === voice[0]!.id)!.lang }
}

/** A persona may name a model that only a browser has. */
function usable(model: string | undefined, languages: PartnerServices['languages']): string | undefined {
  if (model === undefined) return undefined
  try {
    return modelName(model, languages) && model
  } catch {
    return undefined
  }
}
