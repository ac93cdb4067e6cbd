/** Stands for whichever language is heard. */
export const ANY_LANGUAGE = 'mul'

/** What Whisper was trained on, by the names that its tokens have; the most heard first. */
export const WHISPER_LANGUAGES: readonly string[] = (
  'en zh de es ru ko fr ja pt tr pl ca nl ar sv it id hi fi vi he uk el ms cs ro da hu ta no th ur hr bg lt la mi ml cy ' +
  'sk te fa lv bn sr az sl kn et mk br eu is hy ne mn bs kk sq sw gl mr pa si km sn yo so af oc ka be tg sd gu am yi lo ' +
  'uz fo ht ps tk nn mt sa lb my bo tl mg as tt haw ln ha ba jw su'
).split(' ')

/** The names of languages that have another one by now. */
const FORMER: Readonly<Record<string, string>> = { jv: 'jw', nb: 'no', iw: 'he', fil: 'tl' }

/** Whisper's name for a language tag (`de-at` → `de`); undefined when any language may be heard. */
export function languageCode(lang: string | undefined): string | undefined {
  const code = lang?.toLowerCase().split(/[-_]/)[0]
  if (code === undefined || code === '' || code === ANY_LANGUAGE) return undefined
  return FORMER[code] ?? code
}
