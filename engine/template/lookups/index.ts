/** The only table of lookups: name → definition. Short names are Ansible's; collections' are listed fully qualified too. */
import type { Lookups } from '../define.js'
import * as commands from './commands.js'
import { fileSrc, taskSrc, templateSrc } from './debops.js'
import { digSrv } from './dig-srv.js'
import * as files from './files.js'
import * as lists from './lists.js'
import * as passwords from './password.js'
import { sequence } from './sequence.js'
import * as tables from './tables.js'
import { unavailable } from './unavailable.js'
import { url } from './url.js'
import * as variables from './variables.js'

const builtin: Lookups = {
  config: variables.config,
  csvfile: tables.csvfile,
  dict: lists.dict,
  env: variables.env,
  file: files.file,
  fileglob: files.fileglob,
  first_found: files.firstFound,
  indexed_items: lists.indexedItems,
  ini: tables.ini,
  inventory_hostnames: variables.inventoryHostnames,
  items: lists.items,
  lines: commands.lines,
  list: lists.list,
  nested: lists.nested,
  password: passwords.password,
  pipe: commands.pipe,
  random_choice: lists.randomChoice,
  sequence,
  subelements: lists.subelements,
  template: files.template,
  together: lists.together,
  unvault: files.unvault,
  url,
  varnames: variables.varnames,
  vars: variables.vars,
}

/** These had short names before Ansible 2.10 took them into a collection. */
const general: Lookups = {
  cartesian: lists.cartesian,
  filetree: files.filetree,
  flattened: lists.flattened,
  merge_variables: variables.mergeVariables,
  random_string: passwords.randomString,
  ...Object.fromEntries(
    Object.entries({
      bitwarden: 'it needs the bw client',
      chef_databag: 'it needs pychef',
      consul_kv: 'it needs a Consul server',
      credstash: 'it needs credstash',
      dig: 'name servers are not asked directly',
      dnstxt: 'name servers are not asked directly',
      etcd: 'it needs an etcd server',
      etcd3: 'it needs an etcd server',
      hiera: 'it needs hiera',
      keyring: "it needs the user's key ring",
      lastpass: 'it needs the lpass client',
      onepassword: 'it needs the op client',
      passwordstore: 'it needs the pass client',
      random_pet: 'it needs petname',
      random_words: 'it needs xkcdpass',
      redis: 'it needs a Redis server',
      shelvefile: "it reads Python's own files",
    }).map(([name, why]) => [name, unavailable(`community.general.${name}`, why)]),
  ),
}

const elsewhere: Lookups = {
  'amazon.aws.aws_secret': unavailable('amazon.aws.aws_secret', 'it needs boto3'),
  'amazon.aws.aws_ssm': unavailable('amazon.aws.aws_ssm', 'it needs boto3'),
  'community.hashi_vault.hashi_vault': unavailable(
    'community.hashi_vault.hashi_vault',
    'it needs a HashiCorp Vault server',
  ),
  'community.sops.sops': unavailable('community.sops.sops', 'it needs sops'),
  // DebOps ships these in Python; nearly all of its roles use them.
  'debops.debops.dig_srv': digSrv,
  'debops.debops.file_src': fileSrc,
  'debops.debops.task_src': taskSrc,
  'debops.debops.template_src': templateSrc,
  hashi_vault: unavailable('hashi_vault', 'it needs a HashiCorp Vault server'),
  'kubernetes.core.k8s': unavailable('kubernetes.core.k8s', 'it needs a Kubernetes client'),
}

const qualified = (collection: string, table: Lookups): Lookups =>
  Object.fromEntries(Object.entries(table).map(([name, lookup]) => [`${collection}.${name}`, lookup]))

export const lookups: Lookups = {
  ...general,
  ...elsewhere,
  ...builtin,
  ...qualified('ansible.builtin', builtin),
  ...qualified('ansible.legacy', builtin),
  ...qualified('community.general', general),
}
