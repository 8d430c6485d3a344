#!/usr/bin/python
import json, sys
print(json.dumps({"first": open(sys.argv[1]).read().split()[0]}))
