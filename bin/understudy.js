#!/usr/bin/env node
import { loadBuild } from './load-build.js'

loadBuild().start()
