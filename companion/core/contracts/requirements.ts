import { readFileSync, statSync } from 'node:fs'
import { join } from 'node:path'
import { SeamError } from '#protocol/errors.ts'
import { fileError, isMissing } from '../models/files.ts'

export const REQUIREMENTS = 'requirements.txt'
/** Bytes of requirements.txt. */
export const MAX_REQUIREMENTS = 64 * 1024

export interface Requirements {
  /** What is installed for the plugin, a line each, to be shown: without the passwords in addresses. */
  readonly lines: readonly string[]
  /** Where the manifest and requirements.txt disagree, in sentences. */
  readonly notes: readonly string[]
}

/**
 * What a Python plugin needs: the lines of requirements.txt where there is one, else the manifest's `dependencies`.
 * @throws SeamError bad-input, refused
 */
export function requirementsOf(folder: string, dependencies: readonly string[]): Requirements {
  const text = readRequirements(join(folder, REQUIREMENTS))
  const named = dependencies.map(withoutCredentials)
  if (text === undefined) return { lines: named, notes: [] }
  const lines = requirementLines(text).map(withoutCredentials)
  return { lines, notes: named.length > 0 ? disagreements(named, lines) : [] }
}

/** These lines are shown and logged. The installer reads the files, and what it is let in by makes no other package. */
export const withoutCredentials = (line: string) => line.replace(/:\/\/[^\s/?#]*@/g, '://…@')

function readRequirements(path: string): string | undefined {
  try {
    const stat = statSync(path)
    if (!stat.isFile()) throw new SeamError('bad-input', `${path} is no file. Put a file of text there, or nothing.`)
    if (stat.size > MAX_REQUIREMENTS) {
      throw new SeamError('bad-input', `${path} has ${stat.size} bytes; it may have ${MAX_REQUIREMENTS}.`)
    }
    return new TextDecoder('utf-8', { fatal: true }).decode(readFileSync(path))
  } catch (error) {
    if (error instanceof TypeError) throw new SeamError('bad-input', `${path} is not UTF-8. Save it as UTF-8.`)
    if (isMissing(error)) return undefined
    throw fileError(error, path, 'read')
  }
}

/** Without comments; a line that ends with a backslash goes on in the next. */
function requirementLines(text: string): string[] {
  return text
    .replace(/\\\r?\n/g, ' ')
    .split(/\r?\n/)
    .map(line => line.replace(/(^|\s)#.*$/, '').trim())
    .filter(line => line !== '')
}

/** Only what both name by a package's name can be compared: lines with options and addresses can't. */
function disagreements(dependencies: readonly string[], lines: readonly string[]): string[] {
  const [ours, theirs] = [byName(dependencies), byName(lines)]
  const notes: string[] = []
  for (const [name, line] of ours) {
    const other = theirs.get(name)
    if (other === undefined) notes.push(`manifest.json asks for “${line}”, and ${REQUIREMENTS} does not.`)
    else if (bare(other) !== bare(line)) notes.push(`manifest.json asks for “${line}”, ${REQUIREMENTS} for “${other}”.`)
  }
  for (const [name, line] of theirs) {
    if (!ours.has(name)) notes.push(`${REQUIREMENTS} asks for “${line}”, and manifest.json does not.`)
  }
  return notes.map(note => `${note} ${REQUIREMENTS} is what gets installed.`)
}

/** Names as the Python packaging guide compares them: case, and which of “-”, “_” and “.” stands, make no difference. */
function byName(lines: readonly string[]): Map<string, string> {
  const named = lines.flatMap(line => {
    const name = /^[A-Za-z0-9]([A-Za-z0-9._-]*[A-Za-z0-9])?/.exec(line)?.[0]
    return name === undefined ? [] : ([[name.toLowerCase().replace(/[-_.]+/g, '-'), line]] as const)
  })
  return new Map(named)
}

/** Without the name and without spaces: what two lines for one package must have the same. */
const bare = (line: string) => line.replace(/^[A-Za-z0-9._-]+/, '').replace(/\s+/g, '')
