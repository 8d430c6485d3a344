// Which files a link leads the modules to, and where backups stand.
import { describe, expect } from 'vitest'
import { testModule } from '../engine/module/test.js'
import assemble from './assemble.js'
import authorizedKey from './authorized_key.js'
import blockinfile from './blockinfile.js'
import copy from './copy.js'
import iniFile from './ini_file.js'
import lineinfile from './lineinfile.js'
import replace from './replace.js'
import sysctl from './sysctl.js'

const before = { target: 'd/y' } as const
const files = { '/srv/d/y': 'a=1\n', '/srv/d/1': 'new' }
/** The link stays, and its target has the change. */
const through = (text: string) => ({ before, files, leaves: { '/srv/x': before, '/srv/d/y': text }, changed: true })
/** The link is now a file, and what it led to is as it was. */
const replaced = (text: string) => ({
  before,
  files,
  after: { kind: 'file', text } as const,
  leaves: { '/srv/d/y': 'a=1\n' },
  changed: true,
})
const beside = (path: string) => expect.stringMatching(new RegExp(`^${path}\\.\\d+\\.`))

describe('through a link write', () => {
  testModule(
    lineinfile,
    { path: '/srv/x' },
    {
      'its target': {
        args: { line: 'b=2', backup: true },
        ...through('a=1\nb=2\n'),
        returns: { backup: beside('/srv/x') },
      },
      'its target, but the mode is that of the link, which has none': {
        args: { line: 'a=1', mode: '0600' },
        before,
        files: { '/srv/d/y': { text: 'a=1\n', mode: 0o644 } },
        leaves: { '/srv/d/y': { mode: 0o644 } },
        changed: false,
        returns: { msg: '' },
      },
      'nothing, and give the link away': {
        args: { line: 'a=1', owner: '7' },
        before,
        files: { '/srv/d/y': { text: 'a=1\n', owner: 0 } },
        leaves: { '/srv/x': { target: 'd/y', owner: 7 }, '/srv/d/y': { owner: 0 } },
        returns: { msg: 'ownership, perms or SE linux context changed' },
      },
      'a target that is not there yet': {
        args: { line: 'b=2', create: true },
        before,
        files: { '/srv/d/1': '' },
        leaves: { '/srv/x': before, '/srv/d/y': 'b=2\n' },
      },
    },
  )
  testModule(
    blockinfile,
    { path: '/srv/x' },
    {
      'its target': {
        args: { block: 'b', marker: '{mark}', marker_begin: '<', marker_end: '>', backup: true },
        ...through('a=1\n<\nb\n>\n'),
        returns: { backup_file: beside('/srv/x') },
      },
    },
  )
  testModule(
    replace,
    { path: '/srv/x', regexp: '1' },
    {
      'its target, but the mode is that of the link, which has none': {
        args: { replace: '2', backup: true, mode: '0600' },
        ...through('a=2\n'),
        returns: { msg: '1 replacements made', backup_file: beside('/srv/x') },
      },
    },
  )
  testModule(
    copy,
    { dest: '/srv/x', content: 'new' },
    {
      'its target, when following': {
        args: { follow: true, backup: true },
        ...through('new'),
        returns: { backup_file: beside('/srv/d/y') },
      },
    },
  )
})

describe('a file of their own instead of a link make', () => {
  testModule(
    iniFile,
    { path: '/srv/x', option: 'b', value: '2', no_extra_spaces: true },
    {
      'out of what the link leads to': {
        args: { backup: true },
        ...replaced('a=1\nb=2\n'),
        returns: { backup_file: beside('/srv/x') },
      },
      'but not when following': {
        args: { follow: true, backup: true },
        ...through('a=1\nb=2\n'),
        returns: { backup_file: beside('/srv/d/y') },
      },
    },
  )
  testModule(
    assemble,
    { src: '/srv/e', dest: '/srv/x' },
    { 'of parts': { ...replaced('new'), files: { ...files, '/srv/e/1': 'new' }, trips: 2 } },
  )
  testModule(
    sysctl,
    { name: 'b', value: '2', sysctl_file: '/srv/x', reload: false },
    {
      'of settings': {
        files: { ...files, '/srv/x': before },
        commands: { 'sysctl *': '1\n' },
        leaves: { '/srv/x': { kind: 'file', text: 'a=1\nb=2\n' }, '/srv/d/y': 'a=1\n' },
      },
    },
  )
  const commands = { '* 00600 *': '', 'getent passwd *': 'joe:x:1:1::/home/joe:/bin/sh\n' }
  const keys = { before, files: { '/srv/d/y': 'ssh-rsa AAAA one\n' }, commands }
  testModule(
    authorizedKey,
    { user: 'joe', path: '/srv/x', manage_dir: false, key: 'ssh-rsa BBBB two' },
    {
      'of all keys': {
        ...keys,
        after: { kind: 'file', text: 'ssh-rsa AAAA one\nssh-rsa BBBB two\n' },
        leaves: { '/srv/d/y': 'ssh-rsa AAAA one\n' },
      },
      'but not when following': {
        ...keys,
        args: { follow: true },
        leaves: { '/srv/x': before, '/srv/d/y': 'ssh-rsa AAAA one\nssh-rsa BBBB two\n' },
      },
    },
  )
})
