import { SeamError } from '#protocol/errors.ts'
import { HEARING_RATE } from '../recogniser.ts'
import type { Head } from './graph/attention.ts'
import { BEGIN } from './meta.ts'
import { beginReading, type Networks } from './reading.ts'
import type { MoonshineRuntime } from './runtime.ts'

/** Samples of the sound: a second of a tone that rises through the spectrum. */
const LENGTH = HEARING_RATE

/** Each this many-th token is compared. */
export const STRIDE = 1024

/**
 * What the decoder wants after that sound: the first step takes one of its branches, every other step the other one.
 * Made from float weights on a processor.
 */
export const STEPS: readonly { readonly token: number; readonly logits: readonly number[] }[] = [
  {
    token: BEGIN,
    logits: [
      -7.9, -3.2, -7.8, -9.4, -13, -6.6, -11.3, -9.1, -11.1, -9.7, -6.9, 1.2, -17.2, -6, -3.2, -14.4, -7.6, -9.8, -9.7,
      -8.6, -8.9, 0.5, -6.3, -13.5, -10.1, -10.4, -1.8, -9.1, -13.1, -8.3, -8.2, -10.5,
    ],
  },
  {
    token: 450,
    logits: [
      -7.6, 3.7, -1.9, -5.7, -8, -2.2, -8.7, -6.6, -7.3, -6.6, -3.7, -3.5, -15.6, -4, -2.9, -10.2, -6, -8, -8, -9.6,
      -6.7, -1.4, -4.5, -13.1, -8.5, -10.4, 3.3, -8.9, -8, -7.4, -6.7, -8.7,
    ],
  },
]

/** The least correlation with the above. Sums of 8 bits reach 0.99; after other sounds it is below 0.81 at first. */
export const ALIKE = 0.9

/**
 * Lets a graphics card read a moment of sound. It compiles its programs then, for which the first words would have to
 * wait; and a card that fails, or that computes something else without a word, is found out while the processor can
 * still take over.
 *
 * @param heads those whose attention will be wanted @throws SeamError engine
 */
export async function tryOut(networks: Networks, runtime: MoonshineRuntime, heads: readonly Head[]): Promise<void> {
  const sound = Float32Array.from({ length: LENGTH }, (_, i) => 0.1 * Math.sin((Math.PI / 4 / LENGTH) * i * i))
  const reading = await beginReading(networks, runtime, sound)
  try {
    for (const { token, logits: expected } of STEPS) {
      const { logits } = await reading.next(token, heads)
      const found = expected.map((_, i) => logits[i * STRIDE] ?? Number.NaN)
      // Not the other way round: there may be no number.
      if (!(correlation(found, expected) >= ALIKE)) {
        throw new SeamError(
          'engine',
          'The graphics card computes the recogniser’s network wrongly. Fetch the build for the processor in Models: ' +
            'it is used instead.',
        )
      }
    }
  } finally {
    reading.end()
  }
}

/** Pearson's, from −1 to 1; NaN where either does not vary. */
function correlation(found: readonly number[], expected: readonly number[]): number {
  const mean = (values: readonly number[]) => values.reduce((sum, value) => sum + value, 0) / values.length
  const centred = (values: readonly number[]) => {
    const middle = mean(values)
    return values.map(value => value - middle)
  }
  const dot = (one: readonly number[], other: readonly number[]) =>
    one.reduce((sum, value, i) => sum + value * other[i]!, 0)
  const [a, b] = [centred(found), centred(expected)]
  return dot(a, b) / Math.sqrt(dot(a, a) * dot(b, b))
}
