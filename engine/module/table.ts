/** The registry as the playbook loader asks it: names, and arguments that can be judged before a run. */
import type { ModuleTable } from '../playbook/module-table.js'
import { checkArgs } from './args.js'
import { loadModule, moduleError, resolveModule } from './registry.js'

export const moduleTable: ModuleTable = {
  resolve: resolveModule,
  error: moduleError,
  async check(fqcn, args, written) {
    const { errors, hint } = checkArgs(await loadModule(fqcn), args, written)
    return hint === undefined ? { errors } : { errors, hint }
  },
}
