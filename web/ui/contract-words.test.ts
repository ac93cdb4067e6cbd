import { expect, it } from 'vitest'
import { CONTRACT_ERRORS } from '#protocol/contract-errors.ts'
import { AILMENT_NEEDS, PLUGIN_STATUSES, type ContractLight } from '#protocol/contracts.ts'
import { SeamError } from '#protocol/errors.ts'
import de from '../app/locales/de.json' with { type: 'json' }
import en from '../app/locales/en.json' with { type: 'json' }
import { contractFailure, lightLook, lightWords } from './contract-words.ts'
import { failureText } from './failure.ts'

/** vue-i18n's way to a sentence, which must be there. */
function words(messages: object): (key: string) => string {
  return key => {
    const found = key
      .split('.')
      .reduce<unknown>((at, part) => (at as Record<string, unknown> | undefined)?.[part], messages)
    if (typeof found !== 'string') throw new Error(`There are no words for ${key}.`)
    return found
  }
}
const LANGUAGES = [words(en), words(de)]

const light = (about: Partial<ContractLight> = {}): ContractLight => ({
  name: 'echo',
  displayName: 'Echo',
  contract: 'tts',
  version: '1.0.0',
  status: 'READY',
  quarantined: false,
  offers: {},
  ...about,
})

it('each status and each need, also of one that runs, has words of its own in both languages', () => {
  const lights = [
    ...PLUGIN_STATUSES.map(status => light({ status })),
    ...(['dependencies', 'config', 'interpreter', 'build'] as const).map(need => light({ status: 'UNLOADED', need })),
    ...AILMENT_NEEDS.map(need => light({ ailment: { need, message: '' } })),
    light({ status: 'ERROR', quarantined: true }),
  ]
  for (const t of LANGUAGES) {
    expect(new Set(lights.map(each => lightWords(each, t))).size).toBe(lights.length)
  }
})

it('shows the worst: what can’t be used at all, then quarantine, then what is missing', () => {
  const worst = {
    ...light({ status: 'ERROR', quarantined: true, need: 'config' }),
    problem: 'The manifest is no JSON.',
  }
  const { problem: _, ...quarantined } = worst
  expect(lightLook(worst)).toBe('broken')
  expect(lightLook(quarantined)).toBe('quarantined')
  expect(lightLook({ ...quarantined, quarantined: false })).toBe('needs')
})

it('a plugin whose process is ready is as it says itself: red where it broke, and not where it waits', () => {
  const broke = { message: 'The graphics card is gone.' }
  const waits = { need: 'server', message: 'Ollama does not answer.' } as const
  for (const status of ['READY', 'BUSY'] as const) {
    expect(lightLook(light({ status, ailment: broke }))).toBe('failed')
    expect(lightLook(light({ status, ailment: waits }))).toBe('needs')
    for (const t of LANGUAGES) {
      expect(lightWords(light({ status, ailment: broke }), t)).toBe(lightWords(light({ status: 'ERROR' }), t))
    }
  }
  expect(lightLook(light({ quarantined: true, ailment: waits }))).toBe('quarantined')
})

it('each code of the contracts is said in words, with the plugin’s own beside them', () => {
  for (const t of LANGUAGES) {
    const titles = CONTRACT_ERRORS.map(({ code, failure }) => {
      const error = new SeamError(failure, 'There is no voice “x”.', { details: { plugin: 'echo', code } })
      const told = contractFailure(error, t)!
      expect(told.text).toBe('There is no voice “x”.')
      return told.title
    })
    expect(new Set(titles).size).toBe(CONTRACT_ERRORS.length)
  }
  const named = new SeamError('engine', 'It ended.', { details: { plugin: 'echo', failure: 'EXITED' } })
  expect(contractFailure(named, words(en))).toEqual({ title: en.contract.failure.EXITED, text: 'It ended.' })
})

it('whoever shows any failure says the plugin’s, with its own words in the details', () => {
  const error = new SeamError('engine', 'pip: no such package.', { details: { failure: 'DEPENDENCIES_MISSING' } })
  expect(failureText(error, words(en), 'en')).toEqual({
    title: en.contract.failure.DEPENDENCIES_MISSING,
    text: en.contract.kept,
    detail: 'pip: no such package.',
    retryable: false,
  })
})

it('a code of nobody’s is left to the words of the room', () => {
  for (const details of [{}, { code: 77 }, { failure: 'toString' }]) {
    expect(contractFailure(new SeamError('engine', 'No.', { details }), words(en))).toBeUndefined()
  }
})
