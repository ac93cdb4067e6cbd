/** Bytes in slices of these lengths, again and again; in one piece where there are none. */
export function cutAt(bytes: Buffer, lengths: readonly number[]): Buffer[] {
  const slices: Buffer[] = []
  for (let at = 0, next = 0; at < bytes.length; next++) {
    const length = lengths.length === 0 ? bytes.length : Math.max(1, lengths[next % lengths.length]!)
    // A copy, as a pipe gives.
    slices.push(Buffer.from(bytes.subarray(at, at + length)))
    at += length
  }
  return slices
}
