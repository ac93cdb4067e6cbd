import { stripVTControlCharacters } from 'node:util'
import type { WriteStream } from 'node:tty'
import { renderUsage, runCommand, type ArgsDef, type CommandDef, type CommandMeta } from 'citty'
import { SeamError, toSeamError } from '#protocol/errors.ts'
import { nearest } from '../core/nearest.ts'
import { productVersion } from '../core/version.ts'
import { catchSignals, interruptedWith, stopWith } from './context.ts'
import { EXIT, exitCode } from './exit.ts'
import { print, tell } from './output.ts'

// A command's type names its own options; whoever runs commands of every kind can't know them.
// eslint-disable-next-line @typescript-eslint/no-explicit-any
export type AnyCommand = CommandDef<any>

/** Options may stand before the command: they are handed on behind it. */
function commandFirst(args: readonly string[]): string[] {
  const takesValue = /^(-c|--(config-file|log-level|log-file|plugins))$/
  const at = args.findIndex((arg, index) => !arg.startsWith('-') && !takesValue.test(args[index - 1] ?? ''))
  if (at <= 0 || args.slice(0, at).includes('--')) return [...args]
  const rest = args.slice(at)
  const end = rest.indexOf('--')
  const cut = end < 0 ? rest.length : end
  return [...rest.slice(0, cut), ...args.slice(0, at), ...rest.slice(cut)]
}

/** The command that `args` name, with its parent, and what is left for it. */
async function find(root: AnyCommand, args: readonly string[]): Promise<{ path: AnyCommand[]; rest: string[] }> {
  const path = [root]
  let rest = [...args]
  for (;;) {
    const inner = (await resolve(path.at(-1)!.subCommands)) as Record<string, unknown> | undefined
    if (!inner) return { path, rest }
    const name = rest[0]
    if (name === undefined || name.startsWith('-')) return { path, rest }
    if (!Object.hasOwn(inner, name)) {
      const meant = nearest(name, Object.keys(inner))
      throw new SeamError(
        'bad-input',
        `There is no command “${name}”. ${meant ? `Did you mean “${meant}”?` : 'See voxloom --help.'}`,
      )
    }
    path.push((await resolve(inner[name])) as AnyCommand)
    rest = rest.slice(1)
  }
}

const resolve = async (value: unknown): Promise<unknown> => (typeof value === 'function' ? value() : value)

/** Options that a command does not declare, by their names. The last of a name counts. */
export type FurtherOptions = ReadonlyMap<string, string>

/** Commands whose further options are the parameters of what they name. */
const open = new WeakSet<AnyCommand>()

/** Options that the command does not declare reach it as `data`, a FurtherOptions, and are its own to judge. */
export function withFurtherOptions<Command extends AnyCommand>(command: Command): Command {
  open.add(command)
  return command
}

/** What a command was given, sorted: what it declares, and what it must judge itself. */
interface Given {
  readonly own: readonly string[]
  readonly further: FurtherOptions
}

/** Options that the command does not have are mistakes, not noise. @throws SeamError bad-input */
async function readOptions(command: AnyCommand, args: readonly string[]): Promise<Given> {
  const known = new Map<string, string>()
  let positionals = 0
  for (const [name, arg] of Object.entries((await resolve(command.args)) as ArgsDef)) {
    const type = arg.type ?? 'boolean'
    // A hint such as MODEL… stands for one or more.
    if (type === 'positional') positionals += 'valueHint' in arg && arg.valueHint?.endsWith('…') ? Infinity : 1
    else for (const one of [name, ...[('alias' in arg ? arg.alias : []) ?? []].flat()]) known.set(one, type)
  }
  const own: string[] = []
  const further = new Map<string, string>()
  let given = 0
  for (let at = 0; at < args.length; at++) {
    const arg = args[at]!
    if (arg === '--') {
      own.push(...args.slice(at))
      given += args.length - at - 1
      break
    }
    if (!arg.startsWith('-') || arg === '-') {
      own.push(arg)
      given++
      continue
    }
    const [, name = '', inline] = /^--?([^=]*)(?:=(.*))?$/s.exec(arg)!
    const type = known.get(name) ?? (name.startsWith('no-') ? known.get(name.slice(3)) : undefined)
    const isFurther = type === undefined && open.has(command) && arg.startsWith('--')
    if (type === undefined && !isFurther) {
      const meant = nearest(name, known.keys())
      throw new SeamError(
        'bad-input',
        `There is no option “${arg}”. ${meant ? `Did you mean “--${meant}”?` : 'See --help.'} Text that begins with a dash goes after “--”.`,
      )
    }
    if (!isFurther) own.push(arg)
    if (type === 'boolean' || inline !== undefined) {
      if (isFurther) further.set(name, inline!)
      continue
    }
    const value = args[++at]
    if (value === undefined) throw new SeamError('bad-input', `The option “${arg}” needs a value.`)
    if (isFurther) further.set(name, value)
    else own.push(value)
  }
  if (given > positionals) {
    throw new SeamError(
      'bad-input',
      `There is one word too many: ${positionals} expected, ${given} given. Put text with spaces into quotes.`,
    )
  }
  return { own, further }
}

/** Help for the last of `path`: with all words that name it, and in colors where they are shown. */
async function usageFor(path: readonly AnyCommand[], output: WriteStream): Promise<string> {
  const above = await Promise.all(path.slice(0, -1).map(command => resolve(command.meta) as Promise<CommandMeta>))
  const parent = above.length > 0 && { meta: { ...above[0], name: above.map(({ name }) => name).join(' ') } }
  const usage = await renderUsage(path.at(-1)!, parent || undefined)
  return output.isTTY && output.hasColors() ? usage : stripVTControlCharacters(usage)
}

/** Runs one command line. Returns the exit code; whatever goes wrong is one sentence on the error stream. */
async function run(root: AnyCommand, rawArgs: readonly string[]): Promise<number> {
  try {
    const { path, rest } = await find(root, root.subCommands ? commandFirst(rawArgs) : rawArgs)
    const command = path.at(-1)!
    const options = rest.includes('--') ? rest.slice(0, rest.indexOf('--')) : rest
    if (options.includes('--help') || options.includes('-h')) {
      print(await usageFor(path, process.stdout))
      return EXIT.ok
    }
    if (options.includes('--version') && path.length === 1) {
      print(productVersion())
      return EXIT.ok
    }
    if (command.subCommands) {
      await readOptions(command, rest)
      process.stderr.write(`${await usageFor(path, process.stderr)}\n`)
      return EXIT.usage
    }
    const { own, further } = await readOptions(command, rest)
    const { result } = await runCommand(command, { rawArgs: [...own], data: further })
    return typeof result === 'number' ? result : (interruptedWith() ?? EXIT.ok)
  } catch (error) {
    const stopped = interruptedWith()
    if (stopped !== undefined) {
      // What was kept is worth a word.
      const said = error instanceof SeamError && error.code === 'cancelled' ? error.message : 'stopped.'
      if (stopped === EXIT.interrupted || stopped === EXIT.terminated) tell(`voxloom: ${said}`)
      return stopped
    }
    if (error instanceof Error && error.name === 'CLIError') {
      tell(`voxloom: ${error.message}. See --help.`)
      return EXIT.usage
    }
    const failure = toSeamError(error)
    tell(`voxloom: ${failure.message}`)
    if (failure.code === 'internal' && process.env.VOXLOOM_LOG_LEVEL === 'debug') tell(String((error as Error).stack))
    return exitCode(failure.code)
  }
}

/** Runs the process's command line to its exit code. */
export async function runCli(root: AnyCommand): Promise<void> {
  let broken: number | undefined
  process.stdout.on('error', (error: NodeJS.ErrnoException) => {
    // Whoever read has had enough: nothing went wrong.
    if (error.code === 'EPIPE') return stopWith(EXIT.ok)
    const full = error.code === 'ENOSPC' || error.code === 'EDQUOT'
    tell(
      `voxloom: ${full ? 'There is no room left for the output.' : `The output can’t be written: ${error.message}.`}`,
    )
    broken = full ? EXIT.noRoom : EXIT.failure
    process.exitCode = broken
    stopWith(broken)
  })
  // Nobody reads what is told: that is no reason to leave the work half done.
  process.stderr.on('error', () => undefined)
  catchSignals()
  const code = await run(root, process.argv.slice(2))
  process.exitCode = broken ?? code
  // A command that stopped reading must not wait for whoever writes to it.
  process.stdin.destroy()
}
