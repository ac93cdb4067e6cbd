import { resolve } from 'node:path'
import type { PluginPermissions } from '#protocol/plugins.ts'
import type { Command } from '../process/child.ts'
import { bubblewrapArgs, sandboxEnvironment, type WritableFolder } from './bubblewrap.ts'
import { workingBubblewrap, workingPrlimit } from './probe.ts'
import { sandboxProgram } from './programs.ts'
import type { Confinement, ResourceLimits } from './rules.ts'

export interface Confined {
  readonly confinement?: Confinement | undefined
  readonly permissions: PluginPermissions
  /** Folder of the weights. */
  readonly models: string
  /** Folders that it must see besides its own. */
  readonly readable?: readonly string[]
  readonly writable?: readonly WritableFolder[]
}

/**
 * The command that starts a plugin as confined as was asked for and as this machine can: one that can't is told from
 * `sandboxOf`, and starts it all the same.
 */
export function confine(command: Command, confined: Confined): Command {
  const { confinement } = confined
  if (!confinement) return command
  const bwrap = confinement.sandbox ? workingBubblewrap() : undefined
  return limited(bwrap === undefined ? command : wrapped(command, bwrap, confined), confinement.limits)
}

/** How a plugin is confined here. */
export function sandboxOf(confinement: Confinement | undefined): 'bubblewrap' | 'none' {
  return confinement?.sandbox && workingBubblewrap() !== undefined ? 'bubblewrap' : 'none'
}

/**
 * All that confines a plugin here, in one line: what it was seen to do under one need not hold under another, nor
 * after bubblewrap was installed.
 */
export function confinementMark(confinement: Confinement | undefined): string {
  const limits = confinement && workingPrlimit() !== undefined ? limitArgs(confinement.limits) : []
  return [sandboxOf(confinement), ...limits].join(' ')
}

function wrapped(command: Command, bwrap: string, { confinement: _, models, ...rest }: Confined): Command {
  const inside = { ...command, program: sandboxProgram(command) }
  const args = bubblewrapArgs({ ...rest, command: inside, models: resolve(models) })
  return { program: bwrap, args, folder: command.folder, env: sandboxEnvironment(command.env) }
}

/** Limits are inherited by whatever the program starts. */
function limited(command: Command, resources: ResourceLimits): Command {
  const limits = limitArgs(resources)
  const prlimit = limits.length > 0 ? workingPrlimit() : undefined
  if (prlimit === undefined) return command
  return { ...command, program: prlimit, args: [...limits, '--', command.program, ...command.args] }
}

function limitArgs({ memory, cpu, openFiles }: ResourceLimits): string[] {
  return [
    ...(memory > 0 ? [`--as=${memory}`] : []),
    ...(cpu > 0 ? [`--cpu=${cpu}`] : []),
    ...(openFiles > 0 ? [`--nofile=${openFiles}`] : []),
  ]
}
