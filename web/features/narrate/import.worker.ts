import { importText } from '#text/import/import.ts'
import type { ImportCalls } from '#text/import/types.ts'
import { serve } from '../../rpc/server.ts'

serve<ImportCalls>(self, { read: ({ name, bytes }) => importText(name, bytes) })
