import { defineCommand } from 'citty'
import { SeamError } from '#protocol/errors.ts'
import { commandTree } from './command-tree.ts'
import { completionScript, SHELLS } from './completion-scripts.ts'
import { globalArgs } from './context.ts'
import { print } from './output.ts'
import type { AnyCommand } from './run.ts'

/** The command that prints completion for all commands of `root`, itself among them. */
export const completionOf = (root: AnyCommand) =>
  defineCommand({
    meta: { name: 'completion', description: 'print what a shell needs to complete commands' },
    args: {
      shell: { type: 'positional', required: true, description: SHELLS.join(', '), valueHint: 'SHELL' },
      ...globalArgs,
    },
    async run({ args }) {
      const shell = SHELLS.find(one => one === args.shell)
      if (!shell) {
        throw new SeamError(
          'bad-input',
          `There is no completion for “${args.shell}”: there is for ${SHELLS.join(', ')}.`,
        )
      }
      print(completionScript(shell, 'voxloom', await commandTree(root)))
    },
  })
