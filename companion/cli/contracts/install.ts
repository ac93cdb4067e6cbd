import { defineCommand } from 'citty'
import { globalArgs } from '../context.ts'
import { print, printJson, tell } from '../output.ts'
import { pluginArgs } from '../plugin-context.ts'
import { pluginName, withContracts } from './host.ts'

export const install = defineCommand({
  meta: { name: 'install', description: 'install the packages of a Python plugin, into an environment of its own' },
  args: { plugin: pluginName, ...pluginArgs, ...globalArgs },
  run: ({ args, rawArgs }) =>
    withContracts(args, rawArgs, async (host, { json, signal }) => {
      let lock: readonly string[] = []
      for await (const line of host.install(args.plugin, signal)) {
        if (line.kind === 'done') lock = line.lock
        else if (line.kind === 'log') tell(line.text)
        else tell(`${line.what} (${line.done} of ${line.total})`)
      }
      if (json) return printJson({ plugin: args.plugin, packages: lock })
      print(lock.length === 0 ? `${args.plugin}: needs no packages` : `${args.plugin}: ${lock.join(', ')}`)
    }),
})
