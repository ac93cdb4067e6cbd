import UApp from '@nuxt/ui/components/App.vue'
import { createPinia } from 'pinia'
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest'
import { createApp, h, type App } from 'vue'
import { createI18n } from 'vue-i18n'
import { createMemoryHistory, createRouter } from 'vue-router'
import type { ContractConfig, ContractEvent, ContractInfo, InstallLine, Json } from '#protocol/contracts.ts'
import { SeamError } from '#protocol/errors.ts'
import shell from '../../../../app/locales/en.json'
import type { ContractService } from '../../../../companion/contracts.ts'
import { studioKey, type Studio } from '../../../studio.ts'
import { contractInfo } from '../../contracts/fixture.ts'
import room from '../../locales/en.json'
import ContractsPart from './ContractsPart.vue'

// What a real companion can't be brought to at will: quarantine, packages that take their time, secrets, a microphone.

const host = document.createElement('div')
let app: App | undefined
/** Tells the page what became of a plugin. */
let tell: (event: ContractEvent) => void

beforeEach(() => {
  host.style.cssText = 'height: 900px; width: 1000px; display: flex'
  document.body.append(host)
})
afterEach(() => {
  app?.unmount()
  host.remove()
})

/**
 * The part of the room with one plugin, in front of a companion that says what `script` says.
 * @param open whether that one is looked at, and not all of them
 */
function mount(
  info: ContractInfo,
  script: Partial<ContractService> = {},
  parts: Partial<Studio> = {},
  open = true,
): void {
  const contractService: Partial<ContractService> = {
    list: () => Promise.resolve([info]),
    async *watch({ signal } = {}) {
      const told: ContractEvent[] = []
      let wake = () => {}
      tell = event => {
        told.push(event)
        wake()
      }
      while (!signal?.aborted) {
        yield* told.splice(0)
        await new Promise<void>(resolve => (wake = resolve))
      }
    },
    ...script,
  }
  const router = createRouter({
    history: createMemoryHistory(),
    routes: [{ path: '/:any(.*)*', component: ContractsPart }],
  })
  app = createApp({
    render: () =>
      h(UApp, null, { default: () => h(ContractsPart, { open: open ? info.name : undefined, there: true }) }),
  })
    .use(createPinia())
    .use(createI18n({ legacy: false, locale: 'en', messages: { en: { ...shell, ...room } } }))
    .use(router)
    .provide(studioKey, { contractService, ...parts } as Studio)
  app.mount(host)
}

const button = (name: string) =>
  [...document.querySelectorAll('button')].find(each => (each.ariaLabel ?? each.textContent).trim() === name)
const press = async (name: string) => {
  await vi.waitFor(() => expect(button(name), `a button “${name}”`).toBeDefined())
  button(name)!.click()
}
const see = (text: string | RegExp) =>
  vi.waitFor(() => {
    if (typeof text === 'string') expect(host.textContent).toContain(text)
    else expect(host.textContent).toMatch(text)
  })
const field = async (label: string) => {
  const found = () => [...host.querySelectorAll('label')].find(each => each.textContent.trim() === label)
  await vi.waitFor(() => expect(found(), `a field “${label}”`).toBeDefined())
  return document.getElementById(found()!.htmlFor) as HTMLInputElement
}
async function type(label: string, text: string): Promise<void> {
  const input = await field(label)
  input.value = text
  input.dispatchEvent(new Event('input', { bubbles: true }))
}

describe('a plugin that lacks packages', () => {
  const info = contractInfo('alto', { need: 'dependencies', status: 'UNLOADED', requirements: ['numpy>=1.26'] })

  it('gets them by a click, shows how far it is, and is ready then', async () => {
    const gate = Promise.withResolvers<void>()
    mount(info, {
      async *install(): AsyncGenerator<InstallLine> {
        yield { kind: 'progress', done: 1, total: 4, what: 'numpy' }
        await gate.promise
        yield { kind: 'done', lock: ['numpy==2.4.6'] }
      },
    })
    await see('numpy>=1.26')
    expect(button('Start')).toBeUndefined()
    await press('Install packages')
    await vi.waitFor(() => expect(host.querySelector('[role=progressbar]')?.ariaValueNow).toBe('25'))
    gate.resolve()
    tell({ kind: 'info', info: contractInfo('alto') })
    await see('Ready')
    expect(button('Install packages')).toBeUndefined()
  })

  it('can be left without them', async () => {
    let left = false
    mount(info, {
      async *install(_, { signal } = {}): AsyncGenerator<InstallLine> {
        yield { kind: 'progress', done: 1, total: 4, what: 'numpy' }
        await new Promise((_resolve, reject) =>
          signal!.addEventListener('abort', () => {
            left = true
            reject(signal!.reason as Error)
          }),
        )
      },
    })
    await press('Install packages')
    await press('Cancel: Installing packages of alto')
    await vi.waitFor(() => expect([left, button('Install packages') !== undefined]).toEqual([true, true]))
  })
})

it('packages that can’t be installed leave the tool’s own words, and can be tried again', async () => {
  let tries = 0
  mount(contractInfo('alto', { need: 'dependencies', status: 'UNLOADED', requirements: ['no-such-thing==1'] }), {
    // eslint-disable-next-line require-yield
    async *install(): AsyncGenerator<InstallLine> {
      tries++
      throw new SeamError('engine', 'pip: No matching distribution found for no-such-thing==1')
    },
  })
  await press('Install packages')
  await see('No matching distribution found')
  await press('Install packages')
  await vi.waitFor(() => expect(tries).toBe(2))
})

it('a plugin in quarantine says why it failed, and is let out', async () => {
  const failure = new SeamError('engine', 'It ended with code 3.', { details: { plugin: 'alto', failure: 'EXITED' } })
  const { code, message, retryable, details } = failure
  mount(contractInfo('alto', { status: 'ERROR', quarantined: true, failure: { code, message, retryable, details } }), {
    release: () => Promise.resolve(contractInfo('alto')),
  })
  await see('In quarantine')
  await see(shell.contract.failure.EXITED)
  await see('It ended with code 3.')
  await press('Release')
  await see('Ready')
  expect(host.textContent).not.toContain('It ended with code 3.')
})

describe('settings', () => {
  const schema = {
    type: 'object',
    required: ['key'],
    properties: {
      key: { type: 'string', format: 'password', title: 'API key' },
      base: { type: 'string', default: 'http://localhost:8080' },
    },
  }
  const config = (set: readonly string[], values: Record<string, Json> = {}): ContractConfig => ({
    schema,
    values,
    secrets: ['key'],
    set,
    faults: [],
  })

  it('a secret is asked for, never shown, kept when nobody touches it, and removed when asked', async () => {
    const sent: Readonly<Record<string, Json>>[] = []
    const info = contractInfo('mind', { contract: 'llm', status: 'UNLOADED', configSchema: schema })
    mount(
      { ...info, need: 'dependencies' },
      {
        config: () => Promise.resolve(config([])),
        configure: (_, values) => {
          sent.push(values)
          return Promise.resolve(config(values['key'] === '' ? [] : ['key'], { base: 'http://localhost:9' }))
        },
      },
    )
    await see('Packages missing')
    expect(host.querySelector('input[type=password]')).toBeNull()
    // Whoever lacks settings sees them without being asked.
    tell({ kind: 'info', info: { ...info, need: 'config' } })
    const key = await field('API key')
    expect([key.type, (await field('base')).placeholder]).toEqual(['password', 'http://localhost:8080'])
    await press('Save')
    await see('It must be set.')
    expect(sent).toEqual([])
    await type('API key', 'sesame')
    await press('Save')
    await vi.waitFor(async () => expect((await field('API key')).placeholder).toBe('Set, and not shown'))
    expect([(await field('API key')).value, (await field('base')).value]).toEqual(['', 'http://localhost:9'])
    await press('Save')
    await vi.waitFor(() => expect(sent).toHaveLength(2))
    await press('Remove API key')
    await see('It is removed when you save.')
    await press('Save')
    await vi.waitFor(() => expect(sent).toHaveLength(3))
    expect(sent).toEqual([{ key: 'sesame' }, { base: 'http://localhost:9' }, { base: 'http://localhost:9', key: '' }])
  })

  it('what the companion refuses stays in the form with its reason', async () => {
    const details = { plugin: 'mind', failure: 'CONFIG_INVALID' }
    mount(contractInfo('mind', { contract: 'llm', need: 'config', status: 'UNLOADED', configSchema: schema }), {
      config: () => Promise.resolve(config(['key'])),
      configure: () => Promise.reject(new SeamError('bad-input', '“base” must be a web address.', { details })),
    })
    await type('base', 'nowhere')
    await press('Save')
    await see('“base” must be a web address.')
    expect((await field('base')).value).toBe('nowhere')
  })
})

it('a recogniser hears what is said into the microphone', async () => {
  const ended = Promise.withResolvers<void>()
  const microphone: Studio['microphone'] = async () => ({
    label: 'Mic',
    sampleRate: 48_000,
    level: 0,
    trouble: undefined,
    async *sound() {
      yield { samples: new Float32Array(48_000).fill(0.1), sampleRate: 48_000, channels: 1 as const }
      await ended.promise
    },
    watch: () => () => undefined,
    close: async () => ended.resolve(),
  })
  const methods: ContractInfo['methods'] = [
    {
      name: 'transcribe',
      about: 'Writes down what is said.',
      required: true,
      streams: false,
      offered: true,
      params: {
        properties: { audio: { anyOf: [{ properties: { encoding: { const: 'base64' } } }] } },
        required: ['audio'],
      },
      result: {},
    },
  ]
  let given: Json = null
  mount(
    contractInfo('ear', { contract: 'stt', methods }),
    {
      call: ({ params }) => {
        given = params['audio']!
        return Promise.resolve({ result: { text: 'Hello there.' }, took: 5, items: 0, command: '' })
      },
    },
    { microphone },
  )
  await press('Call')
  await see('It must be set.')
  await press('Record')
  await press('Stop recording')
  await see('Recording · 1.0 s')
  await press('Call')
  await see('"Hello there."')
  expect(given).toMatchObject({ encoding: 'base64', mime: 'audio/wav' })
})

const sample = (details?: Json, memoryMb?: number): ContractInfo['health'][number] => ({
  at: '2026-01-01T00:00:00Z',
  status: 'READY',
  answered: true,
  message: 'Fine.',
  took: 2,
  ...(details !== undefined && { details }),
  ...(memoryMb !== undefined && { memoryMb }),
})

describe('health', () => {
  const curves = () => [...host.querySelectorAll('svg[role=img][aria-label]')].map(each => each.ariaLabel)

  it('a plugin that tells no memory has no curve of it, and nothing that looks like a fault', async () => {
    mount(contractInfo('alto', { memory: 25_000_000, health: [sample(), sample()] }))
    await see('25 MB')
    expect(curves()).toEqual([expect.stringMatching(/^Answer time: 2.* ms now, 2.* ms in the middle of 2 checks$/)])
    tell({ kind: 'info', info: contractInfo('alto', { health: [sample(), sample({}, 8), sample({}, 9)] }) })
    await vi.waitFor(() => expect(curves()[1]).toMatch(/^Memory: 9.+ now, 8.+ in the middle of 2 checks$/))
    expect(host.querySelectorAll('svg[role=img] [class*=error]')).toHaveLength(0)
  })

  it('shows what the plugin tells of itself as it is', async () => {
    mount(contractInfo('alto', { health: [sample({ spoken: 10, model: 'small' })] }))
    await see(/"spoken": 10,\s+"model": "small"/)
    tell({ kind: 'info', info: contractInfo('alto', { health: [sample({})] }) })
    await vi.waitFor(() => expect(host.textContent).not.toContain('spoken'))
    expect(host.textContent).not.toContain('{}')
  })
})

describe('a plugin that runs and says that it can’t work', () => {
  const message = 'Ollama does not answer at http://localhost:11434.'
  const ollama = contractInfo('ollama', { ailment: { need: 'server', message } })
  const lit = (colour: string) => host.querySelector(`article [data-status].text-${colour}`)?.textContent.trim()

  it('shows what it waits for in amber, with what to do; it can be swapped and stopped all the same', async () => {
    mount(ollama)
    await see(message)
    await see(room.plugins.contracts.ailment.server)
    expect([lit('warning'), lit('error'), lit('success')]).toEqual(['Needs a server', undefined, undefined])
    expect(['Hot swap', 'Stop', 'Start'].map(name => button(name) !== undefined)).toEqual([true, true, false])
    tell({ kind: 'info', info: contractInfo('ollama') })
    await vi.waitFor(() => expect(lit('success')).toBe('Ready'))
    expect(host.textContent).not.toContain(message)
  })

  it('is red where something broke', async () => {
    mount(contractInfo('alto', { ailment: { message: 'The card is gone.' } }))
    await see('The card is gone.')
    expect([lit('warning'), lit('error')]).toEqual([undefined, 'Failed'])
  })

  it('has its settings open where those are wrong', async () => {
    const configSchema = { type: 'object', properties: { base: { type: 'string', title: 'Address' } } }
    const ailment = { need: 'config', message: 'The server wants a key.' } as const
    const config = () => Promise.resolve({ schema: configSchema, values: {}, secrets: [], set: [], faults: [] })
    mount(contractInfo('ollama', { configSchema, ailment }), { config })
    await field('Address')
  })

  it('says so in the row of all, too', async () => {
    mount(ollama, {}, {}, false)
    await see(/Needs a server\s*Ollama does not answer at/)
  })
})

it('state can be taken of a plugin that keeps one, and of no other', async () => {
  mount(contractInfo('alto'))
  await see('Health')
  expect(host.textContent).not.toContain('State')
  tell({ kind: 'info', info: contractInfo('alto', { keepsState: true }) })
  await press('Capture')
})

const CHAT: ContractInfo['methods'] = [
  {
    name: 'chat',
    about: 'Answers a dialogue.',
    required: true,
    streams: false,
    offered: true,
    params: {
      properties: {
        messages: {
          type: 'array',
          items: {
            type: 'object',
            properties: { role: { enum: ['system', 'user'] }, content: { type: 'string' } },
            required: ['role', 'content'],
          },
        },
        temperature: { type: 'number', minimum: 0, maximum: 2 },
      },
      required: ['messages'],
    },
    result: {},
  },
]

describe('a call', () => {
  it('says what it wants before anything wrong is typed', async () => {
    mount(contractInfo('mind', { contract: 'llm', methods: CHAT }))
    await see('JSON, for example: [{"role":"user","content":"…"}]')
    await see(/\D0 to 2(?![.\d])/)
    await type('messages', 'hello')
    await press('Call')
    await see('This isn’t JSON.')
    expect(host.textContent).not.toContain('Unexpected token')
  })

  it('that is cancelled ends with what came, which may be nothing; the plugin itself goes on', async () => {
    let given: AbortSignal | undefined
    mount(contractInfo('mind', { contract: 'llm', methods: CHAT }), {
      call: (_, signal) =>
        new Promise((_resolve, reject) => {
          given = signal
          signal!.addEventListener('abort', () => reject(new SeamError('cancelled', 'Left.')))
        }),
    })
    await type('messages', '[{"role":"user","content":"Hi"}]')
    await press('Call')
    await press('Cancel call')
    await see('Cancelled')
    expect(given!.aborted).toBe(true)
    expect(button('Stop')).toBeDefined()
    expect(host.textContent).not.toContain('null')
  })

  it('that failed in quarantine is not in the way of a plugin that was released', async () => {
    const details = { plugin: 'mind', failure: 'QUARANTINED' }
    const info = contractInfo('mind', { contract: 'llm', methods: CHAT, displayName: 'Mind' })
    mount(
      { ...info, status: 'ERROR', quarantined: true },
      {
        call: () => Promise.reject(new SeamError('engine', 'The plugin “mind” is left alone.', { details })),
        release: () => Promise.resolve(info),
      },
    )
    await type('messages', '[]')
    await press('Call')
    await see('Mind is left alone.')
    await press('Release')
    await vi.waitFor(() => expect(host.textContent).not.toContain('is left alone'))
  })

  it('says in the plugin’s own words what failed, without its name before them', async () => {
    const details = { plugin: 'mind', code: 1201 }
    mount(contractInfo('mind', { contract: 'llm', methods: CHAT }), {
      call: () => Promise.reject(new SeamError('not-found', 'The plugin “mind” says: No such model.', { details })),
    })
    await type('messages', '[]')
    await press('Call')
    await see('No such model.')
    expect(host.textContent).not.toContain('says:')
  })
})

it('a plugin whose folder was taken away says so, and one that can’t be used says why', async () => {
  mount(contractInfo('alto', { problem: '“entrypoint” is unknown. Did you mean “entry_point”?' }))
  await see('Did you mean “entry_point”?')
  expect([button('Call'), button('Start')]).toEqual([undefined, undefined])
  tell({ kind: 'gone', name: 'alto' })
  await see('There is no engine “alto”')
})
