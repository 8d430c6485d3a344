/** What hosts have told and what tasks have set during the run, and the fact cache that outlives it. */
import { existsSync, mkdirSync, readFileSync, renameSync, rmSync, statSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { Diagnostic } from '../diagnostics.js'
import { pyStr } from '../python/repr.js'
import { type Dict, fromJson, isDict, isList, PyFloat, type Value } from '../python/values.js'

/** Facts without their prefix, but for `ansible_local`. */
export function namespaced(facts: Dict): Dict {
  const dict: Dict = new Map()
  for (const [name, value] of facts) {
    const text = name as string
    dict.set(text.startsWith('ansible_') && text !== 'ansible_local' ? text.slice('ansible_'.length) : text, value)
  }
  return dict
}

/** All of one host. */
export class HostMemory {
  /** Facts, by the names modules return (`ansible_distribution`, `packages`, …). */
  readonly facts: Dict = new Map()
  /** set_fact and register of this run. */
  readonly setFacts: Dict = new Map()
  /** include_vars. */
  readonly learned: Dict = new Map()
  /** Increases whenever facts change; `ansible_facts` is built once per version. */
  version = 0
  #namespaced: { version: number; dict: Dict } | undefined

  learnFacts(facts: Dict): void {
    for (const [name, value] of facts) this.facts.set(name, value)
    this.version++
  }

  forgetFacts(): void {
    this.facts.clear()
    this.version++
  }

  /** The facts as `ansible_facts` shows them. */
  get namespaced(): Dict {
    if (this.#namespaced?.version !== this.version) {
      this.#namespaced = { version: this.version, dict: namespaced(this.facts) }
    }
    return this.#namespaced.dict
  }
}

/**
 * Facts that must not come back as plain variables: a host must not choose how it is connected to, nor what runs on the
 * controller. They stay readable below `ansible_facts`.
 */
const neverInjected =
  /^(?:ansible_(?:connection|host|port|user|password|private_key_file|pipelining|timeout|shell_type|shell_executable|module_compression|executable|remote_tmp|.*_interpreter|become.*|sudo.*|su_.*|su|ssh_(?!host_key_).*|docker_.*|paramiko_.*|network_os|async_dir|facts_parallel|host_key_checking|scp_.*|sftp_.*|winrm_.*|psrp_.*|delegated_vars)|ansible_loop_var|inventory_hostname.*|groups|group_names|hostvars|vars|omit|playbook_dir|role_path)$/

export const injectable = (name: string): boolean => !neverInjected.test(name)

/** Where facts live between runs. */
export interface FactCache {
  load(host: string): Dict | undefined
  save(host: string, facts: Dict): void
  forget(host: string): void
}

export const memoryCache: FactCache = { load: () => undefined, save: () => {}, forget: () => {} }

export interface JsonFileCache {
  /** Made when it is missing. */
  readonly folder: string
  readonly prefix: string
  /** Seconds for which facts are valid; 0 for ever. */
  readonly timeout: number
  /** Told about facts that could not be written. */
  readonly warn: (message: string) => void
}

/** One JSON file per host, as Ansible's jsonfile cache keeps them. Throws when the folder cannot be made. */
export function jsonFileCache({ folder, prefix, timeout, warn }: JsonFileCache): FactCache {
  mkdirSync(folder, { recursive: true })
  const file = (host: string) => join(folder, prefix + host.replaceAll('/', '_'))
  return {
    load(host) {
      const path = file(host)
      if (!existsSync(path)) return undefined
      if (timeout > 0 && Date.now() / 1000 - statSync(path).mtimeMs / 1000 > timeout) return undefined
      const facts = fromJson(parsed(path))
      return isDict(facts) ? facts : undefined
    },
    save(host, facts) {
      const beside = `${file(host)}.${process.pid}`
      try {
        writeFileSync(beside, `${JSON.stringify(plainJson(facts), undefined, 4)}\n`, { mode: 0o600 })
        renameSync(beside, file(host))
      } catch (error) {
        rmSync(beside, { force: true })
        warn(`error in 'jsonfile' cache plugin while trying to write to ${file(host)} : ${(error as Error).message}`)
      }
    },
    forget: host => rmSync(file(host), { force: true }),
  }
}

function parsed(path: string): unknown {
  const text = readFileSync(path, 'utf8')
  try {
    return JSON.parse(text)
  } catch {
    rmSync(path, { force: true })
    throw new Diagnostic(
      `The cache file ${path} was corrupt, or did not otherwise contain valid data. It has been removed, so you can re-run your command now.`,
      { code: 'fact-cache' },
    )
  }
}

function plainJson(value: Value): unknown {
  if (isDict(value)) return Object.fromEntries([...value].map(([key, item]) => [pyStr(key), plainJson(item)]))
  if (isList(value)) return value.map(plainJson)
  if (value instanceof PyFloat) return value.value
  if (value === null || typeof value === 'string' || typeof value === 'number' || typeof value === 'boolean')
    return value
  return typeof value === 'bigint' ? Number(value) : pyStr(value)
}

/** The memories of all hosts of a run. */
export class Memory {
  readonly #hosts = new Map<string, HostMemory>()
  constructor(readonly cache: FactCache = memoryCache) {}

  of(host: string): HostMemory {
    let memory = this.#hosts.get(host)
    if (!memory) {
      memory = new HostMemory()
      const kept = this.cache.load(host)
      if (kept) memory.learnFacts(kept)
      this.#hosts.set(host, memory)
    }
    return memory
  }

  learnFacts(host: string, facts: Dict): void {
    const memory = this.of(host)
    memory.learnFacts(facts)
    this.cache.save(host, memory.facts)
  }

  forgetFacts(host: string): void {
    this.of(host).forgetFacts()
    this.cache.forget(host)
  }
}
