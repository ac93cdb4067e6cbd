// Tells eslint-plugin-boundaries where an import leads: relative paths, and the "#…" names of package.json.
const { existsSync } = require('node:fs')
const { dirname, resolve } = require('node:path')
const { imports } = require('./package.json')

const mapped = Object.entries(imports).map(([name, target]) => [name.replace('*', ''), target.replace('*', '')])

exports.interfaceVersion = 2

exports.resolve = (source, file) => {
  const bare = source.split('?')[0]
  const entry = mapped.find(([prefix]) => bare.startsWith(prefix))
  const path = entry
    ? resolve(__dirname, entry[1] + bare.slice(entry[0].length))
    : bare.startsWith('.') && resolve(dirname(file), bare)
  return path && existsSync(path) ? { found: true, path } : { found: false }
}
