// Gives back what it gets, and counts its calls: a count that is lost when one plugin takes over from another is seen.
import { setTimeout as wait } from 'node:timers/promises'
import { defineContract, serveContract } from '../../../../plugins/sdk/typescript/contracts.ts'

let calls = 0
const sounds = new Map<number, Uint8Array>()

/** Bytes of a size, made once: what is measured is their way. */
function sound(size: number): Uint8Array {
  const found = sounds.get(size) ?? new Uint8Array(size).fill(7)
  sounds.set(size, found)
  return found
}

serveContract(
  defineContract({
    contract: 'echo',
    methods: {
      empty: () => null,
      echo: async ({ nonce, after }) => {
        if (typeof after === 'number') await wait(after)
        calls += 1
        return { nonce, calls }
      },
      sound: ({ size }) => ({ mime: 'application/octet-stream', bytes: sound(Number(size)) }),
    },
    captureState: () => calls,
    restoreState: state => {
      calls = Number(state)
    },
  }),
)
