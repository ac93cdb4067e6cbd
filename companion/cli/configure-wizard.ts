import { SeamError } from '#protocol/errors.ts'
import type { OptionValue } from '#protocol/plugins.ts'
import { MAX_NODES, type Pipeline } from '../core/pipelines/cr.ts'
import { applyEdit, type CrEdit } from '../core/pipelines/cr-edit.ts'
import { planPipeline } from '../core/pipelines/plan.ts'
import type { UsablePlugin } from '../core/plugins/discovery.ts'
import { formatMediaType, type MediaType } from '../core/plugins/media-type.ts'
import type { Asker, Choice } from './asker.ts'
import { freshId, inputTypes, offersAt, type Offer } from './configure-choices.ts'
import { askOptions } from './configure-options.ts'

/** What the questions came to. `edits` are the way from the pipeline that was there, when there was one. */
export interface Configured {
  readonly pipeline: Pipeline
  readonly edits: readonly CrEdit[]
}

const NAME = /^[A-Za-z0-9][A-Za-z0-9._-]{0,63}$/

/** Asks step by step for a pipeline, and offers only what fits. */
export class Wizard {
  readonly #ask: Asker
  readonly #plugins: readonly UsablePlugin[]
  readonly #edits: CrEdit[] = []
  #pipeline: Pipeline = { name: 'draft', version: '1', description: '', nodes: [] }
  #inputType: MediaType | undefined

  constructor(ask: Asker, plugins: readonly UsablePlugin[]) {
    this.#ask = ask
    this.#plugins = plugins
  }

  /** Asks for a new pipeline, from what goes in to its name. */
  async create(suggested: string): Promise<Configured> {
    const types = inputTypes(this.#plugins).map(type => ({ value: type, label: formatMediaType(type) }))
    this.#inputType = await this.#ask.select('What goes in?', types)
    while (await this.#addStep(this.#pipeline.nodes.length)) continue
    if (this.#pipeline.nodes.length === 0)
      throw new SeamError('not-found', 'No plugin begins with that. Nothing was written.')
    const name = await this.#ask.text('Name of the pipeline', suggested, text =>
      NAME.test(text) ? undefined : 'Letters, digits, “.”, “_” and “-”, at most 64, with a letter or digit first.',
    )
    return { pipeline: { ...this.#pipeline, name }, edits: this.#edits }
  }

  /** Asks what to change in a pipeline until that is enough. */
  async change(pipeline: Pipeline): Promise<Configured> {
    this.#pipeline = pipeline
    for (;;) {
      const problems = this.#problems()
      for (const message of problems) this.#ask.tell(message)
      const what = await this.#ask.select<'save' | 'add' | number>('What should be changed?', [
        ...(this.#edits.length === 0
          ? []
          : [{ value: 'save' as const, label: problems.length ? 'Save all the same' : 'Save' }]),
        ...this.#pipeline.nodes.map(({ id, plugin }, at) => ({
          value: at,
          label: id,
          ...(id !== plugin && { hint: plugin }),
        })),
        { value: 'add' as const, label: 'Add a step' },
        ...(this.#edits.length === 0 ? [{ value: 'save' as const, label: 'Nothing' }] : []),
      ])
      if (what === 'save') return { pipeline: this.#pipeline, edits: this.#edits }
      if (what === 'add') await this.#addStep(await this.#place('Where?', this.#pipeline.nodes.length + 1))
      else await this.#changeNode(what)
    }
  }

  #problems(): string[] {
    const { problems } = planPipeline({ pipeline: this.#pipeline, plugins: this.#plugins, models: '' })
    return problems.map(({ message }) => message)
  }

  /** @returns whether a step was added */
  async #addStep(at: number): Promise<boolean> {
    const row = { nodes: this.#pipeline.nodes, plugins: this.#plugins, inputType: this.#inputType }
    const offers = offersAt(row, at)
    const atEnd = at === this.#pipeline.nodes.length
    if (this.#pipeline.nodes.length >= MAX_NODES || offers.length === 0) {
      this.#ask.tell(atEnd ? 'No other plugin goes on from here.' : 'No plugin fits there.')
      return false
    }
    const first = this.#pipeline.nodes.length === 0
    const offer = await this.#ask.select<Offer | undefined>(
      first ? 'What is the first step?' : 'What is the next step?',
      [...(first ? [] : [{ value: undefined, label: 'That is all' }]), ...offers.map(choiceOf)],
    )
    if (!offer) return false
    const { plugin } = offer
    const options = await askOptions(this.#ask, plugin.manifest.options, {})
    this.#apply({
      kind: 'add',
      node: { id: freshId(this.#pipeline.nodes, plugin.id), plugin: plugin.id, options },
      to: at,
    })
    return true
  }

  async #changeNode(at: number): Promise<void> {
    const node = this.#pipeline.nodes[at]!
    const plugin = this.#plugins.find(({ id }) => id === node.plugin)
    const what = await this.#ask.select<'options' | 'move' | 'remove' | 'back'>(`${node.id}:`, [
      ...(plugin ? [{ value: 'options' as const, label: 'Change its options' }] : []),
      ...(this.#pipeline.nodes.length > 1
        ? [
            { value: 'move' as const, label: 'Move it' },
            { value: 'remove' as const, label: 'Take it away' },
          ]
        : []),
      { value: 'back' as const, label: 'Leave it' },
    ])
    if (what === 'remove') this.#apply({ kind: 'remove', node: node.id })
    if (what === 'move')
      this.#apply({ kind: 'move', node: node.id, to: await this.#place('Where to?', this.#pipeline.nodes.length) })
    if (what !== 'options' || !plugin) return
    const after = await askOptions(this.#ask, plugin.manifest.options, node.options)
    for (const option of new Set([...Object.keys(node.options), ...Object.keys(after)])) {
      const value = after[option] as OptionValue | undefined
      if (value !== node.options[option]) this.#apply({ kind: 'option', node: node.id, option, value })
    }
  }

  #place(message: string, count: number): Promise<number> {
    const places = Array.from({ length: count }, (_, at) => ({
      value: at,
      label: at === 0 ? 'first' : at === count - 1 ? 'last' : `place ${at + 1}`,
    }))
    return this.#ask.select(message, places, count - 1)
  }

  #apply(edit: CrEdit): void {
    this.#edits.push(edit)
    this.#pipeline = applyEdit(this.#pipeline, edit, 'It')
  }
}

const choiceOf = (offer: Offer): Choice<Offer> => ({
  value: offer,
  label: `${offer.plugin.id}: ${offer.reads} → ${offer.writes}`,
  hint: offer.plugin.manifest.description,
})
