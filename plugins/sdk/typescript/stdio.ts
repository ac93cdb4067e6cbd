import { Console } from 'node:console'
import { createWriteStream, fstatSync } from 'node:fs'
import { Socket } from 'node:net'
import type { Writable } from 'node:stream'

// Imported before anything else: from here on `process.stdout` and console.log write to standard error, so that no
// print of a library gets between the frames. What native code writes to descriptor 1 by itself can't be caught here,
// because Node has no dup2(2): run such a library in a child process whose descriptor 1 is standard error.
const { stderr } = process
Object.defineProperty(process, 'stdout', { configurable: true, enumerable: true, get: () => stderr })
Object.assign(console, new Console({ stdout: stderr, stderr }))

/** Descriptor 1, for frames alone. Written without blocking the event loop, where it is a pipe. */
export function openFrameStream(): Writable {
  const kind = fstatSync(1)
  return kind.isFIFO() || kind.isSocket()
    ? new Socket({ fd: 1, readable: false, writable: true })
    : createWriteStream('', { fd: 1, autoClose: false })
}
