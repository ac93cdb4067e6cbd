import type { ArgsDef, CommandMeta } from 'citty'
import type { AnyCommand } from './run.ts'

export interface TreeOption {
  /** With dashes: `--output`, `-o`. */
  readonly names: readonly string[]
  readonly description: string
  readonly takesValue: boolean
}

/** One command as a completion script needs it. */
export interface TreeCommand {
  /** Words behind the program's name: `plugins list`; empty for the program itself. */
  readonly path: string
  readonly name: string
  readonly description: string
  readonly options: readonly TreeOption[]
  /** What may stand behind it: commands, or words to choose from. */
  readonly commands: readonly { readonly name: string; readonly description: string }[]
}

/** A command with all that stands below it, itself first. */
export async function commandTree(command: AnyCommand, path: readonly string[] = []): Promise<TreeCommand[]> {
  const meta = (await resolve(command.meta)) as CommandMeta | undefined
  const args = ((await resolve(command.args)) ?? {}) as ArgsDef
  const inner = ((await resolve(command.subCommands)) ?? {}) as Record<string, unknown>
  const below: TreeCommand[] = []
  const commands: TreeCommand['commands'][number][] = []
  for (const [name, child] of Object.entries(inner)) {
    const tree = await commandTree((await resolve(child)) as AnyCommand, [...path, name])
    commands.push({ name, description: tree[0]!.description })
    below.push(...tree)
  }
  // A word that must be one of several reads like a command.
  for (const arg of Object.values(args)) {
    for (const name of choicesOf(arg)) commands.push({ name, description: arg.description ?? '' })
  }
  const options = [...Object.entries(args).flatMap(([name, arg]) => optionsOf(name, arg)), HELP]
  return [
    { path: path.join(' '), name: path.at(-1) ?? '', description: meta?.description ?? '', options, commands },
    ...below,
  ]
}

const HELP: TreeOption = { names: ['--help', '-h'], description: 'show what the command does', takesValue: false }

/** Of a positional with a hint such as `start|stop`. */
const choicesOf = (arg: ArgsDef[string]): readonly string[] =>
  arg.type === 'positional' && arg.valueHint?.includes('|') ? arg.valueHint.split('|') : []

function optionsOf(name: string, arg: ArgsDef[string]): TreeOption[] {
  const { type = 'boolean', description = '' } = arg
  if (type === 'positional') return []
  // What is on by itself can only be turned off.
  if (type === 'boolean' && 'default' in arg && arg.default === true) {
    const negative = 'negativeDescription' in arg ? arg.negativeDescription : undefined
    return [{ names: [`--no-${name}`], description: negative ?? `not: ${description}`, takesValue: false }]
  }
  const aliases = [('alias' in arg ? arg.alias : []) ?? []].flat()
  const names = [name, ...aliases].map(one => (one.length === 1 ? `-${one}` : `--${one}`))
  return [{ names, description, takesValue: type !== 'boolean' }]
}

const resolve = async (value: unknown): Promise<unknown> => (typeof value === 'function' ? value() : value)
