import { ContractError, defineContract, pcm, serveContract, type Value } from '../../contracts.ts'

// The plugin that the SDK's own tests run: a contract of its own, so that anything may go through it.

console.log('a stray line')

let counter = 0
const wait = (milliseconds: number) => new Promise(resolve => setTimeout(resolve, milliseconds))

export const echo = defineContract({
  contract: 'echo',
  async initialize(config, { dataFolder }) {
    console.log('initialize', config, dataFolder)
    if (config['fail'] === true) throw new ContractError(1, 'The licence has run out. Renew it.')
    await wait(Number(config['slow'] ?? 0))
  },
  methods: {
    async echo({ value }) {
      process.stdout.write('and another\n')
      counter++
      return value
    },
    /** Waits, deaf to whoever leaves. */
    async sleep({ milliseconds }) {
      await wait(Number(milliseconds))
      return 'slept'
    },
    /** `count` items, and tells how many were made when the caller left. */
    async *count({ count, bytes = 0 }, { signal }) {
      for (let at = 0; at < Number(count); at++) {
        if (signal.aborted) return
        yield bytes === 0 ? `${at} ` : { mime: 'application/octet-stream', bytes: Buffer.alloc(Number(bytes), at) }
        counter++
        await wait(0)
      }
    },
    sound: () => pcm(Float32Array.of(0, 0.5, -0.5), 8000),
    fail({ how }) {
      if (how === 'own') throw new ContractError(77, 'This can’t be done. Do something else.', { why: 'no reason' })
      if (how === 'large') return 'x'.repeat((32 << 20) + 1)
      return (undefined as unknown as { readonly no: Value }).no
    },
  },
  captureState: () => ({ counter, bytes: { mime: 'a/b', bytes: Buffer.from('kept') } }),
  restoreState(state) {
    ;({ counter } = state as { readonly counter: number })
  },
  async shutdown() {
    process.stderr.write(`counter ${counter}\n`)
  },
})

if (import.meta.main) serveContract(echo)
