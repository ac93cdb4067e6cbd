const LOOPBACK: readonly string[] = ['localhost', '127.0.0.1', '[::1]']
/** Letters that an origin may have: of any script, they still fit the router's limit of a parameter. */
export const LONGEST_ORIGIN = 200

/** Whether pages of this origin may be paired: nobody on the way could have changed them. */
export function mayPair(origin: string): boolean {
  if (origin.length > LONGEST_ORIGIN || !URL.canParse(origin)) return false
  const url = new URL(origin)
  if (url.origin !== origin) return false
  return url.protocol === 'https:' || (url.protocol === 'http:' && LOOPBACK.includes(url.hostname))
}
