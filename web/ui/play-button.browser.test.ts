import { afterEach, beforeEach, expect, it } from 'vitest'
import { createApp, h, nextTick, reactive, type App } from 'vue'
import PlayButton from './PlayButton.vue'

let app: App | undefined
const host = document.createElement('div')
beforeEach(() => document.body.append(host))
afterEach(() => {
  app?.unmount()
  host.remove()
})

const drawn = () => new Promise(resolve => requestAnimationFrame(resolve))

it('keeps the focus and can be pressed while the sound is on its way', async () => {
  const state = reactive({ busy: false, waiting: false, presses: 0 })
  app = createApp({
    render: () =>
      h(PlayButton, {
        busy: state.busy,
        waiting: state.waiting,
        label: state.busy ? 'Pause' : 'Play',
        onClick: () => state.presses++,
      }),
  })
  app.mount(host)
  const button = host.querySelector('button')!
  button.focus()
  button.click()
  state.busy = state.waiting = true
  await nextTick()
  // A button that can't be pressed loses the focus when it is drawn.
  await drawn()
  await drawn()
  expect(document.activeElement).toBe(button)
  expect(button.ariaLabel).toBe('Pause')
  expect(button.ariaBusy).toBe('true')
  button.click()
  expect(state.presses).toBe(2)
})
