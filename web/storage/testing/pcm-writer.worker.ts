import { openPcmStore } from '../pcm.ts'
import { tone } from './tone.ts'

// Writes segments as fast as it can and tells of each that was acknowledged, until somebody kills it.
const store = await openPcmStore({ name: self.name })
for (let count = 0; ; count++) {
  const key = `k${count % 7}-${count}`
  self.postMessage({ begun: key })
  await store.put(key, [tone(key, 240_000)])
  self.postMessage({ done: key })
}
