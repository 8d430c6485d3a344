/** plugin_filters.yml: modules that the administrator of the controller does not want to be run. */
import { existsSync, readFileSync } from 'node:fs'
import { Diagnostic } from '../diagnostics.js'
import { pyStr } from '../python/repr.js'
import { isDict, isList } from '../python/values.js'
import type { Settings } from '../settings/settings.js'
import { loadYaml } from '../yaml/load.js'

const everywhere = '/etc/ansible/plugin_filters.yml'

/** Bare names of the modules that are refused. */
export function rejectedModules(settings: Settings, warn: (text: string) => void): ReadonlySet<string> {
  const named = settings.get('PLUGIN_FILTERS_CFG')
  const file = typeof named === 'string' && named !== '' ? named : everywhere
  if (!existsSync(file)) {
    if (file !== everywhere) warn(`The plugin filter file, ${file} does not exist. Skipping.`)
    return new Set()
  }
  const filters = loadYaml(readFileSync(file, 'utf8'), { file, trusted: false })
  const version = isDict(filters) ? filters.get('filter_version') : undefined
  if (!isDict(filters) || version === undefined || version === null || pyStr(version).trim() !== '1.0') {
    throw refusal(`The plugin filter file, ${file} was not a valid filter file: filter_version must be 1.0.`)
  }
  const list = filters.get('module_rejectlist') ?? filters.get('module_blacklist') ?? []
  if (!isList(list))
    throw refusal(`Unable to parse the plugin filter file ${file}: its module_rejectlist is not a list.`)
  const names = new Set(list.map(name => pyStr(name)))
  if (names.has('stat')) {
    throw refusal(
      `The stat module was specified in the module blacklist file, ${file}, but Ansible will not function without the stat module.  Please remove stat from the blacklist.`,
    )
  }
  return names
}

const refusal = (message: string) => new Diagnostic(message, { code: 'plugin-filters' })
