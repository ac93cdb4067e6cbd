import { join } from 'node:path'
import { SeamError } from '#protocol/errors.ts'
import { nearest } from '../nearest.ts'
import { readJsonFile, writeJsonFile } from './json-file.ts'
import { readPublicKey } from './signature.ts'

/** Keys that the user trusts: name → 32 bytes in base64. */
type Keys = Readonly<Record<string, string>>

/** The file `trusted-keys.json` of the configuration folder. */
export class TrustedKeys {
  readonly #file: string

  constructor(configFolder: string) {
    this.#file = join(configFolder, 'trusted-keys.json')
  }

  /** @throws SeamError integrity, refused */
  all(): Keys {
    const data = readJsonFile(this.#file) ?? {}
    const isWhole =
      typeof data === 'object' && !Array.isArray(data) && Object.values(data).every(key => typeof key === 'string')
    if (!isWhole) throw damaged(this.#file)
    return data as Keys
  }

  /** @throws SeamError not-found, bad-input, integrity */
  find(name: string): string {
    const keys = this.all()
    const key = Object.hasOwn(keys, name) ? keys[name] : undefined
    if (key !== undefined) return readPublicKey(key)
    const meant = nearest(name, Object.keys(keys))
    throw new SeamError(
      'not-found',
      `There is no trusted key “${name.slice(0, 64)}”. ${meant ? `Did you mean “${meant}”?` : 'Add it with: voxloom plugins trust NAME KEY'}`,
    )
  }

  /** A name keeps its key: another one must be a decision of its own. @throws SeamError bad-input, conflict */
  add(name: string, text: string): string {
    if (!/^[A-Za-z0-9][A-Za-z0-9._@-]{0,63}$/.test(name)) {
      throw new SeamError(
        'bad-input',
        `“${name.slice(0, 64)}” is no name for a key: 1 to 64 letters, digits and “. _ @ -” are allowed, first a letter or digit.`,
      )
    }
    const key = readPublicKey(text)
    const keys = this.all()
    if (Object.hasOwn(keys, name) && keys[name] !== key) {
      throw new SeamError(
        'conflict',
        `The name “${name}” has another key already. If its owner really changed it: voxloom plugins untrust ${name}, then trust the new one.`,
      )
    }
    writeJsonFile(this.#file, { ...keys, [name]: key })
    return key
  }

  /** @throws SeamError not-found */
  remove(name: string): void {
    this.find(name)
    const { [name]: _, ...rest } = this.all()
    writeJsonFile(this.#file, rest)
  }
}

function damaged(file: string): SeamError {
  return new SeamError('integrity', `${file} is damaged. Repair it, or remove it and trust your keys again.`, {
    retryable: false,
  })
}
