import { randomUUID } from 'node:crypto'
import { mkdirSync, readFileSync, renameSync, writeFileSync } from 'node:fs'
import { dirname } from 'node:path'
import { stringify } from 'smol-toml'
import { fileError, isMissing } from '../models/files.ts'
import { checkConfig } from './load.ts'
import { readSetting, type SettingKey } from './settings.ts'
import { checkSpeech } from './speech.ts'

/**
 * Sets one value in the file, line by line, so that comments and order stay. The outcome is read again before it takes
 * the file's place. @throws SeamError bad-input, not-found (no such voice), refused, quota
 */
export function setConfig(file: string, key: SettingKey, value: unknown): void {
  const checked = readSetting(key, value, key)
  checkSpeech(key, checked)
  let text = ''
  try {
    text = readFileSync(file, 'utf8')
  } catch (error) {
    if (!isMissing(error)) throw fileError(error, file, 'read')
  }
  checkConfig(text, file)
  const after = withValue(text, key, stringify({ v: checked }).trim().replace(/^v = /, ''))
  checkConfig(after, file)
  const draft = `${file}.${randomUUID()}`
  try {
    mkdirSync(dirname(file), { recursive: true, mode: 0o700 })
    writeFileSync(draft, after, { mode: 0o600, flush: true })
    renameSync(draft, file)
  } catch (error) {
    throw fileError(error, file, 'write')
  }
}

function withValue(text: string, key: SettingKey, value: string): string {
  const [table, name] = key.split('.') as [string, string]
  const lines = text === '' ? [] : text.replace(/\n$/, '').split('\n')
  const header = new RegExp(`^\\s*\\[\\s*${table}\\s*\\]`)
  const start = lines.findIndex(line => header.test(line))
  if (start < 0) return [...lines, ...(lines.length > 0 ? [''] : []), `[${table}]`, `${name} = ${value}`, ''].join('\n')
  const next = lines.findIndex((line, at) => at > start && /^\s*\[/.test(line))
  const end = next < 0 ? lines.length : next
  const at = lines.findIndex(
    (line, index) => index > start && index < end && new RegExp(`^\\s*${name}\\s*=`).test(line),
  )
  if (at < 0) lines.splice(start + 1, 0, `${name} = ${value}`)
  else lines[at] = `${name} = ${value}${comment(lines[at]!)}`
  return `${lines.join('\n')}\n`
}

/** The comment behind a value, which may itself hold a `#` in quotes. */
function comment(line: string): string {
  const value = line.slice(line.indexOf('=') + 1)
  const match = /^\s*(?:"(?:[^"\\]|\\.)*"|'[^']*'|[^#"']*?)(\s*#.*)$/.exec(value)
  return match?.[1] ?? ''
}
