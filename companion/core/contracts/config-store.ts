import { join } from 'node:path'
import { z } from 'zod'
import type { ContractConfig, Json } from '#protocol/contracts.ts'
import { SeamError, toSeamError } from '#protocol/errors.ts'
import { readJsonFile, writeJsonFile } from '../install/json-file.ts'
import type { ConfigFault } from './config-faults.ts'
import { configRules, type ConfigValues } from './config-schema.ts'
import { withSecretsMarked } from './config-secrets.ts'
import type { FoundContract } from './discovery.ts'

type Configured = Pick<FoundContract, 'name' | 'manifest'>

/** A file of settings. Which of them were secret when they were set is in it, too. */
const fileSchema = z.object({
  values: z.record(z.string(), z.json() as z.ZodType<Json>),
  secrets: z.array(z.string()),
})

/** Settings of contract plugins, a file each, that only this account reads: secrets stand in it. */
export class ConfigStore {
  readonly #folder: string

  /** @param stateFolder of the user */
  constructor(stateFolder: string) {
    this.#folder = join(stateFolder, 'contracts')
  }

  /** What was set, without defaults, and secrets by their names alone. Never throws for what stands in the file. */
  tell(found: Configured): ContractConfig {
    const { secrets, check } = rulesOf(found)
    const { kept, damage } = this.#readable(found)
    return {
      schema: withSecretsMarked(found.manifest?.configSchema ?? {}, secrets),
      values: without(kept, secrets),
      secrets,
      set: secrets.filter(name => name in kept),
      faults: damage ?? check(kept).faults,
    }
  }

  /** All settings, defaults and secrets among them, for the plugin alone. @throws SeamError with everything wrong */
  values(found: Configured): ConfigValues {
    const { values, faults } = rulesOf(found).check(this.#read(found))
    if (faults.length > 0) throw configError(found, 'are not complete', faults)
    return values
  }

  /**
   * Puts `given` in the place of what was set. A secret that is not among it stays as it is, and an empty text removes
   * it. Nothing is kept when anything is wrong. @throws SeamError bad-input with everything wrong
   */
  async keep(found: Configured, given: ConfigValues): Promise<ContractConfig> {
    const { secrets, check } = rulesOf(found)
    const { kept } = this.#readable(found)
    const stay = secrets.filter(name => !(name in given) && name in kept)
    const emptied = secrets.filter(name => given[name] === '')
    const values = { ...without(given, emptied), ...Object.fromEntries(stay.map(name => [name, kept[name]!])) }
    const { faults } = check(values)
    if (faults.length > 0) throw configError(found, 'stay as they were', faults)
    writeJsonFile(this.#file(found), { values, secrets: secrets.filter(name => name in values) })
    return this.tell(found)
  }

  /** A file that can't be read is told, and what is kept next takes its place. */
  #readable(found: Configured): { readonly kept: ConfigValues; readonly damage?: readonly ConfigFault[] } {
    try {
      return { kept: this.#read(found) }
    } catch (error) {
      const message = `${toSeamError(error).message} Set the plugin’s settings again, its secrets included.`
      return { kept: {}, damage: [{ path: '', message }] }
    }
  }

  /** @throws SeamError integrity, refused */
  #read(found: Configured): ConfigValues {
    const path = this.#file(found)
    const data = readJsonFile(path)
    if (data === undefined) return {}
    const file = fileSchema.safeParse(data).data
    if (!file) throw new SeamError('integrity', `${path} is damaged.`, { retryable: false })
    // What another version of the plugin kept as a secret is not told because this one does not know it for one.
    const secrets = new Set(rulesOf(found).secrets)
    return without(
      file.values,
      file.secrets.filter(name => !secrets.has(name)),
    )
  }

  #file({ name }: Configured): string {
    return join(this.#folder, `${name}.json`)
  }
}

const rulesOf = ({ manifest }: Configured) => configRules(manifest?.configSchema)

const without = (values: ConfigValues, names: readonly string[]): ConfigValues =>
  Object.fromEntries(Object.entries(values).filter(([name]) => !names.includes(name)))

function configError({ name }: Configured, how: string, faults: readonly ConfigFault[]): SeamError {
  const message = [`The settings of “${name}” ${how}:`, ...faults.map(fault => fault.message)].join(' ')
  return new SeamError('bad-input', message, { details: { failure: 'CONFIG_INVALID', plugin: name } })
}
