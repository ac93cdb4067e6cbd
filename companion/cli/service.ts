import { spawnSync } from 'node:child_process'
import { existsSync, mkdirSync, rmSync, writeFileSync } from 'node:fs'
import { homedir } from 'node:os'
import { dirname, join } from 'node:path'
import { defineCommand } from 'citty'
import { SeamError } from '#protocol/errors.ts'
import { fileError } from '../core/models/files.ts'
import { productRoot } from '../core/paths.ts'
import { LAUNCHD_LABEL, launchdList, SYSTEMD_UNIT, systemdUnit, type ServiceFacts } from '../core/service-unit.ts'
import { globalArgs, openContext, type Context } from './context.ts'
import { print, printJson, tell } from './output.ts'

/** How this system starts programs by itself. */
interface Manager {
  readonly file: string
  readonly text: (facts: ServiceFacts) => string
  /** Commands that begin with the service, and that end it. */
  readonly start: readonly (readonly string[])[]
  readonly stop: readonly (readonly string[])[]
}

/** @throws SeamError unsupported */
function manager(): Manager {
  if (process.platform === 'darwin') {
    const file = join(homedir(), 'Library', 'LaunchAgents', `${LAUNCHD_LABEL}.plist`)
    const domain = `gui/${process.getuid?.() ?? 501}`
    return {
      file,
      text: launchdList,
      start: [['launchctl', 'bootstrap', domain, file]],
      stop: [['launchctl', 'bootout', `${domain}/${LAUNCHD_LABEL}`]],
    }
  }
  if (process.platform === 'linux') {
    const config = process.env['XDG_CONFIG_HOME'] || join(homedir(), '.config')
    const systemctl = (...args: string[]) => ['systemctl', '--user', ...args]
    return {
      file: join(config, 'systemd', 'user', SYSTEMD_UNIT),
      text: systemdUnit,
      start: [systemctl('daemon-reload'), systemctl('enable', '--now', SYSTEMD_UNIT)],
      stop: [systemctl('disable', '--now', SYSTEMD_UNIT)],
    }
  }
  throw new SeamError(
    'unsupported',
    'There is no service for this system yet. Start voxloom serve at login by other means, such as the Task Scheduler.',
  )
}

function factsOf({ config }: Context): ServiceFacts {
  const { folders, models } = config
  const kept = Object.entries(process.env).filter(([name]) => /^(XDG_\w+_HOME|VOXLOOM_\w+)$/.test(name))
  return {
    node: process.execPath,
    args: [join(productRoot, 'companion', 'voxloom.mjs'), 'serve', '-c', config.file].slice(
      0,
      existsSync(config.file) ? 4 : 2,
    ),
    writable: [folders.config, folders.data, folders.state, folders.cache, models],
    env: Object.fromEntries(kept) as Record<string, string>,
    logFile: join(folders.state, 'companion.log'),
  }
}

/** Runs what the manager needs. @returns whether it is there and did it */
function told(commands: Manager['start']): boolean {
  return commands.every(([program, ...args]) => {
    const { status } = spawnSync(program!, args, { stdio: ['ignore', process.stderr, process.stderr] })
    return status === 0
  })
}

const install = defineCommand({
  meta: { name: 'install', description: 'start the companion at every login, and now' },
  args: {
    print: { type: 'boolean', description: 'only show what would be written' },
    ...globalArgs,
  },
  async run({ args }) {
    const context = await openContext(args)
    const { file, text, start } = manager()
    const content = text(factsOf(context))
    if (args.print) return print(content.trimEnd())
    try {
      for (const folder of factsOf(context).writable) mkdirSync(folder, { recursive: true })
      mkdirSync(dirname(file), { recursive: true })
      writeFileSync(file, content, { mode: 0o600 })
    } catch (error) {
      throw fileError(error, file, 'write')
    }
    const started = told(start)
    if (context.json) printJson({ file, started })
    else if (started) print(`${file}: the companion runs, and starts at every login.`)
    else
      tell(
        `${file} was written. The service manager did not take it; start it yourself with: ${start.at(-1)!.join(' ')}`,
      )
  },
})

const remove = defineCommand({
  meta: { name: 'remove', description: 'end the companion, and start it at login no more' },
  args: globalArgs,
  async run({ args }) {
    const context = await openContext(args)
    const { file, stop } = manager()
    const was = existsSync(file)
    if (was) {
      told(stop)
      rmSync(file, { force: true })
    }
    if (context.json) printJson({ file, removed: was })
    else print(was ? `${file} was removed.` : 'There was no service.')
  },
})

export const service = defineCommand({
  meta: { name: 'service', description: 'have the companion started at login' },
  args: globalArgs,
  subCommands: { install, remove },
})
