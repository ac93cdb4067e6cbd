// Sound between this page and the bench: 16-bit samples, base64, which is the quickest way through.

export function encodePcm(parts: readonly Float32Array[]): string {
  const samples = Int16Array.from(
    parts.flatMap(part => Array.from(part)),
    sample => Math.max(-32_768, Math.min(32_767, sample * 32_768)),
  )
  const bytes = new Uint8Array(samples.buffer)
  let text = ''
  for (let i = 0; i < bytes.length; i += 0x8000) text += String.fromCharCode(...bytes.subarray(i, i + 0x8000))
  return btoa(text)
}

export function decodePcm(text: string): Float32Array<ArrayBuffer> {
  const bytes = Uint8Array.from(atob(text), letter => letter.charCodeAt(0))
  return Float32Array.from(new Int16Array(bytes.buffer), sample => sample / 32_768)
}
