import { afterEach, beforeEach, expect, it } from 'vitest'
import { createApp, h, nextTick, reactive, type App } from 'vue'
import BusyButton from './BusyButton.vue'

let app: App | undefined
const host = document.createElement('div')
beforeEach(() => document.body.append(host))
afterEach(() => {
  app?.unmount()
  host.remove()
})

it('keeps the focus while it is busy, and begins nothing else', async () => {
  const state = reactive({ busy: false, begun: 0 })
  app = createApp({
    render: () =>
      h(BusyButton, { icon: 'i-lucide-mic', busy: state.busy, 'aria-label': 'Record', onClick: () => state.begun++ }),
  })
  app.mount(host)
  const button = host.querySelector('button')!
  button.focus()
  button.click()
  state.busy = true
  // A button that was disabled loses the focus when the page is drawn, not before.
  for (let frame = 0; frame < 2; frame++) await new Promise(requestAnimationFrame)
  expect(document.activeElement).toBe(button)
  expect([button.ariaBusy, button.ariaDisabled]).toEqual(['true', 'true'])
  button.click()
  expect(state.begun).toBe(1)
  state.busy = false
  await nextTick()
  button.click()
  expect(state.begun).toBe(2)
})
