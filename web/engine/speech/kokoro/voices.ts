import type { Lang, Voice } from '#protocol/speech.ts'

/** id, name, gender, the maker's overall grade (VOICES.md of Kokoro-82M v1.0). The id's first letter is the accent. */
const ENGLISH: readonly (readonly [string, string, 'female' | 'male', string])[] = [
  ['af_heart', 'Heart', 'female', 'A'],
  ['af_alloy', 'Alloy', 'female', 'C'],
  ['af_aoede', 'Aoede', 'female', 'C+'],
  ['af_bella', 'Bella', 'female', 'A-'],
  ['af_jessica', 'Jessica', 'female', 'D'],
  ['af_kore', 'Kore', 'female', 'C+'],
  ['af_nicole', 'Nicole', 'female', 'B-'],
  ['af_nova', 'Nova', 'female', 'C'],
  ['af_river', 'River', 'female', 'D'],
  ['af_sarah', 'Sarah', 'female', 'C+'],
  ['af_sky', 'Sky', 'female', 'C-'],
  ['am_adam', 'Adam', 'male', 'F+'],
  ['am_echo', 'Echo', 'male', 'D'],
  ['am_eric', 'Eric', 'male', 'D'],
  ['am_fenrir', 'Fenrir', 'male', 'C+'],
  ['am_liam', 'Liam', 'male', 'D'],
  ['am_michael', 'Michael', 'male', 'C+'],
  ['am_onyx', 'Onyx', 'male', 'D'],
  ['am_puck', 'Puck', 'male', 'C+'],
  ['am_santa', 'Santa', 'male', 'D-'],
  ['bf_emma', 'Emma', 'female', 'B-'],
  ['bf_isabella', 'Isabella', 'female', 'C'],
  ['bm_george', 'George', 'male', 'C'],
  ['bm_lewis', 'Lewis', 'male', 'D+'],
  ['bf_alice', 'Alice', 'female', 'D'],
  ['bf_lily', 'Lily', 'female', 'D'],
  ['bm_daniel', 'Daniel', 'male', 'D'],
  ['bm_fable', 'Fable', 'male', 'C'],
]

const JAPANESE: typeof ENGLISH = [
  ['jf_alpha', 'Alpha', 'female', 'C+'],
  ['jf_gongitsune', 'Gongitsune', 'female', 'C'],
  ['jf_tebukuro', 'Tebukuro', 'female', 'C'],
  ['jf_nezumi', 'Nezumi', 'female', 'C-'],
  ['jm_kumo', 'Kumo', 'male', 'C-'],
]

const LANGUAGES: Readonly<Record<string, Lang>> = { a: 'en-us', b: 'en-gb', j: 'ja' }

export const KOKORO_VOICES: readonly Voice[] = [...ENGLISH, ...JAPANESE].map(([id, name, gender, grade]) => ({
  id,
  name,
  gender,
  grade,
  lang: LANGUAGES[id[0]!]!,
}))

/** The model of the catalogue that a voice's style table comes with. */
export const voiceModel = (id: string) => (id.startsWith('j') ? 'kokoro-voices-ja' : 'kokoro-82m')

/** Where a voice's style table lies in the model's folder. */
export const voicePath = (id: string) => `voices/${id}.bin`
