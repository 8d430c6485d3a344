/** Where facts are kept between runs, as the settings say. A cache that cannot be used is no reason not to run. */
import { dirname, isAbsolute } from 'node:path'
import { expandPath } from '../settings/values.js'
import { type FactCache, jsonFileCache, memoryCache } from '../vars/facts.js'
import type { RunOptions } from './options.js'

type Wanted = Pick<RunOptions, 'settings' | 'cwd' | 'environ'>

/** The cache of `fact_caching`; with a warning, as Ansible's, facts last for the run only. */
export function openFactCache({ settings, cwd, environ }: Wanted, warn: (message: string) => void): FactCache {
  const plugin = settings.string('CACHE_PLUGIN')
  const name = plugin.replace(/^(?:ansible\.builtin|community\.general)\./, '')
  if (name === 'memory') return memoryCache
  if (name !== 'jsonfile') {
    warn(`Unable to load the facts cache plugin (${plugin}): there are memory and jsonfile. Facts last for this run.`)
    return memoryCache
  }
  const written = settings.get('CACHE_PLUGIN_CONNECTION')
  if (typeof written !== 'string' || written === '') {
    warn(
      "error, 'jsonfile' cache plugin requires the 'fact_caching_connection' config option to be set (to a writeable directory path)",
    )
    return memoryCache
  }
  const origin = settings.origin('CACHE_PLUGIN_CONNECTION')
  const folder = expandPath(written, {
    base: isAbsolute(origin) ? dirname(origin) : cwd,
    cwd,
    ansibleHome: settings.string('ANSIBLE_HOME'),
    environ,
  })
  try {
    return jsonFileCache({
      folder,
      prefix: settings.string('CACHE_PLUGIN_PREFIX'),
      timeout: settings.number('CACHE_PLUGIN_TIMEOUT'),
      warn,
    })
  } catch (error) {
    warn(`error in 'jsonfile' cache plugin while trying to create cache dir ${folder} : ${(error as Error).message}`)
    return memoryCache
  }
}
