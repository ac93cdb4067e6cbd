import { defineCommand } from 'citty'
import { readContract } from '../../core/contracts/discovery.ts'
import { CONTRACT_MANIFEST } from '../../core/contracts/manifest.ts'
import { globalArgs, openContext } from '../context.ts'
import { pluginArgs } from '../plugin-context.ts'
import { byFolderOrName, none } from '../plugin-test.ts'
import { reportArgs, TestReport } from '../test-report.ts'
import { contractsOf, tryContracts } from './trying.ts'

export const test = defineCommand({
  meta: { name: 'test', description: 'run every rule of the specification against contract plugins, over real pipes' },
  args: {
    plugin: {
      type: 'positional',
      required: false,
      description: 'folders with a contract plugin, or names of the list; all when absent',
      valueHint: 'DIR…',
    },
    ...reportArgs,
    ...pluginArgs,
    ...globalArgs,
  },
  async run({ args, rawArgs }) {
    const context = await openContext(args)
    const listed = contractsOf(context, rawArgs)
    const chosen = args._.map(given => {
      const found = byFolderOrName(listed, given, CONTRACT_MANIFEST, ({ name }) => name, readContract)
      if (found) return found
      throw none(
        given,
        listed.map(({ name }) => name),
      )
    })
    const report = new TestReport(context.json)
    await tryContracts(args._.length > 0 ? chosen : listed, context, report)
    return report.end(args.junit)
  },
})
