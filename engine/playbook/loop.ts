/** `loop`, `with_X` and `loop_control`. */
import { join } from 'node:path'
import { Diagnostic, didYouMean, type SourceRange } from '../diagnostics.js'
import { type Dict, isDict, type Value } from '../python/values.js'
import { keyPosition, positionOf } from '../yaml/positions.js'
import { checkValue, invalidAttribute, isIdentifier, placeOfValue } from './check.js'
import { keywords, keywordsOf } from './keywords.js'
import type { Loading } from './loading.js'
import type { Task } from './model.js'

type Loop = NonNullable<Task['loop']>

/** The loop of a task, if it has one. */
export function loopOf(loading: Loading, task: Dict): Loop | undefined {
  let found: Loop | undefined
  for (const [key, value] of task) {
    if (typeof key !== 'string') continue
    const plugin = key === 'loop' ? 'loop' : key.startsWith('with_') ? key.slice('with_'.length) : undefined
    if (plugin === undefined) continue
    const at: SourceRange = keyPosition(task, key) ?? positionOf(task) ?? { file: '', line: 1, column: 1 }
    if (value === null) {
      if (plugin === 'loop') continue
      loading.problem(`you must specify a value when using ${key}`, { code: 'loop-value', at })
      continue
    }
    if (found && plugin !== 'loop') {
      loading.problem(`duplicate loop in task: ${key}`, {
        code: 'duplicate-loop',
        at,
        hint: 'A task has one loop: loop over a list made from both, or include tasks in a loop.',
      })
      continue
    }
    // As in Ansible: `loop` after `with_X` gives it another list.
    if (found) loading.warn(`'loop' replaces the list of 'with_${found.plugin}' in one task (${at.file}:${at.line})`)
    found = { plugin: found?.plugin ?? plugin, value, at: placeOfValue(task, key) ?? at }
  }
  return found
}

/** Lookups that Ansible and its packaged collections have under a short name (`ansible-doc -t lookup -l`, and redirects). */
const ansibleLookups = new Set(
  `config csvfile dict env file fileglob first_found indexed_items ini inventory_hostnames items lines list nested password
  pipe random_choice sequence subelements template together unvault url varnames vars
  aws_account_attribute aws_secret aws_service_ip_ranges aws_ssm bitwarden cartesian chef_databag collection_version
  conjur_variable consul_kv credstash cyberarkpassword dependent dig dnstxt dsv etcd etcd3 filetree flattened
  gcp_storage_file grafana_dashboard hashi_vault hiera k8s keyring laps_password lastpass lmdb_kv manifold
  merge_variables mongodb nios nios_next_ip nios_next_network onepassword onepassword_raw openshift passwordstore
  random_pet random_string random_words rabbitmq redis redis_kv revbitspss shelvefile skydive tss`.split(/\s+/),
)

/** Is there a lookup behind `with_X`? Anything else is a misspelt keyword. */
export function checkLoopPlugin(loading: Loading, task: Dict, key: string, folders: readonly string[]): void {
  const name = key.slice('with_'.length)
  const { lookups } = loading.options
  const bare = name.replace(/^ansible\.(?:builtin|legacy)\./, '')
  if (!lookups || lookups.has(bare) || lookups.has(name)) return
  const at = keyPosition(task, key)
  const own = loading.firstFile(
    [...folders.map(folder => join(folder, 'lookup_plugins')), ...loading.paths('DEFAULT_LOOKUP_PLUGIN_PATH')],
    [`${bare}.py`],
  )
  if (own || ansibleLookups.has(bare) || name.includes('.')) {
    const why = own ? `a Python program (${own})` : "Ansible's, but Understudy does not have it yet"
    loading.noteUnsupported(
      new Diagnostic(`the lookup '${name}' is ${why}`, {
        code: 'unsupported-lookup',
        hint: `It is used by ${key}; a \`loop:\` over a list that is made otherwise would do.`,
      }),
      at,
    )
    return
  }
  const near = didYouMean(name, new Set([...lookups, ...ansibleLookups]))
  loading.problem(`'${key}' is not a valid attribute for a Task`, {
    code: 'unknown-keyword',
    at,
    hint: near && `Did you mean 'with_${near}'?`,
  })
}

export function checkLoopControl(loading: Loading, value: Value, task: Dict): void {
  if (!isDict(value)) {
    throw new Diagnostic(
      'the `loop_control` value must be specified as a dictionary and cannot be a variable itself (though it can contain variables)',
      { code: 'keyword-type', at: placeOfValue(task, 'loop_control') },
    )
  }
  for (const [key, one] of value) {
    const keyword = typeof key === 'string' && keywordsOf('loop_control').has(key) ? keywords.get(key) : undefined
    if (!keyword) invalidAttribute(loading, key, 'loop_control', value)
    else checkValue(loading, keyword, one, value)
    const isName = key === 'loop_var' || key === 'index_var'
    if (isName && typeof one === 'string' && !isIdentifier(one)) {
      loading.problem(`Invalid variable name in '${key}' specified: '${one}' is not a valid variable name`, {
        code: 'variable-name',
        at: placeOfValue(value, key),
      })
    }
  }
}
