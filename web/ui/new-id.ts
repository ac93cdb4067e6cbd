/** Twelve letters and digits: enough to tell ten million paragraphs apart, short enough for ten million. */
export function newId(): string {
  let id = ''
  for (const byte of crypto.getRandomValues(new Uint8Array(12))) id += (byte % 36).toString(36)
  return id
}
