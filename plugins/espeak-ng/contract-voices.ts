import type { Voice } from '../sdk/typescript/contracts.ts'
import { runProgram } from '../sdk/typescript/external.ts'

const GENDERS: Readonly<Record<string, string>> = { M: 'male', F: 'female' }

export interface Voices {
  /** One for each language. */
  readonly voices: readonly Voice[]
  /** What may stand behind a `+`: other ways of speaking, of any voice. */
  readonly variants: readonly string[]
}

/** What `espeak-ng --voices` tells. */
export async function listVoices(program: string): Promise<Voices> {
  const [voices, variants] = await Promise.all([table(program, '--voices'), table(program, '--voices=variant')])
  return { voices: readVoices(voices), variants: [...variants.matchAll(/!v\/(\S+)/g)].map(([, name]) => name!) }
}

async function table(program: string, option: string): Promise<string> {
  const pieces: Buffer[] = []
  await runProgram({ program, args: [option], output: async bytes => void pieces.push(bytes) })
  return Buffer.concat(pieces).toString('utf8')
}

/** The table: priority, language, age/gender, name, file, and other languages that the voice is good for. */
export function readVoices(table: string): Voice[] {
  const voices = new Map<string, Voice>()
  for (const line of table.split('\n').slice(1)) {
    const [, id = '', kind = '', name = '', file = ''] = line.trim().split(/\s+/)
    // Those of MBROLA need another program, and have other rates.
    if (!/^[a-z]/.test(id) || name === '' || file.startsWith('mb/') || voices.has(id)) continue
    const gender = GENDERS[kind.split('/')[1] ?? '']
    voices.set(id, { id, name: name.replaceAll('_', ' '), language: tagOf(id), ...(gender && { gender }) })
  }
  return [...voices.values()]
}

/** As BCP 47 writes it: en-US. */
function tagOf(id: string): string {
  try {
    return Intl.getCanonicalLocales(id)[0] ?? id
  } catch {
    return id.split('-')[0]!
  }
}
