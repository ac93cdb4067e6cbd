import { randomUUID } from 'node:crypto'
import { existsSync } from 'node:fs'
import { readFile, realpath, rename, rm, writeFile } from 'node:fs/promises'
import { basename, extname } from 'node:path'
import { defineCommand } from 'citty'
import { SeamError } from '#protocol/errors.ts'
import { fileError } from '../core/models/files.ts'
import { editCr, formatCr } from '../core/pipelines/cr-edit.ts'
import { isUsable } from '../core/plugins/discovery.ts'
import { terminalAsker } from './asker.ts'
import { Wizard } from './configure-wizard.ts'
import { globalArgs, openContext } from './context.ts'
import { mayReplace } from './output-file.ts'
import { print, printJson } from './output.ts'
import { readPipeline } from './pipeline-file.ts'
import { openPlugins, pluginArgs } from './plugin-context.ts'

export const configure = defineCommand({
  meta: { name: 'configure', description: 'make a pipeline, or change one, by answering questions' },
  args: {
    file: { type: 'positional', required: false, description: 'a .cr file, there or not', valueHint: 'PIPELINE' },
    ...pluginArgs,
    ...globalArgs,
  },
  async run({ args, rawArgs }) {
    if (!process.stdin.isTTY || !process.stderr.isTTY) {
      throw new SeamError(
        'bad-input',
        'This command asks questions and needs a terminal. Without one, write the .cr file in an editor and look at it with: voxloom pipeline validate',
      )
    }
    const context = await openContext(args)
    const plugins = openPlugins(context, rawArgs).plugins.filter(isUsable)
    if (plugins.length === 0)
      throw new SeamError('not-found', 'There are no plugins to make a pipeline of. See voxloom plugins list.')
    const asker = terminalAsker()
    const wizard = new Wizard(asker, plugins)
    const there = args.file !== undefined && existsSync(args.file)
    const { pipeline, edits } = there
      ? await wizard.change(await readPipeline(args.file!))
      : await wizard.create(suggestedName(args.file))
    const file =
      args.file ??
      (await asker.text('Save as', `${pipeline.name}.cr`, text =>
        text.trim() === '' ? 'A name is needed.' : undefined,
      ))
    if (!there) await mayReplace(file, false)
    if (!there || edits.length > 0) await save(file, there ? await edited(file, edits) : formatCr(pipeline))
    const nodes = pipeline.nodes.map(({ id, plugin }) => ({ id, plugin }))
    if (context.json) printJson({ file, name: pipeline.name, nodes })
    else print(`${file}: ${nodes.map(({ id }) => id).join(' → ')}`)
  },
})

const suggestedName = (file: string | undefined) =>
  file === undefined ? 'pipeline' : basename(file, extname(file)).replace(/[^A-Za-z0-9._-]+/g, '-')

/** The file as it is now: somebody may have written to it while the questions stood. */
async function edited(file: string, edits: Parameters<typeof editCr>[1]): Promise<string> {
  const text = await readFile(file, 'utf8').catch(error => Promise.reject(fileError(error, file, 'read')))
  return editCr(text, edits, file)
}

/** Whole or not at all; where a link leads to stays where it is. @throws SeamError refused, not-found, quota */
async function save(path: string, text: string): Promise<void> {
  const file = await realpath(path).catch(() => path)
  const draft = `${file}.${randomUUID()}`
  try {
    await writeFile(draft, text, { flush: true })
    await rename(draft, file)
  } catch (error) {
    await rm(draft, { force: true }).catch(() => undefined)
    throw fileError(error, path, 'write')
  }
}
