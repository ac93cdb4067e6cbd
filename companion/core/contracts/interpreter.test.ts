import { rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, it, onTestFinished, vi } from 'vitest'
import { scratch } from '../testing/plugins.ts'
import { ASKED_AGAIN, findPython, interpreterMissing, isAtLeast, OLDEST_PYTHON, pythonMissing } from './interpreter.ts'

/** A program that says that it is some Python. */
function fake(version: string, name = 'python3'): string {
  const folder = scratch()
  const answer = `${version} cpython linux-x86_64\\n${join(folder, name)}\\n/opt/python`
  writeFileSync(join(folder, name), `#!/bin/sh\nprintf '${answer}\\n'\n`, { mode: 0o755 })
  return folder
}

describe('the Python of this machine', () => {
  it('is found on the path, and is itself rather than what leads to it', () => {
    const python = findPython('')
    expect(python).toMatchObject({ version: expect.stringMatching(/^3\.\d+\.\d+$/), prefix: expect.any(String) })
    expect(isAtLeast(python!, OLDEST_PYTHON)).toBe(true)
    expect(findPython(python!.program)).toMatchObject({ program: python!.program, mark: python!.mark })
  })

  it('is of version 3.9 or later', () => {
    expect(findPython('', fake('3.9.0'))?.version).toBe('3.9.0')
    expect(findPython('', fake('3.8.20'))).toBeUndefined()
    expect(findPython('', fake('2.7.18', 'python'))).toBeUndefined()
    expect(isAtLeast({ version: '3.10.0' }, [3, 9])).toBe(true)
  })

  it('is the next one where the first is too old, or none', () => {
    const both = [fake('3.8.1'), fake('3.12.1', 'python3.12')].join(':')
    expect(findPython('', both)?.version).toBe('3.12.1')
    const broken = scratch()
    writeFileSync(join(broken, 'python3'), '#!/bin/sh\nexit 9\n', { mode: 0o755 })
    expect(findPython('', `${broken}:${fake('3.11.2', 'python')}`)?.version).toBe('3.11.2')
  })

  it('is asked for anew when it is gone, though what led to it is as before', () => {
    const folder = fake('3.11.1')
    const real = join(scratch(), 'python3.11')
    writeFileSync(real, '')
    writeFileSync(join(folder, 'python3'), `#!/bin/sh\ncat '${join(folder, 'answer')}'\n`, { mode: 0o755 })
    const answer = (version: string, program: string) =>
      writeFileSync(join(folder, 'answer'), `${version} cpython linux-x86_64\n${program}\n/opt/python\n`)
    answer('3.11.1', real)
    expect(findPython('', folder)).toMatchObject({ version: '3.11.1', program: real })
    answer('3.12.1', process.execPath)
    expect(findPython('', folder)?.version).toBe('3.11.1')
    rmSync(real)
    expect(findPython('', folder)).toMatchObject({ version: '3.12.1', program: process.execPath })
  })

  it('is asked again a minute after it had no answer, and no sooner', () => {
    vi.useFakeTimers({ toFake: ['performance'] })
    onTestFinished(() => void vi.useRealTimers())
    const folder = scratch()
    const program = join(folder, 'python3')
    writeFileSync(program, `#!/bin/sh\ncat '${join(folder, 'answer')}'\n`, { mode: 0o755 })
    expect(findPython('', folder)).toBeUndefined()
    writeFileSync(join(folder, 'answer'), `3.12.1 cpython linux-x86_64\n${program}\n/opt/python\n`)
    vi.advanceTimersByTime(ASKED_AGAIN - 1)
    expect(findPython('', folder)).toBeUndefined()
    vi.advanceTimersByTime(1)
    expect(findPython('', folder)?.version).toBe('3.12.1')
  })

  it('may be named, and then no other is taken', () => {
    vi.stubEnv('VOXLOOM_PYTHON', join(fake('3.13.0'), 'python3'))
    expect(findPython(undefined)?.version).toBe('3.13.0')
    vi.stubEnv('VOXLOOM_PYTHON', '/nowhere/python3')
    expect(findPython(undefined)).toBeUndefined()
    expect(pythonMissing('kokoro').message).toBe(
      '“kokoro” needs Python 3.9 or later, and “/nowhere/python3” (VOXLOOM_PYTHON) is none. Name another one, or leave the setting out.',
    )
    vi.unstubAllEnvs()
  })
})

describe('what is missing', () => {
  it('is said with what to install', () => {
    expect(findPython('', scratch())).toBeUndefined()
    const error = pythonMissing('kokoro', '')
    expect(error.message).toMatch(
      /^“kokoro” needs Python 3\.9 or later, which is not on this machine\. Install .*python/,
    )
    expect(error.details).toEqual({ failure: 'INTERPRETER_MISSING', plugin: 'kokoro' })
    expect(interpreterMissing('voice', 'perl').message).toMatch(
      /^“voice” needs the program “perl”, which is not on this/,
    )
  })
})
