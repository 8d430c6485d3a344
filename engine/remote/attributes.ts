/** Owner, mode and context: what a playbook asks for against what a file has, as a plan and as a diff. */
import type { AttributePlan, FileFacts, Identity, QueryAnswer } from './host.js'
import { octal, permissionBits } from './mode.js'
import { sh } from './quote.js'
import { type Attributes, RemoteFailure, type ShellText } from './remote.js'

export interface AttributeChange {
  readonly plan: AttributePlan
  readonly before: { readonly [key: string]: string | number }
  readonly after: { readonly [key: string]: string | number }
}

/** Who can say what a name stands for on the host; the same question of many files is asked once. */
export interface Asked {
  readonly identity: Identity
  readonly checkMode?: boolean
  ask(command: ShellText): Promise<QueryAnswer>
}

/** What a file that does not exist yet would be right after it was made. */
export function newbornFacts(path: string, identity: Identity, mode = 0o666): FileFacts {
  const { uid, gid, user, group, umask } = identity
  return { ...missing(path), kind: 'file', uid, gid, owner: user, group, mode: mode & ~umask }
}

/** Facts of a path where nothing is. */
export function missing(path: string): FileFacts {
  return {
    path,
    kind: 'missing',
    mode: 0,
    uid: 0,
    gid: 0,
    owner: '',
    group: '',
    size: 0,
    mtime: 0,
    atime: 0,
    ctime: 0,
    inode: 0,
    device: 0,
    links: 0,
    blockSize: 0,
    blocks: 0,
    deviceType: 0,
    target: undefined,
    realPath: path,
    sha1: undefined,
    bytes: undefined,
    secontext: undefined,
    unreadable: undefined,
  }
}

/** Plans the way from `facts` to `want`; asks the host only about names and flags that may differ. */
export async function planAttributes(facts: FileFacts, want: Attributes, host: Asked): Promise<AttributeChange> {
  const plan: { -readonly [K in keyof AttributePlan]: AttributePlan[K] } = {}
  const before: { [key: string]: string | number } = {}
  const after: { [key: string]: string | number } = {}

  const context = wantedContext(facts.secontext, want)
  if (context !== undefined && context !== facts.secontext) {
    plan.secontext = context
    before.secontext = facts.secontext!
    after.secontext = context
  }

  const [uid, gid] = await Promise.all([
    wantedId('owner', want.owner, facts.owner, facts.uid, facts, host),
    wantedId('group', want.group, facts.group, facts.gid, facts, host),
  ])
  if (uid !== undefined && uid !== facts.uid) {
    plan.owner = want.owner!
    before.owner = facts.uid
    after.owner = uid
  }
  if (gid !== undefined && gid !== facts.gid) {
    plan.group = want.group!
    before.group = facts.gid
    after.group = gid
  }

  // Linux has no mode on a symbolic link; Ansible leaves it alone too.
  if (facts.kind !== 'link') {
    const mode = modeFor(want.mode, facts, host.identity.umask)
    if (mode !== undefined && mode !== facts.mode) {
      plan.mode = mode
      before.mode = octal(facts.mode)
      after.mode = octal(mode)
    }
  }

  const flags = await wantedFlags(facts, want.attributes, host)
  if (flags) {
    plan.flags = flags.operand
    before.attributes = flags.before
    after.attributes = flags.after
  }
  return { plan, before, after }
}

export const isEmpty = (plan: AttributePlan): boolean => Object.keys(plan).length === 0

function modeFor(mode: Attributes['mode'], facts: FileFacts, umask: number): number | undefined {
  try {
    return permissionBits(mode, { current: facts.mode, isDirectory: facts.kind === 'directory', umask })
  } catch (error) {
    if (error instanceof RemoteFailure) throw new RemoteFailure(error.message, { ...error.extra, path: facts.path })
    throw error
  }
}

function wantedContext(seen: string | undefined, want: Attributes): string | undefined {
  const { seuser, serole, setype, selevel } = want
  if (seen === undefined) return undefined
  const [user = '', role = '', type = '', ...level] = seen.split(':')
  // `_default` means what the host's policy says for the path; restorecon is a matter for the host, so it stays as seen.
  const pick = (wanted: string | undefined, now: string) => (wanted && wanted !== '_default' ? wanted : now)
  return [pick(seuser, user), pick(serole, role), pick(setype, type), pick(selevel, level.join(':'))]
    .filter(part => part !== '')
    .join(':')
}

async function wantedId(
  what: 'owner' | 'group',
  wanted: string | undefined,
  seenName: string,
  seenId: number,
  { path, inode }: FileFacts,
  host: Asked,
): Promise<number | undefined> {
  if (wanted === undefined || wanted === null) return undefined
  if (/^-?\d+$/.test(wanted)) return wanted === '-1' ? undefined : Number(wanted)
  if (wanted === seenName) return seenId
  const command =
    what === 'owner'
      ? sh`id -u -- ${wanted} 2>/dev/null || id -u ${wanted}`
      : sh`getent group ${wanted} 2>/dev/null || grep -e ${`^${wanted.replace(/[.[\]*^$\\]/g, '\\$&')}:`} /etc/group`
  const answer = wanted === '' ? { rc: 1, stdout: '' } : await host.ask(command)
  const id = what === 'owner' ? answer.stdout.trim() : (answer.stdout.split(':')[2] ?? '')
  if (answer.rc === 0 && /^\d+$/.test(id)) return Number(id)
  // An earlier task may be the one that would have made the user, and Ansible asks nothing of a file that is not there.
  if (host.checkMode && inode === 0) return undefined
  throw new RemoteFailure(
    what === 'owner'
      ? `chown failed: failed to look up user ${wanted}`
      : `chgrp failed: failed to look up group ${wanted}`,
    { path },
  )
}

async function wantedFlags(facts: FileFacts, wanted: string | undefined, host: Asked) {
  if (!wanted) return undefined
  const { operator, letters } = /^(?<operator>[-+=]?)(?<letters>.*)$/.exec(wanted)!.groups as Record<string, string>
  let before = ''
  if (facts.inode !== 0) {
    const answer = await host.ask(sh`lsattr -d -- ${facts.path}`)
    before = answer.rc === 0 ? (answer.stdout.split(' ')[0] ?? '').replaceAll('-', '') : ''
  }
  const has = (letter: string) => before.includes(letter)
  const all = [...letters!]
  const right =
    operator === '-'
      ? !all.some(has)
      : operator === '+'
        ? all.every(has)
        : all.every(has) && [...before].every(letter => letters!.includes(letter))
  if (right) return undefined
  return { operand: `${operator || '='}${letters}`, before, after: `${operator || '='}${letters}` }
}
