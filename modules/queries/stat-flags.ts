import type { RemoteFile } from '../../engine/remote/remote.js'

/** The yes-or-no facts that stat and find return about a file. */
export const statFlags = ({ kind, mode }: Pick<RemoteFile, 'kind' | 'mode'>) => ({
  isdir: kind === 'directory',
  ischr: kind === 'char',
  isblk: kind === 'block',
  isreg: kind === 'file',
  isfifo: kind === 'fifo',
  islnk: kind === 'link',
  issock: kind === 'socket',
  isuid: (mode & 0o4000) !== 0,
  isgid: (mode & 0o2000) !== 0,
  rusr: (mode & 0o400) !== 0,
  wusr: (mode & 0o200) !== 0,
  xusr: (mode & 0o100) !== 0,
  rgrp: (mode & 0o040) !== 0,
  wgrp: (mode & 0o020) !== 0,
  xgrp: (mode & 0o010) !== 0,
  roth: (mode & 0o004) !== 0,
  woth: (mode & 0o002) !== 0,
  xoth: (mode & 0o001) !== 0,
})
