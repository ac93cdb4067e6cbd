export type Fields = Readonly<Record<string, unknown>>

export function isRecord(value: unknown): value is Fields {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
}

/** Reads the fields of one object that a stranger wrote. What can't be used is named in `problems` and left out. */
export interface FieldReader {
  /** Empty when it is absent or no text. */
  text(key: string, most: number): string
  number(key: string): number | undefined
  flag(key: string): boolean | undefined
  /** Texts that are not empty. A single text counts as a list, its parts divided by commas. */
  keys(key: string, most: number, longest: number): string[]
  /** As they are, empty ones too. */
  texts(key: string, most: number, longest: number): string[]
  record(key: string): Fields | undefined
  list(key: string): readonly unknown[] | undefined
}

/** @param path where the object stands, for the sentences: `data.` */
export function fieldReader(fields: Fields, path: string, problems: string[]): FieldReader {
  const wrong = (key: string, wanted: string) =>
    problems.push(
      `The field “${shown(path + key)}” holds ${kindOf(fields[key])} where ${wanted} belongs. It was left out here, and ` +
        'stays in the card.',
    )
  const shortened = (key: string, most: number, unit: string) =>
    problems.push(
      `The field “${shown(path + key)}” has more than ${most} ${unit}. The rest is not used, and stays in the card.`,
    )
  const cut = (key: string, value: string, most: number) => {
    if (value.length > most) shortened(key, most, 'characters')
    return value.slice(0, most)
  }

  function texts(key: string, list: readonly unknown[], most: number, longest: number): string[] {
    const found = list.filter(item => typeof item === 'string')
    if (found.length < list.length) wrong(key, 'nothing but text')
    if (found.length > most) shortened(key, most, 'parts')
    return found.slice(0, most).map(item => cut(key, item, longest))
  }

  return {
    text(key, most) {
      const value = fields[key]
      if (value === undefined || value === null) return ''
      if (typeof value === 'string') return cut(key, value, most)
      wrong(key, 'text')
      return ''
    },
    number(key) {
      const value = fields[key]
      if (value === undefined || value === null) return undefined
      if (typeof value === 'number' && Number.isFinite(value)) return value
      wrong(key, 'a number')
      return undefined
    },
    flag(key) {
      const value = fields[key]
      if (value === undefined || value === null) return undefined
      if (typeof value === 'boolean') return value
      wrong(key, 'true or false')
      return undefined
    },
    keys(key, most, longest) {
      const value = fields[key]
      if (value === undefined || value === null) return []
      const list = typeof value === 'string' ? value.split(',') : Array.isArray(value) ? value : undefined
      if (list) return texts(key, list, most, longest).flatMap(item => item.trim() || [])
      wrong(key, 'a list of words')
      return []
    },
    texts(key, most, longest) {
      const value = fields[key]
      if (value === undefined || value === null) return []
      if (Array.isArray(value)) return texts(key, value, most, longest)
      wrong(key, 'a list of texts')
      return []
    },
    record(key) {
      const value = fields[key]
      if (value === undefined || value === null) return undefined
      if (isRecord(value)) return value
      wrong(key, 'an object')
      return undefined
    },
    list(key) {
      const value = fields[key]
      if (value === undefined || value === null) return undefined
      if (Array.isArray(value)) return value
      wrong(key, 'a list')
      return undefined
    },
  }
}

function kindOf(value: unknown): string {
  if (Array.isArray(value)) return 'a list'
  switch (typeof value) {
    case 'string':
      return 'text'
    case 'number':
      return 'a number'
    case 'boolean':
      return value ? 'true' : 'false'
    default:
      return 'an object'
  }
}

/** Keys come from strangers: no line breaks, no pages of them. */
function shown(path: string): string {
  return path.slice(0, 120).replace(/[\0-\x1f\x7f]/g, '�')
}
