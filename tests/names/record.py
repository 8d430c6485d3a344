#!/usr/bin/python3
"""Writes engine/module/names.json: which module names exist in Ansible and its collections, and where short names lead.

Only names are recorded. Needs Debian's `ansible` package; run from the project's root: python3 tests/names/record.py
"""
import json
import os

import ansible
import ansible_collections
import yaml

# Names that came after the packaged version.
LATER = {'ansible.builtin': ['deb822_repository', 'dnf5', 'mount_facts', 'systemd_service']}
# Names that roles bring with them, without their collection.
IN_ROLES = {'fedora.linux_system_roles': ['sr_fingerprint']}


def python_names(folder):
    for root, _, files in os.walk(folder):
        for file in files:
            if file.endswith('.py') and not file.startswith('_'):
                yield file[:-3]


def routing(file):
    if not os.path.exists(file):
        return {}
    with open(file) as handle:
        modules = ((yaml.safe_load(handle) or {}).get('plugin_routing') or {}).get('modules') or {}
    return {name: entry['redirect'] for name, entry in modules.items() if entry and 'redirect' in entry}


core = os.path.dirname(ansible.__file__)
names = {'ansible.builtin': set(python_names(os.path.join(core, 'modules')))}
renamed = {}
base = list(ansible_collections.__path__)[0]
for namespace in sorted(os.listdir(base)):
    for collection in sorted(os.listdir(os.path.join(base, namespace))) if os.path.isdir(os.path.join(base, namespace)) else []:
        folder = os.path.join(base, namespace, collection)
        found = set(python_names(os.path.join(folder, 'plugins/modules'))) | set(python_names(os.path.join(folder, 'plugins/action')))
        if found:
            names[f'{namespace}.{collection}'] = found
        for name, target in routing(os.path.join(folder, 'meta/runtime.yml')).items():
            renamed[f'{namespace}.{collection}.{name}'] = target
for collection, later in LATER.items():
    names[collection] |= set(later)
short = {}
for collection, brought in IN_ROLES.items():
    names[collection] = set(brought)
    short.update(dict.fromkeys(brought, collection))
for name, target in routing(os.path.join(core, 'config/ansible_builtin_runtime.yml')).items():
    collection, _, last = target.rpartition('.')
    if collection == 'ansible.builtin' or collection.startswith('testns'):
        continue
    if last == name:
        names.setdefault(collection, set()).add(name)
        short[name] = collection
    else:
        renamed[name] = target

# "+name": the bare name means this collection's module, too.
table = {
    'collections': {
        collection: ' '.join(sorted(('+' if short.get(name) == collection else '') + name for name in found))
        for collection, found in sorted(names.items())
    },
    'renamed': dict(sorted(renamed.items())),
}
with open('engine/module/names.json', 'w') as handle:
    json.dump(table, handle, indent=0, separators=(',', ':'))
    handle.write('\n')
