#!/usr/bin/env node
import module from 'node:module'
import { setFlagsFromString } from 'node:v8'

// Most runs are shorter than it takes to optimise their code: V8 may begin later (half of the processor time of a short run).
setFlagsFromString('--interrupt-budget=1000000')
// Node 22 and later keep compiled code between runs.
module.enableCompileCache?.()
const { start } = await import('../dist/engine/cli/main.js')
start()
