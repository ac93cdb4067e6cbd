const numbers = new Map<string, Intl.NumberFormat>()
const dates = new Map<string, Intl.DateTimeFormat>()

function number(locale: string, options: Intl.NumberFormatOptions): Intl.NumberFormat {
  const key = `${locale} ${JSON.stringify(options)}`
  let format = numbers.get(key)
  if (!format) numbers.set(key, (format = new Intl.NumberFormat(locale, options)))
  return format
}

const UNITS = ['byte', 'kilobyte', 'megabyte', 'gigabyte', 'terabyte'] as const

/** Bytes in powers of 1000, as shops and file managers count: `92 MB`. */
export function formatBytes(bytes: number, locale: string): string {
  let size = Math.max(0, bytes)
  let step = 0
  while (size >= 999.5 && step < UNITS.length - 1) {
    size /= 1000
    step++
  }
  const digits = step === 0 || size >= 10 ? 0 : 1
  return number(locale, {
    style: 'unit',
    unit: UNITS[step] ?? 'byte',
    unitDisplay: step === 0 ? 'long' : 'short',
    maximumFractionDigits: digits,
  }).format(size)
}

/** Seconds as on a clock: `3:07`, `1:02:03`. */
export function formatClock(seconds: number): string {
  const whole = Number.isFinite(seconds) ? Math.max(0, Math.floor(seconds)) : 0
  const parts = [Math.floor(whole / 60) % 60, whole % 60].map(part => String(part).padStart(2, '0'))
  const hours = Math.floor(whole / 3600)
  return hours > 0 ? `${hours}:${parts.join(':')}` : parts.join(':').replace(/^0/, '')
}

/** Seconds in words, one unit, for estimates and screen readers: `3 minutes`. */
export function formatDuration(seconds: number, locale: string): string {
  const value = Number.isFinite(seconds) ? Math.max(0, seconds) : 0
  const [unit, size] =
    value < 59.5
      ? (['second', 1] as const)
      : value < 3570
        ? (['minute', 60] as const)
        : value < 36 * 3600
          ? (['hour', 3600] as const)
          : (['day', 86400] as const)
  const amount = value / size
  const digits = unit === 'hour' && amount < 10 ? 1 : 0
  return number(locale, { style: 'unit', unit, unitDisplay: 'long', maximumFractionDigits: digits }).format(amount)
}

/** 0…1 as a percentage. */
export function formatPercent(share: number, locale: string): string {
  return number(locale, { style: 'percent', maximumFractionDigits: 0 }).format(share)
}

export function formatNumber(value: number, locale: string, digits = 0): string {
  return number(locale, { maximumFractionDigits: digits, minimumFractionDigits: digits }).format(value)
}

/** An ISO 8601 moment as a short local date and time; empty when it is none. */
export function formatDate(iso: string, locale: string): string {
  const date = new Date(iso)
  if (Number.isNaN(date.getTime())) return ''
  let format = dates.get(locale)
  if (!format)
    dates.set(locale, (format = new Intl.DateTimeFormat(locale, { dateStyle: 'medium', timeStyle: 'short' })))
  return format.format(date)
}
