import type { FixtureCalls } from './fixture.ts'
import { serve } from './peer.ts'

let open = 0

serve<FixtureCalls>(self, {
  echo: samples => samples,
  async *ticks() {
    open += 1
    try {
      for (let n = 0; ; n++) yield { n, open }
    } finally {
      open -= 1
    }
  },
  crash: () =>
    new Promise(() => {
      setTimeout(() => {
        throw new Error('out of memory')
      })
    }),
  vanish: () => {
    self.close()
    return new Promise(() => {})
  },
  busy: () => new Promise(() => {}),
})
