'use strict'
// Runs before `npm start` and `npm test` on whatever Node the system has, from 14 on: old JavaScript, no packages.
// It makes sure that the packages are those of package-lock.json and that a Node that runs TypeScript is there.

const crypto = require('crypto')
const fs = require('fs')
const path = require('path')
const spawnSync = require('child_process').spawnSync

const NEEDED = 24
const root = path.join(__dirname, '..')
const modules = path.join(root, 'node_modules')
const stamp = path.join(modules, '.voxloom-lock')

function say(text) {
  process.stderr.write(text + '\n')
}

function fail(text) {
  say('voxloom: ' + text)
  process.exit(1)
}

function read(file) {
  try {
    return fs.readFileSync(file, 'utf8')
  } catch {
    return undefined
  }
}

function parse(text) {
  try {
    return JSON.parse(text)
  } catch {
    return undefined
  }
}

/** Whether every package of the lock file is installed in its version; parts for other systems may be missing. */
function isInstalled(lockText) {
  const lock = parse(lockText)
  const installed = parse(read(path.join(modules, '.package-lock.json')))
  if (!lock || !installed || !lock.packages || !installed.packages) return false
  return Object.keys(lock.packages).every(function (name) {
    if (name === '') return true
    const wanted = lock.packages[name]
    const there = installed.packages[name]
    if (!there) return Boolean(wanted.optional || wanted.devOptional || wanted.peer)
    return there.version === wanted.version
  })
}

function install() {
  const script = process.env.npm_execpath
  const own = script && /npm-cli\.c?js$/.test(script)
  const windows = process.platform === 'win32'
  const args = ['ci', '--no-audit', '--no-fund', '--loglevel=error']
  const options = { cwd: root, stdio: ['ignore', 2, 2], shell: !own && windows }
  const result = own
    ? spawnSync(process.execPath, [script].concat(args), options)
    : spawnSync(windows ? 'npm.cmd' : 'npm', args, options)
  if (result.error) fail('npm could not be started: ' + result.error.message + '. It comes with Node.js: install that.')
  if (result.signal) process.exit(130)
  if (result.status !== 0) {
    fail(
      'The packages could not be installed (npm ci ended with ' + result.status + '). Check the network and try again.',
    )
  }
}

function major(version) {
  return Number(/^v?(\d+)/.exec(version || '')[1])
}

/** The Node that npm scripts will find: one that came as a package, else the system's. */
function nodeOfScripts() {
  const own = path.join(modules, '.bin', process.platform === 'win32' ? 'node.cmd' : 'node')
  if (!fs.existsSync(own)) return process.version
  const result = spawnSync(own, ['--version'], { encoding: 'utf8', shell: process.platform === 'win32' })
  return result.status === 0 ? result.stdout.trim() : process.version
}

const lockText = read(path.join(root, 'package-lock.json'))
if (lockText === undefined) fail('package-lock.json is missing: this is not a whole copy of Voxloom. Fetch it again.')
const hash = crypto.createHash('sha256').update(lockText).digest('hex')
if ((read(stamp) || '').trim() !== hash) {
  if (!isInstalled(lockText)) {
    say('Installing packages (once; about a minute) …')
    install()
  }
  fs.writeFileSync(stamp, hash + '\n')
}

const version = nodeOfScripts()
if (major(version) < NEEDED) {
  fail(
    'Node.js ' +
      NEEDED +
      ' or newer is needed, this is ' +
      version +
      ', and none came as a package for ' +
      process.platform +
      '-' +
      process.arch +
      '. Install it from https://nodejs.org and try again.',
  )
}
