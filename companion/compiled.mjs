// Imported before anything else, and JavaScript: what Node makes of the TypeScript files is kept and used again. Without
// it every start takes the types out of a hundred files anew, which is a third of its memory and of its time.
import module from 'node:module'
import { fileURLToPath } from 'node:url'

// A variable rather than a call alone, so that the processes that this one starts share it. Where the folder can't be
// written, as in an installation of another user's, Node goes on without.
process.env.NODE_COMPILE_CACHE ??= fileURLToPath(new URL('../.cache/compiled', import.meta.url))
module.enableCompileCache(process.env.NODE_COMPILE_CACHE)
// Written at the end otherwise, and a server that is killed has none.
setTimeout(() => module.flushCompileCache(), 10_000).unref()
