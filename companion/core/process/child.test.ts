import { spawnSync } from 'node:child_process'
import { fileURLToPath } from 'node:url'
import { expect, it } from 'vitest'

const child = fileURLToPath(new URL('./child.ts', import.meta.url))

/** Starts a program when no more files can be opened. A process of its own: nothing works in it any more. */
const PROGRAM = `
const { openSync, closeSync } = await import('node:fs')
const { Child } = await import(${JSON.stringify(child)})
const held = []
try {
  for (;;) held.push(openSync('/'))
} catch {}
const started = new Child({ program: process.execPath, args: ['-v'], folder: '/', env: {} })
started.stdout.resume()
const exit = await started.exited
held.forEach(closeSync)
console.log(exit === undefined, started.spawnError.code, (await started.end()) === undefined)
`

it.skipIf(process.platform === 'win32')('says that a program can’t be started for want of files', () => {
  const limited = ['-c', 'ulimit -n 100; exec "$0" --input-type=module -e "$1"', process.execPath, PROGRAM]
  const { stdout, stderr } = spawnSync('sh', limited, { encoding: 'utf8' })
  expect(stdout, stderr).toBe('true EMFILE true\n')
})
