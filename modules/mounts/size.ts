import type { Json } from '../../engine/python/values.js'

/** Format of `stat -f -c` that `sizeFacts` reads. */
export const sizeFormat = '%s %S %b %a %c %d'

/** Sizes of a file system by Ansible's names; nothing where the host could not tell. */
export function sizeFacts(numbers: readonly number[]): { [name: string]: Json } {
  const [blockSize, fragment, total, available, inodes, freeInodes] = numbers
  if (total === undefined || available === undefined || Number.isNaN(total)) return {}
  return {
    size_total: fragment! * total,
    size_available: fragment! * available,
    block_size: blockSize!,
    block_total: total,
    block_available: available,
    block_used: total - available,
    inode_total: inodes!,
    inode_available: freeInodes!,
    inode_used: inodes! - freeInodes!,
  }
}
