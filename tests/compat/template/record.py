#!/usr/bin/env python3
"""Records what real Ansible gives for the cases of the template corpus.

    python3 record.py [--all] [cases/NAME.json ...]

Needs a python that has ansible-core. Fills in `exp` where it is missing; `--all` records everything again.
"""
import json
import os
import subprocess
import sys

HERE = os.path.dirname(os.path.abspath(__file__))


def decode(data):
    if isinstance(data, list):
        return [decode(item) for item in data]
    if isinstance(data, dict):
        if '$t' in data:
            kind, value = data['$t'], data['v']
            if kind == 'f':
                return float(value)
            if kind == 'i':
                return int(value)
            if kind == 't':
                return tuple(decode(item) for item in value)
            if kind == 'd':
                return dict((decode(key), decode(item)) for key, item in value)
            return value
        return dict((key, decode(item)) for key, item in data.items())
    return data


def encode(value):
    from collections.abc import Mapping, Sequence, Set
    if value is None or isinstance(value, bool):
        return value
    if isinstance(value, str):
        return str(value)
    if isinstance(value, int):
        return int(value) if abs(value) < 2 ** 53 else {'$t': 'i', 'v': str(value)}
    if isinstance(value, float):
        return {'$t': 'f', 'v': repr(value)}
    if isinstance(value, tuple):
        return {'$t': 't', 'v': [encode(item) for item in value]}
    if isinstance(value, list):
        return [encode(item) for item in value]
    if isinstance(value, Mapping):
        return {'$t': 'd', 'v': [[encode(key), encode(item)] for key, item in value.items()]}
    return {'$t': 'o', 'v': '%s:%s' % (type(value).__name__, value)}


def variables(data):
    pairs = data if isinstance(data, list) else data.items()
    return dict((name, decode(value)) for name, value in pairs)


def worker(mode):
    from ansible.parsing.dataloader import DataLoader
    from ansible.template import Templar
    import ansible.template as template

    request = json.load(sys.stdin)
    if mode == 'value':
        from ansible.template.native_helpers import ansible_eval_concat
        from jinja2.runtime import StrictUndefined
        from jinja2 import nodes as jinja_nodes
        from jinja2.nativetypes import NativeCodeGenerator

        constant = NativeCodeGenerator._output_child_to_const

        def only_data(self, node, frame, finalize):
            # Native mode prints constants to text when it compiles; here their types matter.
            if not isinstance(node, jinja_nodes.TemplateData):
                raise jinja_nodes.Impossible()
            return constant(self, node, frame, finalize)

        NativeCodeGenerator._output_child_to_const = only_data

        def defined(value):
            # Using a strict undefined, also inside a container, raises.
            if isinstance(value, StrictUndefined):
                str(value)
            elif isinstance(value, dict):
                for item in value.values():
                    defined(item)
            elif isinstance(value, (list, tuple)):
                for item in value:
                    defined(item)
            return value

        def concat(nodes):
            nodes = list(nodes)
            if len(nodes) == 1:
                value = defined(nodes[0])
                return '' if type(value).__name__ == 'Undefined' else value
            parts = [defined(node) for node in nodes]
            return ansible_eval_concat(['' if part is None else str(part) for part in parts])

        template.ansible_native_concat = concat
        template.AnsibleNativeEnvironment.concat = staticmethod(concat)

    results = []
    base = variables(request['vars'])
    import tempfile
    import shutil
    folder = tempfile.mkdtemp()
    try:
        for name, text in request.get('templates', {}).items():
            with open(os.path.join(folder, name), 'w') as out:
                out.write(text)
        for case in request['cases']:
            loader = DataLoader()
            loader.set_basedir(folder)
            own = dict(base)
            own.update(variables(case.get('v', {})))
            templar = Templar(loader, variables=own)
            templar.environment.loader.searchpath = [folder]
            try:
                if mode in ('text', 'tpl', 'lstrip'):
                    if mode == 'lstrip':
                        templar.environment.lstrip_blocks = True
                    value = templar.do_template(case['t'], preserve_trailing_newlines=True, convert_data=False, escape_backslashes=False)
                    value = value if isinstance(value, str) else str(value)
                else:
                    value = templar.template(case['t'])
                results.append({'ok': encode(value)})
            except Exception as error:
                results.append({'err': type(error).__name__, 'msg': str(error)[:300]})
    finally:
        shutil.rmtree(folder)
    json.dump(results, sys.stdout)


def run(mode, request):
    env = dict(os.environ, ANSIBLE_JINJA2_NATIVE='1' if mode in ('value', 'native') else '0', TZ='UTC',
               ANSIBLE_JINJA2_EXTENSIONS='jinja2.ext.do,jinja2.ext.loopcontrols')
    done = subprocess.run([sys.executable, os.path.abspath(__file__), '--worker', mode], input=json.dumps(request),
                          capture_output=True, text=True, env=env)
    if done.returncode:
        sys.exit(done.stderr)
    return json.loads(done.stdout[done.stdout.index('['):])


def record(path, everything):
    with open(path) as source:
        corpus = json.load(source)
    cases = corpus['cases']
    todo = [case for case in cases if everything or 'exp' not in case]
    for mode in sorted(set(case.get('mode', 'value') for case in todo)):
        chosen = [case for case in todo if case.get('mode', 'value') == mode]
        request = {'vars': corpus.get('vars', {}), 'templates': corpus.get('templates', {}), 'cases': chosen}
        for case, result in zip(chosen, run(mode, request)):
            case['exp'] = result
    head = ['"%s": %s' % (key, json.dumps(corpus[key], ensure_ascii=False)) for key in corpus if key != 'cases']
    lines = ',\n'.join(json.dumps(case, ensure_ascii=False) for case in cases)
    with open(path, 'w', encoding='utf-8', errors='backslashreplace') as out:
        out.write('{\n%s"cases": [\n%s\n]\n}\n' % (''.join(line + ',\n' for line in head), lines))
    print('%s: recorded %d of %d' % (os.path.basename(path), len(todo), len(cases)))


if __name__ == '__main__':
    if sys.argv[1:2] == ['--worker']:
        worker(sys.argv[2])
    else:
        args = [arg for arg in sys.argv[1:] if arg != '--all']
        folder = os.path.join(HERE, 'cases')
        for one in args or sorted(os.path.join(folder, name) for name in os.listdir(folder) if name.endswith('.json')):
            record(one, '--all' in sys.argv)
