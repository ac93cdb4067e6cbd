import { deleteDB } from 'idb'
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest'
import { useJobs } from '../../ui/jobs.ts'
import { usePreferences } from '../../ui/preferences.ts'
import { light, scriptedContracts } from '../contract-testing.ts'
import { useChoice } from './store-choice.ts'
import { useTranscribing } from './store-work.ts'
import { closeTabs, openTab, scriptedTranscriber } from './testing.ts'

let name: string
let count = 0
beforeEach(() => void (name = `test-choice-${Date.now()}-${count++}`))
afterEach(async () => {
  closeTabs()
  localStorage.clear()
  await deleteDB(name)
  await (await navigator.storage.getDirectory()).removeEntry(name, { recursive: true }).catch(() => undefined)
})

const file = new File([new Uint8Array(1000)], 'Talk.wav', { type: 'audio/wav' })

const over = (pinia: Parameters<typeof useJobs>[0]) =>
  vi.waitFor(() => expect(useJobs(pinia).running).toEqual([]), 5000)

describe('what listens', () => {
  const transcriber = (id: string, ...languages: string[]) => {
    const scripted = scriptedTranscriber()
    const asked: (string | undefined)[] = []
    return {
      ...scripted,
      info: { ...scripted.info, id, languages },
      asked,
      transcribe: ((sound, run) => {
        asked.push(run?.lang)
        return scripted.transcribe(sound, run)
      }) satisfies typeof scripted.transcribe,
    }
  }
  const two = () => [transcriber('english', 'en-gb', 'en-us'), transcriber('many', 'mul', 'en', 'de')] as const

  it('is the first until another is chosen, which is kept with the language that is spoken', async () => {
    const { pinia } = await openTab(name, { transcribers: two() })
    const choice = useChoice(pinia)
    // The language of the page, by the first name that is known for it.
    expect([choice.id, choice.lang]).toEqual(['english', 'en-gb'])
    choice.id = 'many'
    expect(choice.lang).toBe('mul')
    choice.setLang('de')
    await vi.waitFor(() => expect(localStorage.getItem('voxloom:spoken-language')).toBe('de'))
    const other = useChoice((await openTab(name, { transcribers: two() })).pinia)
    expect([other.id, other.lang]).toEqual(['many', 'de'])
    other.id = 'gone since'
    expect([other.id, other.lang]).toEqual(['english', 'en-gb'])
  })

  it('may be a plugin, as long as there is one', async () => {
    const scripted = scriptedContracts([])
    const own = transcriber('english', 'en-us')
    const plugin = transcriber('plugin:ears', 'en')
    const { pinia, studio } = await openTab(name, { contracts: scripted.contracts })
    Object.defineProperty(studio, 'transcribers', {
      get: () => [own, ...scripted.contracts.lights.map(() => plugin)],
    })
    localStorage.setItem('voxloom:transcriber', 'plugin:ears')
    const choice = useChoice(pinia)
    expect(choice.id).toBe('english')
    scripted.show([light('ears', 'stt')])
    expect([choice.id, choice.lang]).toEqual(['plugin:ears', 'en'])
    scripted.show([])
    expect(choice.id).toBe('english')
  })

  it('hears whichever language is spoken, not that of the voice which new projects begin with', async () => {
    const { pinia } = await openTab(name, { transcribers: [transcriber('many', 'mul', 'en', 'it')] })
    usePreferences(pinia).set({ lang: 'it' })
    expect(useChoice(pinia).lang).toBe('mul')
  })

  it('goes on with what another has begun under another name of its language', async () => {
    const [english, many] = two()
    const { pinia } = await openTab(name, { transcribers: [english, many] })
    const work = useTranscribing(pinia)
    const { id } = await work.takeIn(file)
    const choice = useChoice(pinia)
    choice.id = 'many'
    choice.setLang('de')
    work.start(id, 'Work')
    await over(pinia)
    expect([english.asked, many.asked]).toEqual([[], ['en']])
  })

  it('goes on with what another has begun, in a language that it understands', async () => {
    const [english, many] = two()
    const { pinia, kept } = await openTab(name, { transcribers: [many, english] })
    const work = useTranscribing(pinia)
    const choice = useChoice(pinia)
    choice.setLang('de')
    const { id } = await work.takeIn(file)
    expect(await kept.open(id)).toMatchObject({ lang: 'de' })
    choice.id = 'english'
    work.start(id, 'Work')
    await over(pinia)
    expect([many.asked, english.asked]).toEqual([[], ['en-gb']])
  })
})
