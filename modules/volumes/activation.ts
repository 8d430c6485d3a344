/** Whether the logical volumes of a volume group are in use, and whether they are after a start: lvg's states `active` and `inactive`. */
import type { ModuleContext } from '../../engine/module/define.js'
import { sh } from '../../engine/remote/quote.js'
import type { ShellText } from '../../engine/remote/remote.js'
import { checked } from '../commands/checked.js'

type Context = Pick<ModuleContext<unknown>, 'remote' | 'fail'>
export type Activation = 'active' | 'inactive'

/** Prints `auto` where LVM knows autoactivation (2.03.12), and `lv ATTRIBUTES;AUTOACTIVATION` for each volume of the group. */
export const activationText = (vg: string): ShellText =>
  sh`if LC_ALL=C vgchange --help 2>/dev/null | grep -q autoactivation; then echo auto; f=,autoactivation; else f=; fi; vgs --noheadings -o "lv_attr$f" --separator ';' ${vg} 2>/dev/null | sed 's/^ */lv /'`

/** Brings the group's volumes into the state, of what `activationText` printed. */
export async function activate(
  context: Context,
  vg: string,
  state: Activation,
  lines: readonly string[],
): Promise<void> {
  const flag = state === 'active' ? 'y' : 'n'
  const volumes = lines.filter(line => line.startsWith('lv ')).map(line => line.slice(3).split(';'))
  const starts = volumes.map(([, auto]) => (auto === 'enabled' ? 'y' : 'n'))
  const runs = volumes
    .filter(([attributes = '']) => attributes !== '')
    .map(([attributes]) => (attributes![4] === 'a' ? 'y' : 'n'))
  if (lines.includes('auto') && (starts.length === 0 ? flag === 'y' : starts.some(one => one !== flag)))
    await checked(context, ['vgchange', '--setautoactivation', flag, vg], `start ${vg} by itself: ${flag}`)
  if (runs.some(one => one !== flag))
    await checked(context, ['vgchange', '--activate', flag, vg], `activate ${vg}: ${flag}`)
}

/** What vgcreate is told about the state; nothing where the user says it, or LVM does not know it. */
export const activationOptions = (state: string, given: string, lines: readonly string[]): string[] =>
  (state === 'active' || state === 'inactive') && lines.includes('auto') && !/autoactivation/.test(given)
    ? ['--setautoactivation', state === 'active' ? 'y' : 'n']
    : []
