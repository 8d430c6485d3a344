#!/usr/bin/env node
import { start } from '../dist/engine/cli/main.js'

start()
