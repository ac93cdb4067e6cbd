/** What the browser test calls over a real thread. */
export interface FixtureCalls {
  echo: { input: Float32Array<ArrayBuffer>; output: Float32Array<ArrayBuffer> }
  ticks: { input: null; item: { n: number; open: number } }
  crash: { input: null; output: null }
  vanish: { input: null; output: null }
  busy: { input: null; output: null }
}
