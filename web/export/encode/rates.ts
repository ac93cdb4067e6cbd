import { SeamError } from '#protocol/errors.ts'
import type { AudioFormat } from '../types.ts'

const MPEG = [8000, 11025, 12000, 16000, 22050, 24000, 32000, 44100, 48000]
const RATES: Readonly<Record<AudioFormat, readonly number[] | 'any'>> = {
  wav: 'any',
  mp3: MPEG,
  // Encoders in browsers are choosy below 22.05 kHz.
  m4a: [22050, 24000, 32000, 44100, 48000],
  m4b: [22050, 24000, 32000, 44100, 48000],
  opus: [8000, 12000, 16000, 24000, 48000],
}

export const MIN_RATE = 8000
export const MAX_RATE = 192_000

/** The format's sample rate for sound at `wanted` Hz: that rate, or the next higher one the format has. */
export function rateFor(format: AudioFormat, wanted: number): number {
  if (!Number.isInteger(wanted) || wanted < MIN_RATE || wanted > MAX_RATE) {
    throw new SeamError(
      'bad-input',
      `A sample rate of ${wanted} Hz can't be exported; choose one from ${MIN_RATE} to ${MAX_RATE} Hz.`,
      { details: { wanted } },
    )
  }
  const rates = RATES[format]
  if (rates === 'any') return wanted
  return rates.find(rate => rate >= wanted) ?? rates.at(-1) ?? wanted
}

// Layer III has a list of bit rates for each version (ISO 11172-3, 13818-3), kbit/s.
const MPEG1 = [32, 40, 48, 56, 64, 80, 96, 112, 128, 160, 192, 224, 256, 320]
const MPEG2 = [8, 16, 24, 32, 40, 48, 56, 64, 80, 96, 112, 128, 144, 160]
const DEFAULT: Readonly<Record<AudioFormat, number>> = { wav: 0, mp3: 96_000, m4a: 80_000, m4b: 80_000, opus: 48_000 }

/** Bits a second that the format has, nearest to what was asked for. */
export function bitrateFor(format: AudioFormat, sampleRate: number, wanted: number | undefined): number {
  if (wanted !== undefined && !(wanted > 0)) {
    throw new SeamError('bad-input', `A bit rate of ${wanted} can't be exported; choose one above 0 bits a second.`)
  }
  const asked = wanted ?? (format === 'mp3' && sampleRate >= 32_000 ? 128_000 : DEFAULT[format])
  if (format === 'mp3') {
    const list = sampleRate >= 32_000 ? MPEG1 : sampleRate < 16_000 ? MPEG2.filter(rate => rate <= 64) : MPEG2
    const near = list.reduce((best, rate) =>
      Math.abs(rate * 1000 - asked) < Math.abs(best * 1000 - asked) ? rate : best,
    )
    return near * 1000
  }
  const [least, most] = format === 'opus' ? [6000, 256_000] : [16_000, 256_000]
  return Math.min(most, Math.max(least, Math.round(asked)))
}
