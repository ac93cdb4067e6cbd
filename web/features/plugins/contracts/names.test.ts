import { expect, it } from 'vitest'
import { z } from 'zod'
import { CONTRACT_METHODS } from '#protocol/contract-methods.ts'
import de from '../locales/de.json' with { type: 'json' }
import en from '../locales/en.json' with { type: 'json' }

it('each method of the contracts, and each of its parameters, is explained in the user’s language', () => {
  for (const { plugins } of [en, de]) {
    const { methods, params } = plugins.contracts
    for (const [contract, specs] of Object.entries(CONTRACT_METHODS)) {
      const explained = methods[contract as keyof typeof methods]
      expect(Object.keys(explained)).toEqual(specs.map(({ name }) => name))
      const names = specs.flatMap(spec => Object.keys(z.toJSONSchema(spec.params, { io: 'input' }).properties ?? {}))
      expect(Object.keys(params)).toEqual(expect.arrayContaining(names))
    }
  }
})
