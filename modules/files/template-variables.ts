import { hostname } from 'node:os'
import { momentOf, strftime } from '../../engine/python/strftime.js'
import type { Value } from '../../engine/python/values.js'

export interface TemplateFacts {
  readonly path: string
  readonly fullPath: string
  readonly dest: string | undefined
  readonly modified: Date
  readonly user: string
  /** The setting ansible_managed: strftime letters, {host}, {uid}, {file}. */
  readonly managed: string
  readonly now: Date
}

/** The variables that every template file sees: ansible_managed, template_path and friends. */
export function templateVariables(facts: TemplateFacts): Map<string, Value> {
  const host = hostname()
  const managed = facts.managed
    .replaceAll('{host}', host)
    .replaceAll('{uid}', facts.user)
    .replaceAll('{file}', facts.path)
  return new Map<string, Value>([
    ['ansible_managed', strftime(managed, local(facts.modified))],
    ['template_host', host],
    ['template_uid', facts.user],
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
