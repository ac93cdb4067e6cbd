/**
 * Seconds that a file says it lasts, for progress; undefined where it can't be told without decoding all of it. Never
 * throws: whoever decodes the file says what is wrong with it.
 */
export async function measureFile(path: string): Promise<number | undefined> {
  // Only now: most callers never need it.
  const { ADTS, FilePathSource, FLAC, Input, MATROSKA, MP3, MP4, OGG, QTFF, WEBM } = await import('mediabunny')
  const input = new Input({
    source: new FilePathSource(path),
    // No playlists: they lead to other files.
    formats: [MP4, QTFF, MATROSKA, WEBM, OGG, FLAC, MP3, ADTS],
  })
  try {
    const track = await input.getPrimaryAudioTrack()
    // Ogg has it at its end alone, which is found without reading the rest.
    const isOgg = (await input.getFormat()) === OGG
    const seconds = (await track?.getDurationFromMetadata()) ?? (isOgg ? await track?.computeDuration() : undefined)
    return seconds !== undefined && Number.isFinite(seconds) && seconds > 0 ? seconds : undefined
  } catch {
    return undefined
  } finally {
    input.dispose()
  }
}
