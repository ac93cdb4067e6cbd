import { readFile, stat } from 'node:fs/promises'
import { extname } from 'node:path'
import { defineCommand } from 'citty'
import { SeamError } from '#protocol/errors.ts'
import type { KeptPersona } from '#protocol/personas.ts'
import { fileError } from '../core/models/files.ts'
import { PERSONA_FORMATS, writePersona, type PersonaFormat } from '../core/personas/card-files.ts'
import { findPersona } from '../core/personas/find.ts'
import { importInto, checkCardSize } from '../core/personas/import.ts'
import { PersonaStore } from '../core/personas/store.ts'
import { voiceName } from '../core/voice.ts'
import { globalArgs, openContext, type Context } from './context.ts'
import { fileOutput, mayReplace, pipeOutput } from './output-file.ts'
import { print, printJson, table, tell } from './output.ts'
import { plainJson, plainLabel, plainLines } from './plain.ts'

const persona = {
  type: 'positional',
  required: true,
  description: 'a persona’s id or name',
  valueHint: 'PERSONA',
} as const

const open = ({ config }: Context) => new PersonaStore(config.folders.state, message => tell(`voxloom: ${message}`))

const list = defineCommand({
  meta: { name: 'list', description: 'show the personas of the companion' },
  args: globalArgs,
  async run({ args }) {
    const context = await openContext(args)
    const all = await open(context).list()
    if (context.json) return printJson(all.map(summary))
    const rows = all.map(each => [
      plainLabel(each.name),
      each.id,
      voiceName(each.voice),
      each.lang,
      ORIGINS[each.origin],
    ])
    print(table([['NAME', 'ID', 'VOICE', 'LANG', 'FROM'], ...rows]))
  },
})

const show = defineCommand({
  meta: { name: 'show', description: 'show one persona' },
  args: { persona, ...globalArgs },
  async run({ args }) {
    const context = await openContext(args)
    const found = await findPersona(open(context), args.persona)
    if (context.json) return printJson(found)
    const { lorebook, model, temperature, updatedAt } = found
    const facts: [string, string | undefined][] = [
      ['name', plainLabel(found.name)],
      ['id', found.id],
      ['from', ORIGINS[found.origin]],
      ['changed', updatedAt && `${updatedAt} (revision ${found.revision})`],
      ['voice', `${voiceName(found.voice)} at ${found.speed}`],
      ['language', found.lang],
      ['model', model],
      ['temperature', temperature?.toString()],
      ['lore', lorebook && `${lorebook.entries.length} entries`],
    ]
    print(table(facts.filter((fact): fact is [string, string] => fact[1] !== undefined)))
    const texts = [
      ['Greeting', found.greeting],
      ['Prompt', found.prompt],
      ['Description', found.description],
    ]
    for (const [title, text] of texts) if (text) print(`\n${title}:\n${plainLines(text)}`)
  },
})

const take = defineCommand({
  meta: { name: 'import', description: 'take in personas: a character card (JSON, PNG, charx), or YAML' },
  args: { file: { type: 'positional', required: true, description: 'the file', valueHint: 'FILE' }, ...globalArgs },
  async run({ args }) {
    const context = await openContext(args)
    const bytes = await readCard(args.file)
    const { personas, problems } = await importInto(open(context), bytes)
    if (context.json) return printJson({ personas: personas.map(summary), problems })
    for (const { name, id } of personas) print(`${plainLabel(name)}: imported as ${id}`)
    for (const { name, sentences } of problems)
      for (const sentence of sentences) tell(`${plainLabel(name)}: ${sentence}`)
  },
})

/** Not read when it is too large. @throws SeamError */
async function readCard(path: string): Promise<Uint8Array> {
  try {
    checkCardSize((await stat(path)).size)
    return await readFile(path)
  } catch (error) {
    throw fileError(error, path, 'read')
  }
}

const give = defineCommand({
  meta: { name: 'export', description: 'write a persona as a file' },
  args: {
    persona,
    output: { type: 'string', alias: 'o', description: 'the file to write, or - for the output', valueHint: 'FILE' },
    format: {
      type: 'string',
      description: `${PERSONA_FORMATS.join(', ')}; as the output’s name says, or json`,
      valueHint: 'FORMAT',
    },
    force: { type: 'boolean', alias: 'f', description: 'replace a file that is there' },
    ...globalArgs,
  },
  async run({ args }) {
    const context = await openContext(args)
    const output = args.output ?? '-'
    const format = formatFor(args.format, output)
    if (output === '-' && process.stdout.isTTY && (format === 'png' || format === 'charx')) {
      throw new SeamError('bad-input', `Say where the file goes: -o persona.${format}, or -o - in a pipe.`)
    }
    const store = open(context)
    const found = await findPersona(store, args.persona)
    const card = writePersona(found, await store.files(found.id), format)
    // The output may be a terminal.
    const bytes = output === '-' && format === 'json' ? Buffer.from(plainJson(Buffer.from(card).toString())) : card
    if (output !== '-') await mayReplace(output, args.force === true)
    const sink = output === '-' ? pipeOutput() : await fileOutput(output)
    try {
      await sink.write(bytes)
      await sink.finish()
    } catch (error) {
      await sink.keep()
      throw error
    }
    if (output === '-') return
    if (context.json) printJson({ output, format, bytes: bytes.length })
    else print(`${output}: ${plainLabel(found.name)}, ${bytes.length.toLocaleString('en')} bytes`)
  },
})

/** @throws SeamError bad-input */
function formatFor(given: string | undefined, output: string): PersonaFormat {
  const wanted = given ?? extname(output).slice(1).toLowerCase().replace(/^yml$/, 'yaml')
  const found = PERSONA_FORMATS.find(format => format === wanted)
  if (found || given === undefined) return found ?? 'json'
  const known = PERSONA_FORMATS.join(', ')
  throw new SeamError('bad-input', `--format is “${given.slice(0, 40)}”, and must be one of ${known}.`)
}

const remove = defineCommand({
  meta: { name: 'remove', description: 'remove a persona; an included one can be brought back with reset' },
  args: { persona, ...globalArgs },
  async run({ args }) {
    const context = await openContext(args)
    const store = open(context)
    const { id, name } = await findPersona(store, args.persona)
    await store.remove(id)
    if (context.json) printJson({ removed: id })
    else print(`${plainLabel(name)}: removed`)
  },
})

const reset = defineCommand({
  meta: { name: 'reset', description: 'make an included persona what it was at first, changed or removed' },
  args: {
    persona: { ...persona, description: 'an included persona’s id, such as included:nora' },
    ...globalArgs,
  },
  async run({ args }) {
    const context = await openContext(args)
    const id = args.persona.includes(':') ? args.persona : `included:${args.persona.toLowerCase()}`
    const kept = await open(context).reset(id)
    if (context.json) printJson(summary(kept))
    else print(`${plainLabel(kept.name)}: as it came with Voxloom`)
  },
})

const ORIGINS: Readonly<Record<KeptPersona['origin'], string>> = {
  own: 'own',
  included: 'included',
  changed: 'included, changed',
}

const summary = ({ id, name, voice, lang, origin, revision, updatedAt }: KeptPersona) => ({
  ...{ id, name, voice, lang, origin, revision },
  ...(updatedAt !== undefined && { updatedAt }),
})

export const personas = defineCommand({
  meta: { name: 'personas', description: 'list, show, import, export and remove personas' },
  args: globalArgs,
  subCommands: { list, show, import: take, export: give, remove, reset },
})
