import { defineCommand } from 'citty'
import type { AilmentNeed, ContractInfo, ContractNeed } from '#protocol/contracts.ts'
import { globalArgs } from '../context.ts'
import { megabytes, print, printJson, table, tell } from '../output.ts'
import { plainLabel } from '../plain.ts'
import { pluginArgs } from '../plugin-context.ts'
import { companionFor, pluginName, portArg, withContracts } from './host.ts'

const NEEDS: Readonly<Record<ContractNeed, string>> = {
  dependencies: 'needs its packages',
  config: 'needs settings',
  interpreter: 'needs its interpreter',
  build: 'needs to be built',
}
const AILMENTS: Readonly<Record<AilmentNeed, string>> = {
  server: 'needs a server',
  config: 'needs other settings',
  model: 'needs a model',
}

/** What becomes of it, in a word or two: the worst first, as the page's lights. */
function stateOf({ problem, need, quarantined, ailment, status }: ContractInfo): string {
  if (problem !== undefined) return 'can’t be used'
  if (quarantined) return 'quarantined'
  if (need) return NEEDS[need]
  if (ailment?.need) return AILMENTS[ailment.need]
  return ailment ? 'error' : status.toLowerCase().replaceAll('_', ' ')
}

/** What somebody should know of it besides, in sentences. */
const saidOf = ({ problem, notes, ailment }: ContractInfo): readonly string[] =>
  problem === undefined ? [...notes, ...(ailment?.message ? [ailment.message] : [])] : [problem]

export const list = defineCommand({
  meta: { name: 'list', description: 'show the contract plugins, and what becomes of them' },
  args: { ...portArg, ...pluginArgs, ...globalArgs },
  run: ({ args, rawArgs }) =>
    withContracts(args, rawArgs, async (host, context) => {
      const companion = await companionFor(context, args)
      const infos = companion ? await companion.json<ContractInfo[]>('GET', '/contracts') : host.list()
      if (context.json) return printJson(infos)
      const rows = infos.map(info => [info.name, info.contract, info.version, info.language, stateOf(info)])
      print(table([['PLUGIN', 'CONTRACT', 'VERSION', 'RUNS AS', 'STATE'], ...rows]))
      for (const info of infos) {
        for (const said of saidOf(info)) tell(plainLabel(`${info.name}: ${said}`))
      }
    }),
})

export const show = defineCommand({
  meta: { name: 'show', description: 'show one contract plugin: its methods, what it offers, how it is' },
  args: { plugin: pluginName, ...portArg, ...pluginArgs, ...globalArgs },
  run: ({ args, rawArgs }) =>
    withContracts(args, rawArgs, async (host, context) => {
      const companion = await companionFor(context, args)
      const path = `/contracts/${encodeURIComponent(args.plugin)}`
      const info = companion ? await companion.json<ContractInfo>('GET', path) : host.get(args.plugin)
      if (context.json) return printJson(info)
      if (info.problem !== undefined) tell(`voxloom: ${info.problem}`)
      for (const note of info.notes) tell(plainLabel(note))
      print(table(factsOf(info).map(row => row.map(plainLabel))))
      if (info.methods.length > 0) print(`\n${table(methodRows(info))}`)
    }),
})

function factsOf(info: ContractInfo): string[][] {
  const { offers, health } = info
  const last = health.at(-1)
  const facts: [string, string | undefined][] = [
    ['plugin', `${info.name} ${info.version}`],
    ['contract', info.contract],
    ['does', info.description],
    ['state', stateOf(info)],
    ['failed', info.failure?.message],
    ['health', last && `${last.message || last.status} (${last.took.toFixed(1)} ms)`],
    ['memory', info.memory === undefined ? undefined : megabytes(info.memory)],
    ['voices', some(offers.voices)],
    ['languages', some(offers.languages)],
    ['models', some(offers.models)],
    ['runs as', info.language],
    ['packages', info.requirements.join(', ')],
    ['settings', Object.keys((info.configSchema?.['properties'] as object | undefined) ?? {}).join(', ')],
    ['licence', info.license],
    ['trust', info.trust],
    ['sandbox', info.sandbox === 'bubblewrap' ? 'bubblewrap' : 'unsandboxed'],
    ['folder', info.folder],
  ]
  return facts.filter((fact): fact is [string, string] => fact[1] !== undefined && fact[1] !== '')
}

/** Names of a list that are shown. */
const SOME = 8

function some(offered: readonly { readonly id: string }[] | undefined): string | undefined {
  if (!offered) return undefined
  const names = offered.slice(0, SOME).map(({ id }) => id)
  return `${names.join(', ')}${offered.length > SOME ? ` and ${offered.length - SOME} more` : ''}`
}

function methodRows({ methods }: ContractInfo): string[][] {
  const rows = methods.map(({ name, about, streams, offered, required, params }) => {
    const properties = Object.keys((params['properties'] as object | undefined) ?? {})
    const needed = new Set((params['required'] as readonly string[] | undefined) ?? [])
    const options = properties.map(key => `--${key.replaceAll('_', '-')}${needed.has(key) ? '' : '?'}`)
    const has = offered === undefined ? (required ? 'yes' : '') : offered ? 'yes' : 'no'
    return [name, has, streams ? 'yes' : '', options.join(' '), about]
  })
  return [['METHOD', 'HAS IT', 'MAY STREAM', 'OPTIONS', ''], ...rows]
}
