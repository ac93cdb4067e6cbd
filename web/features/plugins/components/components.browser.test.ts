import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { createApp, h, nextTick, reactive, type App } from 'vue'
import { createI18n } from 'vue-i18n'
import { createMemoryHistory, createRouter } from 'vue-router'
import type { OptionValue, PluginOption } from '#protocol/plugins.ts'
import en from '../locales/en.json'
import OptionField from './OptionField.vue'

let app: App | undefined
const host = document.createElement('div')
const state = reactive({ option: { type: 'string' } as PluginOption, value: undefined as OptionValue | undefined })

beforeEach(() => {
  document.body.append(host)
  state.value = undefined
})
afterEach(() => {
  app?.unmount()
  host.remove()
})

/** Mounts the field of an option, whose value is kept as the builder keeps it. */
async function mount(option: PluginOption): Promise<void> {
  state.option = option
  app = createApp({
    render: () =>
      h(OptionField, {
        name: 'speed',
        step: 'tts',
        option: state.option,
        value: state.value,
        onChange: (value: OptionValue | undefined) => (state.value = value),
      }),
  })
  app.use(createI18n({ legacy: false, locale: 'en', messages: { en } }))
  app.use(createRouter({ history: createMemoryHistory(), routes: [{ path: '/', component: OptionField }] }))
  app.mount(host)
  await nextTick()
}

const field = (selector = 'input:not([type=range])') => host.querySelector<HTMLInputElement>(selector)!
async function type(text: string): Promise<void> {
  field().value = text
  field().dispatchEvent(new Event('input', { bubbles: true }))
  await nextTick()
}

describe('the field of a number', () => {
  const speed: PluginOption = { type: 'number', default: 1, min: 0.5, max: 2, description: 'pace' }

  it('shows its default, takes another, and gives the default back', async () => {
    await mount(speed)
    expect(field().value).toBe('1')
    expect(host.querySelector('button')).toBeNull()
    await type('1.5')
    expect(state.value).toBe(1.5)
    host.querySelector('button')!.click()
    await nextTick()
    expect([state.value, field().value]).toEqual([undefined, '1'])
    // The default typed by hand is the default.
    await type('1.0')
    expect(state.value).toBeUndefined()
  })

  it('says what is wrong and keeps what was typed', async () => {
    await mount(speed)
    await type('9')
    expect(host.textContent).toContain('At most 2.')
    expect(field().getAttribute('aria-invalid')).toBe('true')
    await type('fast')
    expect(host.textContent).toContain('A number is needed.')
    expect([state.value, field().value]).toEqual(['fast', 'fast'])
  })

  it('moves with its slider', async () => {
    await mount(speed)
    const slider = field('input[type=range]')
    slider.value = '0.75'
    slider.dispatchEvent(new Event('input', { bubbles: true }))
    await nextTick()
    expect([state.value, field().value]).toEqual([0.75, '0.75'])
  })

  it('is named and described for whoever hears it', async () => {
    await mount(speed)
    expect(host.querySelector(`label[for="${field().id}"]`)?.textContent?.trim()).toBe('tts: speed')
    expect(document.getElementById(field().getAttribute('aria-describedby')!)?.textContent).toBe('pace')
  })
})

it('a choice gives values of its own type', async () => {
  await mount({ type: 'integer', enum: [8, 16], default: 8 })
  const select = host.querySelector('select')!
  select.value = '16'
  select.dispatchEvent(new Event('change', { bubbles: true }))
  await nextTick()
  expect(state.value).toBe(16)
})

it('text may be empty where that is another than the default', async () => {
  await mount({ type: 'string', default: 'en-us' })
  await type('')
  expect(state.value).toBe('')
})
