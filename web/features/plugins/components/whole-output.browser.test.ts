import { createPinia } from 'pinia'
import { afterEach, describe, expect, it, vi } from 'vitest'
import { createApp, h, nextTick, reactive, type App, type Component } from 'vue'
import { createI18n } from 'vue-i18n'
import { createMemoryHistory, createRouter } from 'vue-router'
import type { JobInfo } from '#protocol/jobs.ts'
import shell from '../../../app/locales/en.json'
import { createAbsentCompanion } from '../../../companion/absent.ts'
import { createPluginService } from '../../../companion/plugins.ts'
import type { CompanionPairing } from '../../../companion/types.ts'
import { announcements } from '../../../ui/announce.ts'
import { studioKey, type Studio } from '../../studio.ts'
import en from '../locales/en.json'
import JobHead from './JobHead.vue'
import NoCompanion from './NoCompanion.vue'
import OutputPcm from './OutputPcm.vue'
import OutputSound from './OutputSound.vue'
import { wholeOutput } from './whole-output.ts'

const ELSEWHERE = 'http://localhost:4747'
/** The largest output that is fetched without being asked for. */
const SMALL = 32 * 1024 * 1024

const done: JobInfo = {
  id: 'j1',
  pipeline: 'book',
  state: 'done',
  created: '2026-01-01T00:00:00.000Z',
  inputType: 'text/plain',
  inputBytes: 5,
  consumed: 5,
  outputType: 'audio/mpeg',
  outputBytes: 3,
  attempts: 1,
  warnings: 0,
}

let app: App | undefined
const host = document.createElement('div')
/** What the companion was asked for, and what it answers. */
const asked: string[] = []
let answer = () => Promise.resolve(new Response('mp3', { headers: { 'content-type': 'audio/mpeg' } }))

afterEach(() => {
  app?.unmount()
  host.remove()
  asked.length = 0
  vi.restoreAllMocks()
})

async function mount(component: Component, props: object, base: string, pairing?: CompanionPairing): Promise<void> {
  document.body.append(host)
  const plugins = createPluginService({
    base,
    fetch: url => {
      asked.push(String(url))
      return answer()
    },
  })
  const companion = { ...createAbsentCompanion(), ...(pairing ? { pairing } : {}) }
  app = createApp({ render: () => h(component, props) })
  app.use(createPinia())
  app.use(createI18n({ legacy: false, locale: 'en', messages: { en: { ...shell, ...en } } }))
  app.use(createRouter({ history: createMemoryHistory(), routes: [{ path: '/', component: NoCompanion }] }))
  app.provide(studioKey, { plugins, companion } as unknown as Studio)
  app.mount(host)
  await nextTick()
}

const button = (label: string) =>
  [...host.querySelectorAll<HTMLElement>('a, button')].find(({ textContent }) => textContent.trim() === label)
const source = () => host.querySelector('audio')?.getAttribute('src') ?? undefined

describe('the download of a job', () => {
  it('is a link in the companion’s own page', async () => {
    await mount(JobHead, { job: done }, '')
    const link = button('Download')!
    expect([link.getAttribute('href'), link.getAttribute('download')]).toEqual(['/jobs/j1/stream', 'book.mp3'])
    expect(asked).toEqual([])
  })

  it('is fetched with the token by a page of another server, and seen to be', async () => {
    const saved: { name: string; url: string }[] = []
    vi.spyOn(HTMLAnchorElement.prototype, 'click').mockImplementation(function (this: HTMLAnchorElement) {
      saved.push({ name: this.download, url: this.href })
    })
    const response = Promise.withResolvers<Response>()
    answer = () => response.promise
    await mount(JobHead, { job: done }, ELSEWHERE)
    expect(host.querySelector(`[href^="${ELSEWHERE}"]`)).toBeNull()
    button('Download')!.click()
    await nextTick()
    expect(asked).toEqual([`${ELSEWHERE}/jobs/j1/stream`])
    expect(button('Downloading')).toBeInstanceOf(HTMLButtonElement)
    response.resolve(new Response('mp3'))
    await vi.waitFor(() => expect(saved).toHaveLength(1))
    expect(saved[0]!.name).toBe('book.mp3')
    expect(await (await fetch(saved[0]!.url)).text()).toBe('mp3')
    await vi.waitFor(() => expect(button('Download')).toBeDefined())
  })
})

it('an output that breaks off is no file', async () => {
  const body = new ReadableStream<Uint8Array>({
    start(controller) {
      controller.enqueue(new Uint8Array(3))
      controller.error(new TypeError('network error'))
    },
  })
  const plugins = createPluginService({ base: ELSEWHERE, fetch: async () => new Response(body) })
  await expect(wholeOutput(plugins, 'j1')).rejects.toMatchObject({ code: 'offline' })
})

describe('the sound of a job', () => {
  it.each(['', ELSEWHERE])('that is raw gets a header, in a page of “%s”', async base => {
    answer = () => Promise.resolve(new Response(new Uint8Array(4)))
    await mount(OutputPcm, { job: { ...done, outputType: 'audio/pcm;rate=24000;channels=1', outputBytes: 4 } }, base)
    await vi.waitFor(() => expect(source()).toMatch(/^blob:/))
    const file = await (await fetch(source()!)).arrayBuffer()
    expect(new TextDecoder('latin1').decode(file.slice(0, 4))).toBe('RIFF')
    expect(asked).toEqual([`${base}/jobs/j1/stream`])
    expect(button('Save as WAV')).toBeDefined()
  })

  it('that is live says what was left out of it', async () => {
    const second = new Uint8Array(new Int16Array(24_000).fill(1000).buffer)
    let send: ReturnType<typeof setInterval> | undefined
    const body = new ReadableStream<Uint8Array>({
      start(controller) {
        // Each time more than anybody wants to be behind, and less than the time until there is more.
        for (let n = 0; n < 2; n++) controller.enqueue(second)
        send = setInterval(() => [second, second].forEach(bytes => controller.enqueue(bytes)), 800)
      },
      cancel: () => clearInterval(send),
    })
    answer = () => Promise.resolve(new Response(body))
    const outputType = 'audio/pcm;rate=24000;channels=1;live=true'
    await mount(OutputPcm, { job: { ...done, state: 'running', outputType } }, ELSEWHERE)
    button('Listen while it is made')!.click()
    await vi.waitFor(() => expect(host.textContent).toMatch(/\d\.\d s left out: the connection stood still/), 20_000)
    button('Stop listening')!.click()
    await vi.waitFor(() => expect(button('Listen while it is made')).toBeDefined())
  })

  it('that no loudspeaker plays is refused in words', async () => {
    const outputType = 'audio/pcm;rate=44101;channels=1'
    await mount(OutputPcm, { job: { ...done, state: 'running', outputType } }, ELSEWHERE)
    button('Listen while it is made')!.click()
    await vi.waitFor(() => expect(announcements.assertive.value).toContain('Sound at 44101 Hz can’t be played'))
    expect(asked).toEqual([])
    await vi.waitFor(() => expect(button('Listen while it is made')).toBeDefined())
  })

  it('streams from the companion in its own page', async () => {
    // Of our own server, at an address that the server of the tests hands on to nobody.
    await mount(OutputSound, { job: done }, '/nowhere')
    expect(source()).toBe('/nowhere/jobs/j1/stream')
    expect(asked).toEqual([])
  })

  it('is fetched by a page of another server, and given back with the player', async () => {
    answer = () => Promise.resolve(new Response('mp3', { headers: { 'content-type': 'audio/mpeg' } }))
    const props = reactive<{ job: JobInfo }>({ job: { ...done, state: 'running' } })
    await mount(OutputSound, props, ELSEWHERE)
    expect(asked).toEqual([])
    props.job = done
    await vi.waitFor(() => expect(source()).toMatch(/^blob:/))
    const url = source()!
    expect(await (await fetch(url)).text()).toBe('mp3')
    app!.unmount()
    app = undefined
    await expect(fetch(url)).rejects.toThrow()
  })

  it.each([
    [SMALL, 1],
    [SMALL + 1, 0],
  ])('of %i bytes is fetched by itself %i times there', async (outputBytes, times) => {
    answer = () => Promise.resolve(new Response('mp3', { headers: { 'content-type': 'audio/mpeg' } }))
    await mount(OutputSound, { job: { ...done, outputBytes } }, ELSEWHERE)
    expect(asked).toHaveLength(times)
    button('Get the sound')?.click()
    await vi.waitFor(() => expect(source()).toMatch(/^blob:/))
    expect(asked).toHaveLength(1)
  })
})

describe('a page without a companion', () => {
  const hosted = (address?: string): CompanionPairing => ({
    isHosted: true,
    address,
    connect: async () => {},
    disconnect: async () => {},
  })

  it('of its own says how it is started', async () => {
    await mount(NoCompanion, { state: 'absent' }, '')
    expect(host.querySelector('pre')?.textContent).toBe('npm start')
    expect(button('Look again')).toBeDefined()
  })

  it('of another server says how one is connected', async () => {
    await mount(NoCompanion, { state: 'absent' }, '', hosted())
    expect(host.querySelector('pre')?.textContent).toBe('npm run -s voxloom -- pair')
    expect(host.textContent).toContain('choose “No companion”')
    expect(button('Look again')).toBeUndefined()
  })

  it('of another server tells one that is gone from one that refuses', async () => {
    await mount(NoCompanion, { state: 'absent' }, ELSEWHERE, hosted(ELSEWHERE))
    expect(host.textContent).toContain(`${ELSEWHERE} doesn’t answer`)
    expect(host.querySelector('pre')?.textContent).toBe('npm start')
    app!.unmount()
    await mount(NoCompanion, { state: 'refused' }, ELSEWHERE, hosted(ELSEWHERE))
    expect(host.textContent).toContain('no longer knows this page')
    expect(host.textContent).toContain('choose “Companion refused”')
    expect(host.querySelector('pre')?.textContent).toBe('npm run -s voxloom -- pair')
  })
})
