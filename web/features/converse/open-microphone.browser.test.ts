import { deleteDB } from 'idb'
import { setActivePinia } from 'pinia'
import { afterEach, expect, it, vi } from 'vitest'
import { effectScope } from 'vue'
import { useOpenMicrophone } from '../../ui/open-microphone.ts'
import { useTransport } from '../../ui/transport.ts'
import { useReplay } from './replay.ts'
import { useFloor } from './store-floor.ts'
import { closeTabs, openTab, quietMicrophone } from './testing.ts'

const name = `test-open-microphone-${Date.now()}`

afterEach(async () => {
  closeTabs()
  for (const each of [name, `${name}-personas`]) {
    await deleteDB(each)
    await (await navigator.storage.getDirectory()).removeEntry(each, { recursive: true }).catch(() => undefined)
  }
})

it('stops what is heard again', async () => {
  const { pinia } = await openTab(name)
  setActivePinia(pinia)
  const scope = effectScope()
  const replay = scope.run(useReplay)!
  await replay.toggle('reply', [{ samples: new Float32Array(48_000 * 10), sampleRate: 48_000 }])
  expect(replay.playing.value).toBe('reply')
  await useFloor(pinia).press()
  expect(replay.playing.value).toBeUndefined()
  scope.stop()
})

it('is told of in every room until it is closed, from there too, and silences what another room plays', async () => {
  const microphone = quietMicrophone()
  const { pinia } = await openTab(name, { microphone: async () => microphone })
  const floor = useFloor(pinia)
  const shown = useOpenMicrophone(pinia)
  const pause = vi.fn()
  useTransport(pinia).attach({
    pause,
    ...{ play() {}, seek() {}, previous() {}, next() {}, setRate() {}, setVolume() {} },
  })
  expect(shown.path).toBeUndefined()
  await floor.press()
  expect(floor.live).toBe(true)
  expect(pause).toHaveBeenCalled()
  expect(shown.path).toBe('/studio/converse')
  await shown.close()
  expect(microphone.closed).toBe(true)
  expect(floor.live).toBe(false)
  expect(shown.path).toBeUndefined()
})
