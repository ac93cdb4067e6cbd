import { connect, serve } from '../rpc/peer.ts'
import type { ExportCalls, ExportPageCalls } from './calls.ts'
import { encode } from './encode/encode.ts'

const page = connect<ExportPageCalls>(self)

serve<ExportCalls>(self, {
  encode: (options, run) =>
    encode(
      options,
      // Two sentences ahead: one on its way while the other is encoded.
      page.stream('segments', null, { signal: run.signal, window: 2 }),
      {
        async write(position, data) {
          await page.call('write', { position, data }, { signal: run.signal, transfer: [data.buffer] })
        },
      },
      run,
    ),
})
