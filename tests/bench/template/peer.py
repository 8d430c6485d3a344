"""The same workloads with Python's Jinja2; prints microseconds per call as JSON."""
import json
import sys
import time

import jinja2

with open(sys.argv[1]) as source:
    work = json.load(source)
env = jinja2.Environment(trim_blocks=True, undefined=jinja2.StrictUndefined, keep_trailing_newline=True)
env.tests['match'] = lambda value, pattern: __import__('re').match(pattern, value) is not None
config = env.from_string(work['config'])
single = env.from_string('{{ name }}')
names = work['vars']


def best(rounds, count, run):
    least = float('inf')
    for turn in range(rounds):
        start = time.perf_counter()
        for index in range(count):
            run(turn * count + index)
        least = min(least, (time.perf_counter() - start) * 1e6 / count)
    return least


def condition(index):
    source = "{%% if port == %d or name is match('web') and users | length > %d %%}True{%% else %%}False{%% endif %%}" % (index, index % 7)
    return env.from_string(source).render(names)


print(json.dumps({
    'version': jinja2.__version__,
    'text': config.render(names),
    'config file, 2 KB': best(5, 400, lambda index: config.render(names)),
    'one variable': best(5, 8000, lambda index: single.render(names)),
    'condition, first time': best(5, 200, condition),
}))
