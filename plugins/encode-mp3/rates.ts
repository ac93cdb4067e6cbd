// Layer III has a list of bit rates for each version (ISO 11172-3, 13818-3), kbit/s.
const MPEG1 = [32, 40, 48, 56, 64, 80, 96, 112, 128, 160, 192, 224, 256, 320]
const MPEG2 = [8, 16, 24, 32, 40, 48, 56, 64, 80, 96, 112, 128, 144, 160]
/** MPEG 2.5, below 16 kHz, goes no further with most encoders. */
const MPEG25 = MPEG2.filter(rate => rate <= 64)

/** The nearest bit rate that MP3 has, kbit/s. @param rate Hz of the sound */
export function bitrateFor(rate: number, wanted: number): number {
  const list = rate >= 32_000 ? MPEG1 : rate >= 16_000 ? MPEG2 : MPEG25
  return list.reduce((best, next) => (Math.abs(next - wanted) < Math.abs(best - wanted) ? next : best))
}
