import { defineCommand } from 'citty'
import type { FileReport } from '../core/models/store.ts'
import { globalArgs, openContext, type Context } from './context.ts'
import { EXIT } from './exit.ts'
import { megabytes, print, printJson, progressLine, table, tell } from './output.ts'

const name = {
  type: 'positional',
  required: false,
  description: 'a model of the list; all when absent',
  valueHint: 'MODEL',
} as const
const variant = { type: 'string', description: 'this variant of the model', valueHint: 'VARIANT' } as const

const list = defineCommand({
  meta: { name: 'list', description: 'show the models, and which of them are here' },
  args: globalArgs,
  async run({ args }) {
    const { models, json } = await openContext(args)
    const states = await models.list()
    if (json) return printJson(states)
    const rows = states.flatMap(state => [
      [state.id, state.name, state.task, state.complete ? 'here' : '–', megabytes(state.onDisk), state.licence],
      ...state.variants.map(({ id, device, bytes, complete }) => [
        `  ${id}`,
        device === 'any' ? '' : `for ${device}`,
        '',
        complete ? 'here' : '–',
        megabytes(bytes),
        '',
      ]),
    ])
    print(table([['MODEL', 'NAME', 'TASK', 'HERE', 'SIZE', 'LICENCE'], ...rows]))
    print(`\nFolder: ${models.folder}`)
  },
})

const pull = defineCommand({
  meta: { name: 'pull', description: 'fetch models, or repair them; without a name, those that the start needs' },
  args: { model: { ...name, description: 'models of the list', valueHint: 'MODEL…' }, variant, ...globalArgs },
  async run({ args }) {
    const context = await openContext(args)
    const ids =
      args._.length > 0 ? args._ : context.models.catalogue.filter(entry => entry.isDefault).map(({ id }) => id)
    // All are known before the first is fetched.
    for (const id of ids) context.models.entry(id)
    const reports = []
    for (const id of ids) reports.push(await pullOne(context, id, args.variant))
    if (context.json) return printJson(reports)
    for (const { id, variant, fetched } of reports) {
      print(`${id}${variant ? ` (${variant})` : ''}: ${fetched ? `fetched ${megabytes(fetched)}` : 'was complete'}`)
    }
  },
})

export async function pullOne({ models, signal }: Context, id: string, variant?: string) {
  const line = progressLine(`Fetching ${models.entry(id).name}`)
  try {
    return await models.pull(id, { signal, onProgress: line.update, ...(variant !== undefined && { variant }) })
  } finally {
    line.end()
  }
}

const verify = defineCommand({
  meta: { name: 'verify', description: 'read every file and compare its SHA-256' },
  args: { model: name, ...globalArgs },
  async run({ args }) {
    const { models, signal, json } = await openContext(args)
    const all = args.model ? [models.entry(args.model)] : models.catalogue
    const reports: { id: string; files: readonly FileReport[] }[] = []
    for (const { id, name } of all) {
      const line = progressLine(`Checking ${name}`)
      try {
        reports.push({ id, files: await models.verify(id, { signal, onProgress: line.update }) })
      } finally {
        line.end()
      }
    }
    // A model that was never asked for is no fault; one that is here in part is.
    const faulty = reports.flatMap(({ id, files }) => {
      const touched = args.model !== undefined || files.some(({ state }) => state !== 'missing')
      return touched ? files.filter(({ state }) => state !== 'complete').map(file => ({ id, ...file })) : []
    })
    if (json) printJson(reports)
    else {
      for (const { id, files } of reports) {
        const right = files.filter(({ state }) => state === 'complete').length
        print(`${id}: ${files.length === 0 ? 'not here' : `${right} of ${files.length} files are right`}`)
      }
      for (const { id, path, state } of faulty) print(`  ${id}/${path} is ${state}`)
    }
    if (faulty.length === 0) return EXIT.ok
    tell(
      `voxloom: ${faulty.length} files are missing or damaged. Repair them with: voxloom models pull ${faulty[0]!.id}`,
    )
    return faulty.some(({ state }) => state === 'damaged') ? EXIT.integrity : EXIT.notFound
  },
})

const remove = defineCommand({
  meta: { name: 'remove', description: 'delete a model’s files' },
  args: { model: { ...name, required: true, description: 'a model of the list' }, variant, ...globalArgs },
  async run({ args }) {
    const { models, json } = await openContext(args)
    const freed = await models.remove(args.model, args.variant)
    if (json) printJson({ id: args.model, freed })
    else print(`${args.model}: ${freed ? `freed ${megabytes(freed)}` : 'was not here'}`)
  },
})

export const models = defineCommand({
  meta: { name: 'models', description: 'list, fetch, check and delete models' },
  args: globalArgs,
  subCommands: { list, pull, verify, remove },
})
