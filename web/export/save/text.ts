import type { ExportTarget } from './target.ts'

/** Writes text to a target, piece by piece, and closes it. @returns bytes written */
export async function writeText(pieces: AsyncIterable<string>, target: ExportTarget): Promise<number> {
  const writer = target.getWriter()
  const encoder = new TextEncoder()
  let position = 0
  let gathered = ''
  const flush = async () => {
    const data = encoder.encode(gathered)
    gathered = ''
    if (data.length > 0) await writer.write({ type: 'write', data, position })
    position += data.length
  }
  try {
    for await (const piece of pieces) {
      gathered += piece
      if (gathered.length >= 65_536) await flush()
    }
    await flush()
    await writer.close()
    return position
  } catch (error) {
    await writer.abort(error).catch(() => {})
    throw error
  }
}
