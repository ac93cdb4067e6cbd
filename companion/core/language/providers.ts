import { join } from 'node:path'
import { readBase } from '#engine/language/address.ts'
import { dialectOf } from '#engine/language/presets.ts'
import { createServerModel } from '#engine/language/server-model.ts'
import { SeamError, toSeamError } from '#protocol/errors.ts'
import {
  providerModelInfo,
  type LanguageModel,
  type LanguageProvider,
  type LanguageProviderDraft,
} from '#protocol/language.ts'
import { guardedFetch } from './guarded-fetch.ts'
import { readProviders, writeProviders, type KeptProvider } from './provider-file.ts'

/** Providers that may be kept at a time. */
export const MOST_PROVIDERS = 50
/** Milliseconds for which a provider that was removed can be brought back, with its key. */
export const UNDO_LIFE = 10 * 60_000

interface Removed {
  readonly provider: KeptProvider
  readonly place: number
  readonly at: number
}

/**
 * Servers of language models that the user named, with their keys: the file `language.json` of the state folder, which
 * this account alone can read. A key leaves it only in a request to its own provider.
 */
export class LanguageProviders {
  readonly #file: string
  readonly #warn: (message: string) => void
  readonly #now: () => number
  readonly #removed = new Map<string, Removed>()
  #all: readonly KeptProvider[] = []

  /** @param warn is told of what went wrong beside a request: a damaged file, a record that was passed over */
  constructor(stateFolder: string, warn: (message: string) => void = () => {}, now: () => number = Date.now) {
    this.#file = join(stateFolder, 'language.json')
    this.#warn = warn
    this.#now = now
    try {
      this.#all = readProviders(this.#file)
    } catch (error) {
      const { message } = toSeamError(error)
      warn(`${message} No language model is known until you add one anew, which replaces the file.`)
    }
  }

  list(): LanguageProvider[] {
    return this.#all.map(shown)
  }

  /** @throws SeamError not-found */
  get(id: string): LanguageProvider {
    return shown(this.#find(id))
  }

  /** Keeps a provider, in place of the one of this id. @throws SeamError bad-input, refused, conflict, quota */
  put(id: string, { preset, name, base, model, key }: LanguageProviderDraft): LanguageProvider {
    const before = this.#all.find(each => each.id === id)
    if (!before && this.#all.length >= MOST_PROVIDERS) {
      throw new SeamError(
        'conflict',
        `${MOST_PROVIDERS} servers are kept already, and no more can be. Remove one first.`,
      )
    }
    const address = readBase(base, preset)
    // A key that was given for one server is not handed to another, whoever changed the address.
    const kept = key ?? (before?.base === address ? before.key : undefined)
    if (kept) readBase(address, preset, true)
    const next: KeptProvider = { id, preset, name, base: address, model, ...(kept ? { key: kept } : {}) }
    this.#replace(before ? this.#all.map(each => (each === before ? next : each)) : [...this.#all, next])
    return shown(next)
  }

  /** Forgets a provider; for a while, `restore` brings it back. @throws SeamError not-found, quota, refused */
  remove(id: string): void {
    const provider = this.#find(id)
    const place = this.#all.indexOf(provider)
    this.#replace(this.#all.filter(each => each !== provider))
    this.#forgetOld()
    this.#removed.set(id, { provider, place, at: this.#now() })
  }

  /** @throws SeamError not-found, conflict, quota, refused */
  restore(id: string): LanguageProvider {
    this.#forgetOld()
    const removed = this.#removed.get(id)
    if (!removed) {
      throw new SeamError('not-found', `Nothing of the name “${id}” was removed in the last ten minutes. Add it anew.`)
    }
    if (this.#all.some(each => each.id === id) || this.#all.length >= MOST_PROVIDERS) {
      throw new SeamError('conflict', `There is no place for “${id}” any more: another server has taken it.`)
    }
    this.#replace(this.#all.toSpliced(removed.place, 0, removed.provider))
    this.#removed.delete(id)
    return shown(removed.provider)
  }

  /** A model of a provider: its own, or another of the same server. @throws SeamError not-found */
  open(id: string, other?: string): LanguageModel {
    const provider = this.#find(id)
    const { preset, name, base, key } = provider
    const model = other ?? provider.model
    return createServerModel({
      info: providerModelInfo(provider, model),
      server: { name, base, fetch: guardedFetch(base), warn: this.#warn, ...(key ? { key } : {}) },
      dialect: dialectOf(preset),
      model,
    })
  }

  #find(id: string): KeptProvider {
    const found = this.#all.find(each => each.id === id)
    if (found) return found
    throw new SeamError(
      'not-found',
      `There is no server of language models “${id}”. Add it at Settings, Language models.`,
    )
  }

  #forgetOld(): void {
    for (const [id, { at }] of this.#removed) if (this.#now() - at >= UNDO_LIFE) this.#removed.delete(id)
  }

  /** The disk first: nobody is told of a change that a crash would undo. */
  #replace(all: readonly KeptProvider[]): void {
    writeProviders(this.#file, all)
    this.#all = all
  }
}

function shown({ key, ...provider }: KeptProvider): LanguageProvider {
  return { ...provider, hasKey: key !== undefined }
}
