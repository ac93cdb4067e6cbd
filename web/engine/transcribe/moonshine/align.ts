/**
 * At which frame each token begins, from what the decoder attended to while it wrote them: attention, standardised over
 * the tokens and summed over the heads, then the best path forward through both. After Whisper's word timestamps,
 * https://github.com/openai/whisper/blob/main/whisper/timing.py (whose smoothing over time gains nothing here), and Sakoe
 * & Chiba, 1978.
 *
 * @param attention by token, by head, a value a frame; the last token is the end of the text
 */
export function tokenFrames(attention: readonly (readonly Float32Array[])[]): number[] {
  const tokens = attention.length
  const frames = attention[0]?.[0]?.length ?? 0
  if (frames === 0) return []
  const likeness = Array.from({ length: tokens }, () => new Float32Array(frames))
  const heads = attention[0]!.length
  for (let head = 0; head < heads; head++) {
    addStandardised(
      likeness,
      attention.map(step => step[head]!),
    )
  }
  return warped(likeness)
}

/** Each frame's values over all tokens, with mean 0 and deviation 1: what every token attends to says nothing. */
function addStandardised(sums: readonly Float32Array[], rows: readonly Float32Array[]): void {
  for (let frame = 0; frame < rows[0]!.length; frame++) {
    let sum = 0
    let squares = 0
    for (const row of rows) {
      sum += row[frame]!
      squares += row[frame]! ** 2
    }
    const mean = sum / rows.length
    const deviation = Math.sqrt(Math.max(0, squares / rows.length - mean * mean)) || 1
    for (let token = 0; token < rows.length; token++) sums[token]![frame]! += (rows[token]![frame]! - mean) / deviation
  }
}

/** The first frame of each row on the path of the greatest sum that goes on by a row, a frame, or both. */
function warped(likeness: readonly Float32Array[]): number[] {
  const rows = likeness.length
  const frames = likeness[0]!.length
  const stride = frames + 1
  const best = new Float64Array((rows + 1) * stride).fill(-Infinity)
  best[0] = 0
  for (let row = 1; row <= rows; row++) {
    for (let frame = 1; frame <= frames; frame++) {
      const at = row * stride + frame
      const before = Math.max(best[at - stride - 1]!, best[at - stride]!, best[at - 1]!)
      best[at] = before + likeness[row - 1]![frame - 1]!
    }
  }
  const starts = new Array<number>(rows).fill(0)
  for (let row = rows, frame = frames; row > 0 && frame > 0;) {
    starts[row - 1] = frame - 1
    const at = row * stride + frame
    const [both, up, left] = [best[at - stride - 1]!, best[at - stride]!, best[at - 1]!]
    if (both >= up && both >= left) {
      row--
      frame--
    } else if (up >= left) row--
    else frame--
  }
  return starts
}
