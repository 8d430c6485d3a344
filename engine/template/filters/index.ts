/** The only table of filters: name → definition. Short names are Ansible's; collections' are listed fully qualified too. */
import type { Filters } from '../define.js'
import * as data from './data.js'
import * as debops from './debops.js'
import * as dicts from './dicts.js'
import * as hashes from './hashes.js'
import * as ip from './ip.js'
import { jsonQuery } from './json-query.js'
import * as keys from './keys.js'
import * as lists from './lists.js'
import * as logic from './logic.js'
import { parseRecipients } from './mail-aliases.js'
import * as merging from './merging.js'
import * as numbers from './numbers.js'
import * as passwords from './passwords.js'
import * as paths from './paths.js'
import * as regex from './regex.js'
import * as tables from './tables.js'
import { testsAsFilters } from './tests-as-filters.js'
import * as text from './text.js'
import * as time from './time.js'
import { toToml } from './toml.js'
import { unavailable } from './unavailable.js'
import * as urls from './urls.js'

/** Jinja's own: `name`, also as `ansible.builtin.name`. */
const jinja: Filters = {
  abs: numbers.abs,
  attr: dicts.attr,
  batch: lists.batch,
  capitalize: text.capitalize,
  center: text.center,
  count: lists.length,
  d: logic.fallback,
  default: logic.fallback,
  dictsort: dicts.dictsort,
  e: text.escapeHtml,
  escape: text.escapeHtml,
  filesizeformat: numbers.filesizeformat,
  first: lists.first,
  float: numbers.floatFilter,
  format: text.format,
  forceescape: text.escapeHtml,
  groupby: lists.groupby,
  indent: text.indent,
  int: numbers.int,
  items: dicts.itemPairs,
  join: lists.join,
  last: lists.last,
  length: lists.length,
  list: lists.list,
  lower: text.lower,
  map: lists.map,
  max: lists.max,
  min: lists.min,
  pprint: text.pprint,
  reject: lists.reject,
  rejectattr: lists.rejectattr,
  replace: text.replace,
  reverse: lists.reverse,
  round: numbers.round,
  safe: text.safe,
  select: lists.select,
  selectattr: lists.selectattr,
  slice: lists.slice,
  sort: lists.sort,
  string: text.string,
  striptags: text.striptags,
  sum: lists.sum,
  title: text.title,
  tojson: data.tojson,
  trim: text.trim,
  truncate: text.truncate,
  upper: text.upper,
  urlencode: urls.urlencode,
  urlize: text.urlize,
  wordcount: text.wordcount,
  wordwrap: text.wordwrap,
  xmlattr: text.xmlattr,
}

/** Ansible's own: `name`, also as `ansible.builtin.name` and `ansible.legacy.name`. */
const builtin: Filters = {
  b64decode: hashes.b64decode,
  b64encode: hashes.b64encode,
  basename: paths.basename,
  bool: logic.bool,
  checksum: hashes.sha1,
  combinations: lists.combinations,
  combine: dicts.combine,
  comment: text.comment,
  commonpath: paths.commonpath,
  dict2items: dicts.dict2items,
  difference: lists.difference,
  dirname: paths.dirname,
  expanduser: paths.expanduser,
  expandvars: paths.expandvars,
  extract: lists.extract,
  fileglob: paths.fileglob,
  flatten: lists.flatten,
  from_json: data.fromJson,
  from_yaml: data.fromYaml,
  from_yaml_all: data.fromYamlAll,
  hash: hashes.hash,
  human_readable: numbers.humanReadable,
  human_to_bytes: numbers.humanToBytes,
  intersect: lists.intersect,
  items2dict: dicts.items2dict,
  log: numbers.log,
  mandatory: logic.mandatory,
  md5: hashes.md5,
  normpath: paths.normpath,
  password_hash: passwords.passwordHash,
  path_join: paths.pathJoin,
  permutations: lists.permutations,
  pow: numbers.pow,
  product: lists.product,
  quote: text.quote,
  random: lists.random,
  realpath: paths.realpath,
  regex_escape: regex.regexEscape,
  regex_findall: regex.regexFindall,
  regex_replace: regex.regexReplace,
  regex_search: regex.regexSearch,
  rekey_on_member: dicts.rekeyOnMember,
  relpath: paths.relpath,
  root: numbers.root,
  sha1: hashes.sha1,
  shuffle: lists.shuffle,
  split: text.split,
  splitext: paths.splitext,
  strftime: time.strftime,
  subelements: lists.subelements,
  symmetric_difference: lists.symmetricDifference,
  ternary: logic.ternary,
  to_datetime: time.toDatetime,
  to_json: data.toJson,
  to_nice_json: data.toNiceJson,
  to_nice_yaml: data.toNiceYaml,
  to_uuid: hashes.toUuid,
  to_yaml: data.toYaml,
  type_debug: logic.typeDebug,
  union: lists.union,
  unique: lists.unique,
  unvault: passwords.unvault,
  urldecode: urls.urldecode,
  urlsplit: urls.urlsplit,
  vault: passwords.vault,
  win_basename: paths.winBasename,
  win_dirname: paths.winDirname,
  win_splitdrive: paths.winSplitdrive,
  zip: lists.zip,
  zip_longest: lists.zipLongest,
}

/** ansible.utils', which were ansible.netcommon's and had short names before Ansible 2.10. */
const network: Filters = {
  cidr_merge: ip.cidrMerge,
  hwaddr: ip.hwaddrFilter,
  ip4_hex: ip.ip4Hex,
  ipaddr: ip.ipaddrFilter,
  ipmath: ip.ipmath,
  ipsubnet: ip.ipsubnet,
  ipv4: ip.ipv4,
  ipv6: ip.ipv6,
  ipwrap: ip.ipwrap,
  macaddr: ip.macaddr,
  network_in_network: ip.networkInNetwork,
  network_in_usable: ip.networkInUsable,
  next_nth_usable: ip.nextNthUsable,
  nthhost: ip.nthhost,
  previous_nth_usable: ip.previousNthUsable,
  reduce_on_network: ip.reduceOnNetwork,
  slaac: ip.slaac,
  usable_range: ip.usableRange,
}

/** The rest of ansible.utils. */
const utils: Filters = {
  consolidate: keys.consolidate,
  get_path: keys.getPath,
  index_of: keys.indexOf,
  keep_keys: keys.keepKeys,
  remove_keys: keys.removeKeys,
  replace_keys: keys.replaceKeys,
  to_paths: keys.toPaths,
}

/** community.general's; some had short names before Ansible 2.10. */
const general: Filters = {
  counter: merging.counter,
  crc32: hashes.crc32,
  dict: merging.dict,
  dict_kv: merging.dictKv,
  from_csv: tables.fromCsv,
  from_ini: tables.fromIni,
  groupby_as_dict: merging.groupbyAsDict,
  hashids_decode: unavailable('community.general.hashids_decode', 'it needs hashids'),
  hashids_encode: unavailable('community.general.hashids_encode', 'it needs hashids'),
  jc: unavailable('community.general.jc', 'it needs the parsers of jc'),
  json_query: jsonQuery,
  keep_keys: keys.keepKeys,
  lists_difference: merging.listsDifference,
  lists_intersect: merging.listsIntersect,
  lists_mergeby: merging.listsMergeby,
  lists_symmetric_difference: merging.listsSymmetricDifference,
  lists_union: merging.listsUnion,
  path_join: paths.pathJoin,
  random_mac: ip.randomMac,
  remove_keys: keys.removeKeys,
  replace_keys: keys.replaceKeys,
  to_days: time.toDays,
  to_hours: time.toHours,
  to_ini: tables.toIni,
  to_milliseconds: time.toMilliseconds,
  to_minutes: time.toMinutes,
  to_months: time.toMonths,
  to_seconds: time.toSeconds,
  to_time_unit: time.toTimeUnit,
  to_weeks: time.toWeeks,
  to_years: time.toYears,
  unicode_normalize: text.unicodeNormalize,
  version_sort: merging.versionSort,
}

/** DebOps ships these in Python; nearly all of its roles use them. */
const debopsOwn: Filters = {
  etc_aliases_parse_recipients: parseRecipients,
  parse_kv_config: debops.parseKvConfig,
  parse_kv_items: debops.parseKvItems,
  to_toml: toToml,
}

const qualified = (collection: string, table: Filters): Filters =>
  Object.fromEntries(Object.entries(table).map(([name, filter]) => [`${collection}.${name}`, filter]))

export const filters: Filters = {
  ...testsAsFilters,
  ...general,
  ...utils,
  ...network,
  ...jinja,
  ...builtin,
  ...qualified('ansible.builtin', { ...jinja, ...builtin }),
  ...qualified('ansible.legacy', { ...jinja, ...builtin }),
  ...qualified('ansible.utils', network),
  ...qualified('ansible.netcommon', network),
  ...qualified('ansible.utils', utils),
  ...qualified('community.general', general),
  ...qualified('debops.debops', debopsOwn),
}
