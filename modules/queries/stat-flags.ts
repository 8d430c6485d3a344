import type { RemoteFile } from '../../engine/remote/remote.js'

/** What kind of file it is, as stat and find return it. */
export const kindFlags = ({ kind }: Pick<RemoteFile, 'kind'>) => ({
  isdir: kind === 'directory',
  ischr: kind === 'char',
  isblk: kind === 'block',
  isreg: kind === 'file',
  isfifo: kind === 'fifo',
  islnk: kind === 'link',
  issock: kind === 'socket',
})

/** Who may do what with it. */
export const modeFlags = ({ mode }: Pick<RemoteFile, 'mode'>) => ({
  wusr: (mode & 0o200) !== 0,
  rusr: (mode & 0o400) !== 0,
  xusr: (mode & 0o100) !== 0,
  wgrp: (mode & 0o020) !== 0,
  rgrp: (mode & 0o040) !== 0,
  xgrp: (mode & 0o010) !== 0,
  woth: (mode & 0o002) !== 0,
  roth: (mode & 0o004) !== 0,
  xoth: (mode & 0o001) !== 0,
  isuid: (mode & 0o4000) !== 0,
  isgid: (mode & 0o2000) !== 0,
})
