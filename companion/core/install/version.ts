import { reservedPart } from './names.ts'

const SEMVER = /^(\d{1,15})\.(\d{1,15})\.(\d{1,15})(?:-([0-9A-Za-z.-]+))?(?:\+[0-9A-Za-z.-]+)?$/

export const isVersion = (text: string): boolean => text.length <= 128 && SEMVER.test(text)

/** A name that a manifest may have and that every file system can hold. */
export const isPluginName = (text: string): boolean => /^[a-z][a-z0-9-]{0,63}$/.test(text) && !reservedPart(text)

/** Order of precedence by semver.org, 11: build metadata counts for nothing. @returns below, at or above 0 */
export function compareVersions(a: string, b: string): number {
  const [left, right] = [SEMVER.exec(a), SEMVER.exec(b)]
  if (!left || !right) return a === b ? 0 : a < b ? -1 : 1
  for (const at of [1, 2, 3]) {
    const difference = Number(left[at]) - Number(right[at])
    if (difference !== 0) return difference
  }
  const [early, late] = [left[4], right[4]]
  // A version that is not out yet comes before the one that is.
  if (early === undefined || late === undefined) return Number(early === undefined) - Number(late === undefined)
  return comparePrerelease(early.split('.'), late.split('.'))
}

function comparePrerelease(a: readonly string[], b: readonly string[]): number {
  for (const [at, left] of a.entries()) {
    const right = b[at]
    if (right === undefined) return 1
    if (left === right) continue
    const [isNumber, isOther] = [/^\d+$/.test(left), /^\d+$/.test(right)]
    if (isNumber && isOther) {
      const difference = BigInt(left) - BigInt(right)
      if (difference !== 0n) return difference < 0n ? -1 : 1
    } else if (isNumber !== isOther) return isNumber ? -1 : 1
    else return left < right ? -1 : 1
  }
  return a.length - b.length
}
