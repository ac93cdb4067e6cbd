// For each line of its input as many bytes as the line says, with nothing around them: the bare pipe.
import { createInterface } from 'node:readline'

const made = new Map()
for await (const line of createInterface({ input: process.stdin })) {
  const size = Number(line)
  if (!made.has(size)) made.set(size, new Uint8Array(size).fill(7))
  process.stdout.write(made.get(size))
}
