import { serve } from './peer.ts'

/** What the browser test calls over a real thread. */
export interface FixtureCalls {
  echo: { input: Float32Array<ArrayBuffer>; output: Float32Array<ArrayBuffer> }
  ticks: { input: null; item: { n: number; open: number } }
  crash: { input: null; output: null }
  busy: { input: null; output: null }
}

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
  busy: () => new Promise(() => {}),
})
