import { readFileSync } from 'node:fs'
import { hostname, userInfo } from 'node:os'
import { momentOf, strftime } from '../python/strftime.js'
import type { Value } from '../python/values.js'

export interface TemplateFacts {
  /** As the task or lookup names it. */
  readonly path: string
  readonly fullPath: string
  readonly dest?: string
  readonly modified: Date
  /** uid of the file's owner. */
  readonly owner: number
  /** The setting ansible_managed: strftime letters, {host}, {uid}, {file}. */
  readonly managed: string
  readonly now: Date
}

/** The variables that every template file sees: ansible_managed, template_path and friends. */
export function templateVariables(facts: TemplateFacts): Map<string, Value> {
  const host = hostname()
  const user = ownerName(facts.owner)
  const managed = facts.managed
    .replaceAll('{host}', host)
    .replaceAll('{uid}', String(user))
    .replaceAll('{file}', facts.path)
  return new Map<string, Value>([
    ['ansible_managed', strftime(managed, local(facts.modified))],
    ['template_host', host],
    ['template_uid', user],
    ['template_path', facts.path],
    ['template_fullpath', facts.fullPath],
    ['template_mtime', pythonDate(facts.modified)],
    ['template_run_date', pythonDate(facts.now)],
    ['template_destpath', facts.dest ?? null],
  ])
}

/** As str(datetime): templates print these and seldom compute with them. */
const pythonDate = (date: Date): string => {
  const seconds = strftime('%Y-%m-%d %H:%M:%S', local(date))
  return `${seconds}.${String(date.getMilliseconds()).padStart(3, '0')}000`
}

const local = (date: Date) => momentOf(date.getTime() / 1000, false)

/** Python has the number of an owner without a name. */
const ownerName = (uid: number): Value => userName(uid) ?? (uid === userInfo().uid ? userInfo().username : uid)

/** Name of a user of this machine. */
export function userName(uid: number): string | undefined {
  const lines = readFileSync('/etc/passwd', 'utf8').split('\n')
  return lines.map(line => line.split(':')).find(fields => fields[2] === String(uid))?.[0]
}
