import { defineCommand } from 'citty'
import { globalArgs } from './context.ts'
import { call } from './contracts/call.ts'
import { config } from './contracts/config.ts'
import { install } from './contracts/install.ts'
import { list, show } from './contracts/list.ts'
import { capture, restore, swap } from './contracts/state.ts'
import { sync } from './contracts/sync.ts'
import { test } from './contracts/test.ts'
import { buildContracts } from './plugin-build.ts'

export const contracts = defineCommand({
  meta: { name: 'contracts', description: 'call, set up and test voices, recognisers and models that are plugins' },
  args: globalArgs,
  subCommands: { list, show, call, config, install, swap, capture, restore, build: buildContracts, test, sync },
})
