#!/bin/sh
cat <<JSON
{"g": {"hosts": ["s1", "s2"], "vars": {"from_script": "group"}},
 "other": ["s2"],
 "_meta": {"hostvars": {"s1": {"ansible_connection": "local"}, "s2": {"ansible_connection": "local", "from_script": "host"}}}}
JSON
