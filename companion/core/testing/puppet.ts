import { appendFileSync, mkdirSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'

/** A plugin in Python that does as its options say. It notes each of its starts in a file. */
const PUPPET = `
import json, os, struct, subprocess, sys, time
out = os.fdopen(os.dup(1), 'wb')
os.dup2(2, 1)
HERE = os.path.dirname(os.path.abspath(__file__))
with open(os.path.join(HERE, '..', 'starts'), 'a') as starts: starts.write('%d\\n' % os.getpid())
def read(n):
    found = sys.stdin.buffer.read(n)
    if found and len(found) < n: sys.exit(9)
    return found if len(found) == n else None
def frame():
    head = read(4)
    return None if head is None else read(struct.unpack('<I', head)[0] & 0x7fffffff)
def write(content, control=0):
    out.write(struct.pack('<I', len(content) | control) + content)
    out.flush()
config = json.loads(frame())['config']
if config['helper']:
    subprocess.Popen(['sleep', '600'], stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL, env={**os.environ, 'PUPPET': HERE})
def wait():
    gate = os.path.join(HERE, '..', config['gate'])
    while config['gate'] and not os.path.exists(gate): time.sleep(0.02)
if config['say']: write(config['say'].encode())
wait()
if config['fail']:
    write(json.dumps({'type': 'error', 'message': config['fail']}).encode(), 0x80000000)
    sys.exit(1)
for piece in iter(frame, None):
    if config['pause']: time.sleep(config['pause'])
    if piece: write(piece.upper())
print('all is said', file=sys.stderr)
`

const MANIFEST = (name: string, types: string) => `
name = "${name}"
version = "1.0.0"
protocol_version = "0.1"
entrypoint = "main.py"
interpreter = ["python3", "-u"]
mode = "streaming"
input = ${types}
output = ${types}
[options.say]
type = "string"
default = ""
description = "said at once"
[options.gate]
type = "string"
default = ""
description = "a file that is waited for after that"
[options.fail]
type = "string"
default = ""
description = "the words to fail with after that"
[options.pause]
type = "number"
default = 0
min = 0
max = 5
description = "seconds before each piece"
[options.helper]
type = "boolean"
default = false
description = "starts a process that does not end by itself"
[test]
input = "sample"
`

/** Writes a plugin that copies in capitals: `say`, `gate`, `fail`, `pause` and `helper` are its options. */
export function writePuppet(folder: string, name = 'puppet', types = '["text/plain"]'): void {
  mkdirSync(join(folder, name), { recursive: true })
  writeFileSync(join(folder, name, 'plugin.toml'), MANIFEST(name, types))
  writeFileSync(join(folder, name, 'main.py'), PUPPET)
  writeFileSync(join(folder, name, 'sample'), 'a sample')
  appendFileSync(join(folder, 'starts'), '')
}

/** A pipeline of the puppet alone. */
export function puppet(options: Readonly<Record<string, unknown>> = {}, plugin = 'puppet') {
  return { name: 'test', nodes: [{ id: 'one', plugin, options }] }
}
