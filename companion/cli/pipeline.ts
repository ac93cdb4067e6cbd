import { defineCommand } from 'citty'
import { SeamError } from '#protocol/errors.ts'
import { FaultyPipeline, type Pipeline } from '../core/pipelines/cr.ts'
import { globalArgs, openContext } from './context.ts'
import { EXIT } from './exit.ts'
import { print, printJson, table, tell } from './output.ts'
import { openPipeline } from './pipeline-file.ts'
import { openPlugins, pluginArgs } from './plugin-context.ts'

const validate = defineCommand({
  meta: { name: 'validate', description: 'check a pipeline: plugins, options, and what each hands to the next' },
  args: {
    pipeline: {
      type: 'positional',
      required: true,
      description: 'a .cr file, or the name of a saved one',
      valueHint: 'PIPELINE',
    },
    ...pluginArgs,
    ...globalArgs,
  },
  async run({ args, rawArgs }) {
    const context = await openContext(args)
    let pipeline: Pipeline
    try {
      pipeline = await openPipeline(args.pipeline, context)
    } catch (error) {
      // Where data is asked for, what is wrong is data too.
      if (!context.json || !(error instanceof SeamError) || error.code !== 'bad-input') throw error
      const faults = error instanceof FaultyPipeline ? error.faults : [{ node: '', message: error.message }]
      printJson({ valid: false, problems: faults.map(fault => ({ code: 'file', ...fault })), nodes: [] })
      return EXIT.usage
    }
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
