import { createContext, Script } from 'node:vm'
import { Ajv, type Options, type ValidateFunction } from 'ajv'
import { Ajv2019 } from 'ajv/dist/2019.js'
import { Ajv2020 } from 'ajv/dist/2020.js'
import formats from 'ajv-formats'
import { RE2JS } from 're2js'
import type { JsonSchema } from '#protocol/contracts.ts'
import { schemaFault } from './schema-faults.ts'

/** Instructions of a schema's pattern. */
export const MAX_PATTERN_SIZE = 2_000
/** Milliseconds that a stranger's schema may take: one can be written whose work doubles with each line. */
const PATIENCE = 2_000

type AjvClass = typeof Ajv | typeof Ajv2019 | typeof Ajv2020
const DIALECTS: Readonly<Record<string, AjvClass>> = {
  'json-schema.org/draft-07/schema': Ajv,
  'json-schema.org/draft/2019-09/schema': Ajv2019,
  'json-schema.org/draft/2020-12/schema': Ajv2020,
}

const OPTIONS: Options = {
  strict: false,
  allErrors: true,
  // What is allowed is told from the schema around what went wrong.
  verbose: true,
  useDefaults: true,
  // A schema that names a part of itself many times must not grow by that.
  inlineRefs: false,
  logger: false,
  code: { regExp: Object.assign(searcher, { code: 'searcher' }) },
}

/** Judges of schemas, one for each dialect: what they judge by takes long to compile. */
const judges = new Map<AjvClass, Ajv>()

/** @throws Error that says why the schema is none; it may also have taken too long */
export function compileSchema({ $schema, ...schema }: JsonSchema): ValidateFunction {
  const dialect = String($schema ?? 'https://json-schema.org/draft/2020-12/schema')
  const Dialect = DIALECTS[dialect.replace(/^https?:\/\//, '').replace(/#$/, '')]
  if (!Dialect) throw new Error(`its “$schema” is “${dialect.slice(0, 80)}”; draft-07, 2019-09 and 2020-12 are known`)
  const judge = judgeOf(Dialect)
  return inTime(() => {
    if (!judge.validateSchema(schema)) throw new Error(schemaFault(schema, judge.errors ?? []))
    // One for each schema: names in one must not meet those in another.
    const ajv = new Dialect({ ...OPTIONS, validateSchema: false, meta: false })
    formats.default(ajv, { mode: 'fast' })
    const validate = ajv.compile(schema)
    if ('$async' in validate) throw new Error('“$async” is not for settings')
    return validate
  })
}

function judgeOf(Dialect: AjvClass): Ajv {
  const judge = judges.get(Dialect) ?? new Dialect(OPTIONS)
  // Compiled here, where nobody stops it half way.
  if (!judges.has(Dialect)) judge.validateSchema({})
  judges.set(Dialect, judge)
  return judge
}

/** Patterns are a stranger's: RE2 takes time in proportion to the text, whatever they are. */
function searcher(pattern: string) {
  let compiled: RE2JS
  try {
    compiled = RE2JS.compile(RE2JS.translateRegExp(pattern))
  } catch (error) {
    const why = error instanceof Error ? error.message : String(error)
    const said = `the pattern “${pattern.slice(0, 80)}” can’t be used (${why}): look-around and references are not there`
    throw new Error(said, { cause: error })
  }
  if (compiled.programSize() > MAX_PATTERN_SIZE) throw new Error(`the pattern “${pattern.slice(0, 80)}” is too large`)
  return {
    test: (text: string) => compiled.matcher(text).find(),
    // Ajv knows two patterns apart by this.
    toString: () => `/${pattern}/`,
  }
}

/** The one context in which `work` is called: only what was started by a script can be stopped. */
let timed: { readonly context: { work?: () => unknown }; readonly script: Script } | undefined

/** What `work` returns or throws. @throws Error also when it took too long */
export function inTime<T>(work: () => T): T {
  timed ??= { context: createContext({}) as { work?: () => unknown }, script: new Script('work()') }
  timed.context.work = work
  try {
    return timed.script.runInContext(timed.context, { timeout: PATIENCE }) as T
  } finally {
    delete timed.context.work
  }
}
