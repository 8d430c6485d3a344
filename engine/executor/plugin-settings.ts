/** Options of single plugins, as `lookup('config', …, plugin_type=…, plugin_name=…)` asks for them. */
import { becomeMethodNamed, becomeOptionSpecs } from '../connection/become.js'
import type { ConnectionOption } from '../connection/connection.js'
import { resolveOptions } from '../connection/options.js'
import { connectionNamed, loadConnection } from '../connection/registry.js'
import { Diagnostic } from '../diagnostics.js'
import type { Value } from '../python/values.js'
import type { Settings } from '../settings/settings.js'
import { settingsTable } from '../settings/table.js'
import type { PluginOption } from '../template/templar.js'

const shellVariables: { readonly [option: string]: string } = {
  admin_users: 'ansible_admin_users',
  async_dir: 'ansible_async_dir',
  common_remote_group: 'ansible_common_remote_group',
  remote_tmp: 'ansible_remote_tmp',
  system_tmpdirs: 'ansible_system_tmpdirs',
  world_readable_temp: 'ansible_shell_allow_world_readable_temp',
}

/** The value that an option of a plugin has for who asks: variables win over settings, these over defaults. */
export async function pluginSetting(settings: Settings, asked: PluginOption): Promise<Value | undefined> {
  const { type, option, variable } = asked
  const plugin = asked.plugin.replace(/^ansible\.(?:builtin|legacy)\./, '')
  const specs = await optionsOf(type, plugin)
  const spec = specs?.[option]
  const name = `${type}.${plugin}.${option}`
  if (spec) {
    const { default: otherwise, ...given } = spec
    const value = resolveOptions({ [option]: given }, { vars: variable, settings }).get(option)
    return value ?? (settings.has(name) ? settings.get(name) : ((otherwise ?? null) as Value))
  }
  const ofShell = type === 'shell' ? shellVariables[option] : undefined
  const value = ofShell === undefined ? undefined : variable(ofShell)
  if (value !== undefined) return value
  if (settings.has(name)) return settings.get(name)
  const known = specs !== undefined || [...settingsTable.keys()].some(one => one.startsWith(`${type}.${plugin}.`))
  if (!known) throw new Diagnostic(`Unable to load ${type} plugin "${asked.plugin}"`, { code: 'lookup' })
  return undefined
}

async function optionsOf(type: string, plugin: string): Promise<{ [name: string]: ConnectionOption } | undefined> {
  if (type === 'connection') {
    const name = connectionNamed(plugin)
    return name === undefined ? undefined : (await loadConnection(name)).options
  }
  const method = type === 'become' ? becomeMethodNamed(plugin) : undefined
  return method === undefined ? undefined : becomeOptionSpecs(method)
}
