import { join } from 'node:path'
import type { ContractOffers, WireValue } from '#protocol/contracts.ts'
import type { Voice } from '#protocol/speech.ts'
import { readJsonFile, writeJsonFile } from '../install/json-file.ts'
import type { OfferedMethod, Slot } from './types.ts'

/** Voices, languages and models of one plugin that are shown: whoever names more names rubbish. */
export const MOST_OFFERS = 5_000

/** What a plugin said when it was started last. */
export interface Known {
  /** Of which version and content. */
  readonly of: string
  readonly methods: readonly OfferedMethod[]
  readonly offers: ContractOffers
}

/** Asks a plugin that runs what it brings into the rooms. @throws SeamError */
export async function askOffers(slot: Pick<Slot, 'call'>, contract: string): Promise<ContractOffers> {
  switch (contract) {
    case 'tts':
      return { voices: entries(await slot.call('get_voices', {})).flatMap(voiceOf) }
    case 'stt':
      return { languages: entries(await slot.call('get_languages', {})).flatMap(languageOf) }
    case 'llm':
      return { models: entries(await slot.call('get_models', {})).flatMap(modelOf) }
    default:
      return {}
  }
}

type Entry = Readonly<Record<string, WireValue>>

const entries = (told: WireValue): readonly Entry[] =>
  Array.isArray(told) ? (told.slice(0, MOST_OFFERS) as readonly Entry[]) : []
const text = (value: WireValue | undefined, fallback = '') => (typeof value === 'string' ? value : fallback)

/** A voice whose id would be taken for a mix of several can't be chosen. */
function voiceOf({ id, name, language, gender }: Entry): Voice[] {
  const own = text(id)
  if (own === '' || /[:,]/.test(own)) return []
  const lang = text(language, 'en').toLowerCase().replaceAll('_', '-')
  return [{ id: own, name: text(name, own), lang, gender: genderOf(text(gender)) }]
}

function genderOf(told: string): Voice['gender'] {
  const first = told.trim().toLowerCase()[0]
  return first === 'f' ? 'female' : first === 'm' ? 'male' : 'neutral'
}

function languageOf({ id, code, name }: Entry): { readonly id: string; readonly name: string }[] {
  const own = text(id, text(code)).toLowerCase().replaceAll('_', '-')
  return own === '' ? [] : [{ id: own, name: text(name, own) }]
}

function modelOf({ id, name }: Entry): { readonly id: string; readonly name: string }[] {
  const own = text(id)
  return own === '' ? [] : [{ id: own, name: text(name, own) }]
}

/** What plugins said, on disk: after a start of the companion their voices are there before they are. */
export class OfferCache {
  readonly #folder: string

  constructor(cacheFolder: string) {
    // Not `contracts`: settings lie there, and some people keep both in one folder.
    this.#folder = join(cacheFolder, 'contract-offers')
  }

  /** @param of version and content that it must be of */
  read(name: string, of: string): Known | undefined {
    try {
      const known = readJsonFile(this.#file(name)) as Known | undefined
      return known?.of === of && Array.isArray(known.methods) && typeof known.offers === 'object' ? known : undefined
    } catch {
      // It is asked again.
      return undefined
    }
  }

  write(name: string, known: Known): void {
    try {
      writeJsonFile(this.#file(name), known)
    } catch {
      // The next start asks again.
    }
  }

  #file(name: string): string {
    return join(this.#folder, `${name}.json`)
  }
}
