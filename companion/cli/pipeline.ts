import { defineCommand } from 'citty'
import { globalArgs, openContext } from './context.ts'
import { EXIT } from './exit.ts'
import { print, printJson, table, tell } from './output.ts'
import { openPlugins, pluginArgs } from './plugin-context.ts'
import { readPipeline } from './run-pipeline.ts'

const validate = defineCommand({
  meta: { name: 'validate', description: 'check a pipeline: plugins, options, and what each hands to the next' },
  args: {
    pipeline: { type: 'positional', required: true, description: 'a .cr file', valueHint: 'PIPELINE' },
    ...pluginArgs,
    ...globalArgs,
  },
  async run({ args, rawArgs }) {
    const context = await openContext(args)
    const pipeline = await readPipeline(args.pipeline)
    const { plan, problems } = openPlugins(context, rawArgs).shelf.check(pipeline)
    const nodes = plan?.nodes.map(({ id, plugin, handshake }) => ({
      id,
      plugin,
      input: handshake.input_type,
      output: handshake.output_type,
    }))
    if (context.json) printJson({ name: pipeline.name, valid: problems.length === 0, problems, nodes: nodes ?? [] })
    else if (nodes) {
      print(
        table([
          ['NODE', 'PLUGIN', 'READS', 'WRITES'],
          ...nodes.map(node => [node.id, node.plugin, node.input, node.output]),
        ]),
      )
    } else for (const { message } of problems) tell(`voxloom: ${message}`)
    return problems.length === 0 ? EXIT.ok : EXIT.usage
  },
})

export const pipeline = defineCommand({
  meta: { name: 'pipeline', description: 'work with pipelines' },
  args: globalArgs,
  subCommands: { validate },
})
