const marked = new WeakMap<object, ArrayBuffer[]>()

/**
 * Marks the buffers inside `value` that move to the reader instead of being copied. The sender's views of them are
 * empty afterwards. The samples of a PcmChunk need no mark.
 */
export function transferring<Value extends object>(value: Value, buffers: readonly ArrayBuffer[]): Value {
  marked.set(value, [...buffers])
  return value
}

/** The buffers to transfer with an answer. */
export function buffersOf(value: unknown): ArrayBuffer[] {
  if (typeof value !== 'object' || value === null) return []
  const named = marked.get(value)
  if (named) return named
  const { samples } = value as { samples?: unknown }
  // A chunk that is a part of a larger buffer is copied: the rest of that buffer may be the next chunk.
  return samples instanceof Float32Array &&
    samples.buffer instanceof ArrayBuffer &&
    samples.byteLength === samples.buffer.byteLength
    ? [samples.buffer]
    : []
}
