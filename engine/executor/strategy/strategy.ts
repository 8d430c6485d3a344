/** The strategies by their names. */
import { Diagnostic, didYouMean } from '../../diagnostics.js'
import type { Block } from '../../playbook/model.js'
import type { PlayRun } from '../play.js'
import { free } from './free.js'
import { linear } from './linear.js'

const strategies: { readonly [name: string]: (play: PlayRun, blocks: readonly Block[]) => Promise<void> } = {
  linear,
  debug(play, blocks) {
    play.debugging = true
    return linear(play, blocks)
  },
  free: play => free(play, false),
  host_pinned: play => free(play, true),
}

export async function runStrategy(name: string, play: PlayRun, blocks: readonly Block[]): Promise<void> {
  const short = name.replace(/^ansible\.(?:builtin|legacy)\./, '')
  // Mitogen's strategies mean Ansible's, made fast; here they are.
  const strategy = strategies[short.replace(/^mitogen_/, '')]
  if (!strategy) {
    const near = didYouMean(short, Object.keys(strategies))
    throw new Diagnostic(`Invalid play strategy specified: ${name}`, {
      code: 'unknown-strategy',
      at: play.play.at,
      hint: near && `Did you mean '${near}'?`,
    })
  }
  await strategy(play, blocks)
}
