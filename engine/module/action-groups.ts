/**
 * Action groups: the names after `group/` in `module_defaults`, and which modules they stand for.
 * Source: "Module defaults groups" in Ansible's playbook guide, and what each collection's release notes say of its groups.
 */
import { Diagnostic, didYouMean, type SourceRange } from '../diagnostics.js'

/** Groups with modules that run here. */
const members: { readonly [group: string]: RegExp } = {
  'community.docker.docker': /^community\.docker\.docker_/,
  'community.mysql.all': /^community\.mysql\./,
  'community.postgresql.all': /^community\.postgresql\./,
  'community.rabbitmq.rabbitmq': /^community\.rabbitmq\./,
  'kubernetes.core.k8s': /^kubernetes\.core\.k8s/,
}

/** Groups of modules that do not run here, by collection: naming one is no mistake. */
const foreign: { readonly [collection: string]: string } = {
  'amazon.aws': 'aws',
  'awx.awx': 'controller',
  'azure.azcollection': 'all azure',
  'cisco.aci': 'all',
  'cisco.mso': 'all mso ndo',
  'cloudscale_ch.cloud': 'cloudscale',
  'community.aws': 'aws',
  'community.crypto': 'acme',
  'community.digitalocean': 'all',
  'community.dns': 'hetzner hosttech infomaniak',
  'community.general': 'consul docker k8s keycloak ovirt proxmox scaleway',
  'community.grafana': 'grafana',
  'community.hashi_vault': 'vault',
  'community.hrobot': 'api robot',
  'community.mongodb': 'all atlas mongodb',
  'community.kubernetes': 'k8s',
  'community.okd': 'k8s okd',
  'community.proxmox': 'proxmox',
  'community.routeros': 'api',
  'community.vmware': 'vmware',
  'community.zabbix': 'zabbix',
  'fortinet.fortimanager': 'adom all',
  'fortinet.fortios': 'fortios',
  'google.cloud': 'gcp',
  'hetzner.hcloud': 'all',
  'kubernetes.core': 'helm',
  'microsoft.ad': 'domain',
  'netapp.aws': 'netapp_aws',
  'netapp.azure': 'netapp_azure',
  'netapp.cloudmanager': 'netapp_cloudmanager',
  'netapp.elementsw': 'netapp_elementsw',
  'netapp.ontap': 'netapp_ontap',
  'netapp.storagegrid': 'netapp_storagegrid',
  'netapp.um_info': 'netapp_um_info',
  'netbox.netbox': 'netbox',
  'ngine_io.cloudstack': 'cloudstack',
  'ngine_io.exoscale': 'exoscale',
  'ngine_io.vultr': 'vultr',
  'openstack.cloud': 'openstack os',
  'ovirt.ovirt': 'ovirt',
  't_systems_mms.icinga_director': 'icinga',
  'telekom_mms.icinga_director': 'icinga',
  'theforeman.foreman': 'foreman',
  'vmware.vmware': 'vmware',
  'vmware.vmware_rest': 'vmware_rest',
  'vultr.cloud': 'vultr',
  'wti.remote': 'cpm',
}

/** What a name without a collection stands for, as ansible-core has it. */
const builtin: { readonly [group: string]: string } = {
  acme: 'community.crypto.acme',
  aws: 'amazon.aws.aws',
  azure: 'azure.azcollection.azure',
  cpm: 'wti.remote.cpm',
  docker: 'community.docker.docker',
  gcp: 'google.cloud.gcp',
  k8s: 'kubernetes.core.k8s',
  os: 'openstack.cloud.os',
  ovirt: 'ovirt.ovirt.ovirt',
  vmware: 'community.vmware.vmware',
}

/** A collection under the name that it had, or got. */
const moved: { readonly [group: string]: string } = {
  'ansible.mariadb.all': 'community.mysql.all',
  'ansible.mysql.all': 'community.mysql.all',
  'community.general.docker': 'community.docker.docker',
  'community.general.k8s': 'kubernetes.core.k8s',
  'community.kubernetes.k8s': 'kubernetes.core.k8s',
  'community.okd.k8s': 'kubernetes.core.k8s',
}

const inTable = (table: { readonly [name: string]: string }, name: string): string | undefined =>
  Object.hasOwn(table, name) ? table[name] : undefined

/** With its collection; `ansible.builtin.` where nobody has such a group. */
function qualified(written: string): string {
  const bare = written.replace(/^ansible\.builtin\./, '')
  const name = bare.includes('.') ? bare : (inTable(builtin, bare) ?? `ansible.builtin.${bare}`)
  return inTable(moved, name) ?? name
}

/** Whether the group that is `written` after `group/` has the module. */
export function inActionGroup(written: string, fqcn: string): boolean {
  const name = qualified(written)
  return Object.hasOwn(members, name) && members[name]!.test(fqcn)
}

/** The error for a group that nobody has. */
export function actionGroupError(written: string, at?: SourceRange): Diagnostic | undefined {
  const name = qualified(written)
  const theirs = Object.entries(foreign).flatMap(([collection, names]) =>
    names.split(' ').map(group => `${collection}.${group}`),
  )
  if (Object.hasOwn(members, name) || theirs.includes(name)) return undefined
  const near = didYouMean(written, [...Object.keys(builtin), ...Object.keys(members), ...theirs])
  return new Diagnostic(`Error loading module_defaults: could not resolve the module_defaults group ${name}`, {
    code: 'unknown-module',
    at,
    hint: near === undefined ? undefined : `Did you mean 'group/${near}'?`,
  })
}
