import { execFile } from 'node:child_process'
import {
  chmodSync,
  copyFileSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  rmSync,
  writeFileSync,
} from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { afterEach, beforeEach, expect, it, vi } from 'vitest'

vi.setConfig({ testTimeout: 120_000 })

let root: string
beforeEach(() => {
  root = mkdtempSync(join(tmpdir(), 'voxloom-bootstrap-'))
  mkdirSync(join(root, 'companion'))
  copyFileSync(fileURLToPath(new URL('./bootstrap.cjs', import.meta.url)), join(root, 'companion', 'bootstrap.cjs'))
  mkdirSync(join(root, 'part'))
  write('part/package.json', { name: 'part', version: '1.0.0' })
  lock('1.0.0')
})
afterEach(() => rmSync(root, { recursive: true, force: true }))

function write(path: string, value: unknown): void {
  writeFileSync(join(root, path), JSON.stringify(value))
}

/** A package with one dependency that lies beside it: npm needs no registry for that. */
function lock(version: string): void {
  write('package.json', { name: 'whole', version, dependencies: { part: 'file:part' } })
  write('package-lock.json', {
    name: 'whole',
    version,
    lockfileVersion: 3,
    packages: {
      '': { name: 'whole', version, dependencies: { part: 'file:part' } },
      'node_modules/part': { resolved: 'part', link: true },
      part: { version: '1.0.0' },
    },
  })
}

function bootstrap(): Promise<{ code: number; stderr: string }> {
  return new Promise(resolve => {
    execFile(process.execPath, [join(root, 'companion', 'bootstrap.cjs')], (error, _, stderr) => {
      resolve({ code: error ? Number(error.code) : 0, stderr })
    })
  })
}

it('installs once, and again when the lock file asks for other packages', async () => {
  expect(await bootstrap()).toEqual({ code: 0, stderr: expect.stringContaining('Installing packages') })
  expect(existsSync(join(root, 'node_modules', 'part', 'package.json'))).toBe(true)
  expect(await bootstrap()).toEqual({ code: 0, stderr: '' })
  rmSync(join(root, 'node_modules'), { recursive: true })
  expect((await bootstrap()).stderr).toContain('Installing packages')
})

it('leaves packages alone that somebody installed already', async () => {
  await bootstrap()
  rmSync(join(root, 'node_modules', '.voxloom-lock'))
  expect(await bootstrap()).toEqual({ code: 0, stderr: '' })
  expect(readFileSync(join(root, 'node_modules', '.voxloom-lock'), 'utf8')).toMatch(/^[0-9a-f]{64}\n$/)
  lock('1.0.1')
  expect(await bootstrap()).toEqual({ code: 0, stderr: '' })
})

it.skipIf(process.platform === 'win32')('says that a newer Node is needed', async () => {
  await bootstrap()
  mkdirSync(join(root, 'node_modules', '.bin'), { recursive: true })
  writeFileSync(join(root, 'node_modules', '.bin', 'node'), '#!/bin/sh\necho v18.19.0\n')
  chmodSync(join(root, 'node_modules', '.bin', 'node'), 0o755)
  const { code, stderr } = await bootstrap()
  expect([code, stderr]).toEqual([1, expect.stringMatching(/Node\.js 24 or newer is needed, this is v18\.19\.0/)])
})

it('says that the copy is not whole', async () => {
  rmSync(join(root, 'package-lock.json'))
  const { code, stderr } = await bootstrap()
  expect([code, stderr]).toEqual([1, expect.stringContaining('package-lock.json is missing')])
})

it('finds every platform’s part in the lock file, without which npm ci refuses it', () => {
  interface Lock {
    readonly packages: Readonly<Record<string, { readonly optionalDependencies?: Readonly<Record<string, string>> }>>
  }
  const file = fileURLToPath(new URL('../package-lock.json', import.meta.url))
  const { packages } = JSON.parse(readFileSync(file, 'utf8')) as Lock
  const names = Object.keys(packages)
  const missing = Object.values(packages)
    .flatMap(({ optionalDependencies = {} }) => Object.keys(optionalDependencies))
    .filter(part => !names.some(name => name.endsWith(`node_modules/${part}`)))
  expect(missing).toEqual([])
})
