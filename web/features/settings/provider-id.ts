import type { LanguagePreset } from '#protocol/language.ts'

/** A short id that no other provider has: the preset's name, numbered when it is taken. */
export function freeProviderId(preset: LanguagePreset, taken: readonly string[]): string {
  const name = preset === 'other' ? 'server' : preset
  if (!taken.includes(name)) return name
  let number = 2
  while (taken.includes(`${name}-${number}`)) number++
  return `${name}-${number}`
}
